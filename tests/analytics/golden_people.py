"""The golden cast: who they are a case of, and what happened to them. Their numbers are worked out in the golden tests.

A step is (moment, word, campaign or what the word needs); ten o'clock in the company's zone unless said. A, B, C: campaigns.
"""

from datetime import timedelta

from portal.pipeline.models import StageName
from tests.analytics.histories import at
from tests.analytics.histories.steps import Step, possible

A, B, C = 1, 2, 3
HIRED, CONSIDERED, INTERESTED, ENGAGED = StageName.HIRED, StageName.CONSIDERED, StageName.INTERESTED, StageName.ENGAGED
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)

CAST = {
    "Ada": (
        "says yes and is hired",
        ("2026-03-01", "outreach", A),
        ("2026-03-05", "yes", A),
        ("2026-03-05", "moved", INTERESTED),
        ("2026-04-01", "moved", CONSIDERED),
        ("2026-05-10", "moved", HIRED),
    ),
    "Bob": (
        "a no is an answer; unsubscribes",
        ("2026-03-02", "outreach", A),
        ("2026-03-20", "no", A),
        ("2026-03-20", "moved", StageName.DECLINED),
        ("2026-03-25", "unsubscribed"),
    ),
    "Cem": ("a click is no answer", ("2026-03-03", "outreach", A), ("2026-03-04", "visit", A)),
    "Dana": ("answers too late", ("2026-03-04", "outreach", A), ("2026-04-10", "yes", A)),
    "Eli": ("bounces at once", ("2026-03-05", "outreach", A), ("2026-03-05 10:01", "bounce", A)),
    "Fay": (
        "answers after 30 days to the second",
        ("2026-03-06", "outreach", A),
        (at("2026-03-06") + 30 * DAY, "not now", A),
    ),
    "Gus": (
        "two outreaches within half a year are one attempt; a later mail bounces",
        ("2026-01-10", "outreach", B),
        ("2026-03-15", "outreach", A),
        ("2026-03-16", "yes", A),
        ("2026-10-05", "mail"),
        ("2026-10-06", "bounce"),
    ),
    "Hao": (
        "a second outreach after 202 days opens a new attempt",
        ("2026-01-11", "outreach", B),
        ("2026-08-01", "outreach", A),
        ("2026-08-02", "not now", A),
    ),
    "Ivo": ("silent, and still has time", ("2026-11-10", "outreach", B)),
    "Jun": (
        "answers with the interest form",
        ("2026-11-20", "outreach", B),
        ("2026-11-21", "form", B),
        ("2026-11-21", "moved", INTERESTED),
    ),
    "Kim": (
        "comes back to the pool without an outreach; a bounce before the visit",
        ("2025-02-10", "visit"),
        ("2026-06-10", "mail"),
        ("2026-06-10 10:05", "bounce"),
        ("2026-06-15", "visit"),
    ),
    "Lea": (
        "the first mail bounces, the second arrives; is erased",
        ("2026-02-01", "outreach", B),
        ("2026-02-01 10:01", "bounce", B),
        ("2026-02-10", "outreach", B),
        ("2026-02-12", "no", B),
        ("2026-09-03", "erased"),
    ),
    "Mia": ("is in the data twice", ("2026-04-02", "outreach", A), ("2026-04-20", "merged with", "Mia again")),
    "Mia again": (
        "the second row of Mia, with her answer",
        ("2026-04-10", "outreach", B),
        ("2026-04-11", "yes", B),
        ("2026-04-11", "moved", INTERESTED),
    ),
    "Nils": ("bounces two days late", ("2026-04-07", "outreach", A), ("2026-04-09", "bounce")),
    "Ola": (
        "a bounce belongs to the mail before it, not to the outreach",
        ("2026-04-08", "outreach", A),
        ("2026-04-20", "mail"),
        ("2026-04-21", "bounce"),
    ),
    "Pia": (
        "a visit once taken for a person's",
        ("2026-04-09", "outreach", A),
        ("2026-04-09 12:00", "visit taken for a person", A),
    ),
    "Quin": ("a visit once taken for a machine's", ("2026-04-09", "outreach", A), ("2026-04-12", "visit taken for a machine", A)),
    "Rea": ("outreach delivered by hand", ("2026-04-10", "by hand", B), ("2026-04-15", "no", B)),
    "Sam": ("out of office is no answer", ("2026-04-11", "outreach", B), ("2026-04-11 10:01", "out of office", B)),
    "Tom": (
        "answers a second after the 30 days",
        ("2026-04-12", "outreach", B),
        (at("2026-04-12") + 30 * DAY + SECOND, "yes", B),
    ),
    "Uma": ("moved to Hired by mistake", ("2026-04-13", "outreach", A), ("2026-04-14", "moved by mistake", HIRED)),
    "Vic": (
        "skips stages, then moves back",
        ("2026-04-14", "outreach", A),
        ("2026-04-20", "moved", CONSIDERED),
        ("2026-04-25", "moved", ENGAGED),
    ),
    "Wim": (
        "is hired, leaves, and is hired again",
        ("2025-01-05", "outreach", B),
        ("2025-01-06", "yes", B),
        ("2025-03-01", "moved", HIRED),
        ("2025-12-31", "moved", StageName.NOT_NOW),
        ("2026-04-15", "outreach", A),
        ("2026-04-16", "yes", A),
        ("2026-05-01", "moved", CONSIDERED),
        ("2026-06-01", "moved", HIRED),
    ),
    "Xia": (
        "a hire is withdrawn",
        ("2026-04-16", "outreach", A),
        ("2026-04-17", "yes", A),
        ("2026-04-20", "moved", CONSIDERED),
        ("2026-05-01", "moved by mistake", HIRED),
    ),
    "Yan": (
        "wants a month's pause before being hired",
        ("2026-04-17", "outreach", A),
        ("2026-04-18", "yes", A),
        ("2026-04-20", "moved", CONSIDERED),
        ("2026-07-10", "moved", HIRED),
    ),
    "Zoe": (
        "unsubscribes and subscribes again",
        ("2026-04-18", "outreach", A),
        ("2026-04-19", "yes", A),
        ("2026-05-01", "unsubscribed"),
        ("2026-06-15", "resubscribed"),
    ),
    "Alp": ("goes dormant", ("2025-05-20", "visit")),
    "Bea": (
        "is in three pools, and one person",
        ("2026-04-20", "outreach", B),
        ("2026-04-22", "mail", A),
        ("2026-04-23", "visit", A),
        ("2026-04-24", "visit", B),
        ("2026-04-25", "event", C),
    ),
    "Cai": ("opens a mail, of which nothing is kept, and does nothing else", ("2026-05-05", "mail")),
    "Dov": ("a machine follows the link", ("2026-05-06", "mail"), ("2026-05-06 12:00", "visit of a machine", B)),
    "Eda": ("the interest form without an outreach", ("2026-05-07", "form")),
    "Flo": ("midnight belongs to the new month", ("2026-04-01 00:00", "outreach", B), ("2026-04-01 00:30", "yes", B)),
    "Gil": ("a second earlier is the old one", (at("2026-04-01 00:00") - SECOND, "outreach", B)),
    "Hal": ("the night that has an hour less", ("2026-03-29 01:30", "outreach", B), ("2026-03-29 03:30", "yes", B)),
    "Ian": ("was there on a leap day", ("2024-02-29", "visit")),
    "Jet": ("180 days to the second", ("2026-02-20", "outreach", B), (at("2026-02-20") + 180 * DAY, "outreach", B)),
    "Kai": ("a second less", ("2026-02-21", "outreach", B), (at("2026-02-21") + 180 * DAY - SECOND, "outreach", B)),
}
NUMBERS = {name: number for number, name in enumerate(CAST, start=1)}
GROUPS = dict.fromkeys(NUMBERS.values(), (1, 1))


def golden_steps() -> list[Step]:
    """Everything that happened to the cast, in order."""
    return possible([_step(NUMBERS[name], *step) for name, (_case, *steps) in CAST.items() for step in steps])


def _step(who, moment, word, rest=None):
    moment = at(moment) if isinstance(moment, str) else moment
    if word == "merged with":
        return Step(moment, who, word, more=NUMBERS[rest])
    return Step(moment, who, word, *([rest] if isinstance(rest, int) else [None, rest]))
