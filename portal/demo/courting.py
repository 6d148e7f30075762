"""Campaigns, and how people react to them: most say nothing, some read, some answer, a few are hired."""

from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import func, select

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.details import Details
from portal.candidates.models import Candidate, Judgement
from portal.candidates.queries.research import get_research
from portal.candidates.services.research import Findings, research
from portal.content import queries as content
from portal.db import Row, db
from portal.delivery.models import Delivery
from portal.demo.cast import Cast
from portal.demo.people import TRADES, Person, Trade, invent
from portal.demo.timetable import Timetable
from portal.feedback import services as feedback
from portal.feedback.details import Said
from portal.feedback.models import Feedback
from portal.outreach import services as outreach
from portal.outreach.models import Campaign, OutreachMessage, Visit
from portal.outreach.verdicts import READING_TIME, Facts
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName, StageTransition
from portal.submissions import services as submissions
from portal.submissions.models import Answer, DeclineReason, Interest, Response
from portal.timeline.models import Touchpoint

CAMPAIGNS = 8
# Weeks from the beginning of the year at which each campaign begins.
BEGINNINGS = (1, 6, 11, 17, 24, 31, 38, 45)
BROWSERS = ("Chrome", "Firefox", "Safari", "Edge", "Samsung Internet")
MACHINES = (("robot", ("robot",)), ("Chrome", ("prefetch",)), ("robot", ("preview",)), ("other", ("head",)))
RUNS_FOR = timedelta(days=150)
SUBJECT_B = "{{first_name}}, may I ask you something about your work?"
FOLLOW_UP = """Hello {{first_name}},

my letter may have come at a bad time, so I am asking once more, and that is all. The page is still where it was:

{{landing_link}}

A no in one press is a good answer too.

{{sender_name}}"""
REASONS = (DeclineReason.PLACE, DeclineReason.TIMING, DeclineReason.PAY, DeclineReason.ROLE, DeclineReason.COMPANY)
COMMENTS = {
    DeclineReason.PLACE: ("Emden is too far for my family.", "If two days at home became four, ask me again."),
    DeclineReason.TIMING: ("I have just started somewhere.", "My project ends next summer."),
    DeclineReason.PAY: ("I earn more on nights.", ""),
    DeclineReason.ROLE: ("I would miss the crane.", ""),
    DeclineReason.COMPANY: ("I prefer a smaller shop.", ""),
}
JUDGEMENTS = (Judgement.FITS, Judgement.FITS, Judgement.PARTLY, Judgement.NO)
WHY = ("Said so in the talk.", "Stands in the profile.", "A colleague worked with them.", "")
ATTRACTS = ("The test bench.", "That the drawback stands on the page.", "36 hours, and the water.", "To see what I build move.")


class Courting:
    """Plans a year of outreach on a timetable; every choice comes from `rng`."""

    def __init__(self, rng: Random, cast: Cast, timetable: Timetable) -> None:
        self.rng = rng
        self.cast = cast
        self.timetable = timetable
        self.criteria = [criterion.key for criterion in content.site().criteria]

    def plan_year(self, start: datetime, people: int) -> None:
        """Spread the people over the campaigns."""
        invented = [invent(self.rng, number) for number in range(people)]
        by_trade: dict[Trade, list[Person]] = {
            trade: [person for person in invented if person.trade is trade] for trade in TRADES
        }
        for number, weeks in enumerate(BEGINNINGS[:CAMPAIGNS]):
            trade = TRADES[number % len(TRADES)]
            pool = by_trade[trade]
            half = pool[: len(pool) // 2] if number < len(TRADES) else pool[len(pool) // 2 :]
            moment = start + timedelta(weeks=weeks, hours=9, minutes=self.rng.randrange(60))
            self.timetable.plan(moment, partial(self._begin, number, trade, half))

    def counts(self) -> dict[str, int]:
        """How many rows the story left."""
        kinds: dict[str, type[Row]] = {
            "candidates": Candidate,
            "campaigns": Campaign,
            "mails": Delivery,
            "visits": Visit,
            "answers": Response,
            "interest forms": Interest,
            "feedback forms": Feedback,
            "moves": StageTransition,
            "touchpoints": Touchpoint,
        }
        return {name: db.session.scalar(select(func.count()).select_from(kind)) or 0 for name, kind in kinds.items()}

    def _begin(self, number: int, trade: Trade, people: list[Person]) -> None:
        """A campaign starts: people are researched and added, messages drafted, notes written, then sent in two mornings."""
        campaign = outreach.add_campaign(self._plan(number, trade))
        self._enrich(number, campaign)
        _hang_up(campaign, number + 1)
        rows = [self._add(person, campaign) for person in people]
        for message in outreach.draft(campaign, [row.id for row in rows]):
            self._research(message.candidate)
            if self.rng.random() < 0.93:
                outreach.write_note(message, message.candidate.evidence)
        morning, campaign_id = clock.now() + timedelta(days=1), campaign.id
        self.timetable.plan(morning, partial(self._send, campaign_id))

    def _plan(self, number: int, trade: Trade) -> outreach.Plan:
        source_id, source = self.cast.sources[number % len(self.cast.sources)]
        starter = content.get_mail("outreach-trades" if trade is TRADES[1] else "outreach-engineer")
        return outreach.Plan(
            name=f"{trade.persona}, {source}, {clock.now():%B %Y}",
            persona_id=self.cast.personas[trade.persona],
            source_id=source_id,
            owner_id=self.cast.staff[(0, 1, 0, 2)[number % 4]],
            page=trade.page,
            subject=starter.subject,
            body=starter.body,
            ends_on=(clock.now() + RUNS_FOR).date(),
            budget_minor=150_000,
        )

    def _enrich(self, number: int, campaign: Campaign) -> None:
        """Who does not answer is asked once more; every other campaign tries a second subject; the meetup cost something."""
        outreach.add_follow_up(campaign, 8, FOLLOW_UP)
        if number % 2:
            outreach.set_alternative(campaign, SUBJECT_B, campaign.body)
        outreach.add_cost(campaign, 18_000 + 2_500 * number, "Travel and two evenings", clock.now().date())

    def _research(self, candidate: Candidate) -> None:
        """Half of them are looked up with care: most of the list, and how they meet the first criteria of their persona."""
        if self.rng.random() < 0.5:
            return
        found = get_research(candidate)
        judged = {one.criterion.id: (self.rng.choice(JUDGEMENTS), self.rng.choice(WHY)) for one in found.fits[:4]}
        checked = frozenset(item for item in found.items if self.rng.random() < 0.8)
        links = [("Profile", f"https://profiles.example/{candidate.public_id}")] if self.rng.random() < 0.6 else []
        research(candidate, Findings(candidate.evidence, checked, links, judged), candidate.owner_id)

    def _add(self, person: Person, campaign: Campaign) -> Candidate:
        details = Details(
            full_name=person.full_name,
            email=person.email,
            headline=person.headline,
            company=person.company,
            place=person.place,
            time_zone=person.time_zone,
            evidence=person.evidence,
        )
        return candidates.add(
            details, campaign.source_id, persona_id=campaign.persona_id, owner_id=campaign.owner_id, or_existing=True
        )

    def _send(self, campaign_id: int) -> None:
        campaign = db.session.get(Campaign, campaign_id)
        if campaign is None:
            return
        outreach.queue(campaign)
        self.timetable.work(clock.now() + timedelta(minutes=1))
        self.timetable.plan(clock.now() + timedelta(minutes=2), partial(self._react, campaign_id))

    def _react(self, campaign_id: int) -> None:
        """Each person who was written to draws what they do, and when."""
        sent = select(OutreachMessage).filter_by(campaign_id=campaign_id, status="sent").order_by(OutreachMessage.id)
        for message in db.session.scalars(sent).all():
            self._machines(message.id)
            roll = self.rng.random()
            if roll > 0.62:
                continue
            first = clock.now() + timedelta(hours=self.rng.expovariate(1 / 40) + 0.2)
            self.timetable.plan(first, partial(self._visit, message.id, proved=True))
            if roll < 0.34:
                answered = first + timedelta(minutes=self.rng.uniform(2, 60 * 24 * 6))
                self.timetable.plan(answered, partial(self._answer, message.id, roll))

    def _machines(self, message_id: int) -> None:
        """Scanners of mail come within seconds, previews when somebody shares the link."""
        if self.rng.random() < 0.45:
            moment = clock.now() + timedelta(seconds=self.rng.randrange(2, 25))
            agent, signals = self.rng.choice(MACHINES)
            self.timetable.plan(moment, partial(self._visit, message_id, agent=agent, signals=signals))
        if self.rng.random() < 0.15:
            self.timetable.plan(clock.now() + timedelta(hours=self.rng.uniform(1, 90)), partial(self._visit, message_id))

    def _visit(self, message_id: int, *, proved: bool = False, agent: str = "", signals: tuple[str, ...] = ()) -> None:
        message = _message(message_id)
        token = outreach.visit(message.link, Facts(message.link.page, agent or self.rng.choice(BROWSERS), signals))
        if proved and self.rng.random() < 0.9:
            with clock.standing_at(clock.now() + READING_TIME):
                outreach.prove(token)

    def _answer(self, message_id: int, roll: float) -> None:
        """The lower the roll, the warmer: a third of those who answer are interested."""
        message = _message(message_id)
        self._visit(message_id, proved=True)
        if roll < 0.12:
            self._respond(message, Answer.INTERESTED)
            self._go_on(message)
        elif roll < 0.2:
            ask_on = clock.now().date() + timedelta(days=self.rng.choice((60, 90, 180, 365)))
            self._respond(message, Answer.NOT_NOW, ask_on=ask_on)
        else:
            reason = self.rng.choice(REASONS)
            self._respond(message, Answer.NO, reason=reason, comment=self.rng.choice(COMMENTS[reason]))
        if self.rng.random() < 0.5:
            moment = clock.now() + timedelta(days=self.rng.uniform(0.1, 20))
            self.timetable.plan(moment, partial(self._judge, message_id, roll))

    def _respond(self, message: OutreachMessage, answer: Answer, **more: Any) -> None:
        submissions.respond(message.link, answer, form_key=self._key(), **more)

    def _go_on(self, message: OutreachMessage) -> None:
        """Interest form, conversation, consideration, now and then a hire."""
        candidate_id, owner_id = message.candidate_id, message.campaign.owner_id
        given = submissions.Given(
            attracts=self.rng.choice(ATTRACTS),
            matters=tuple(self.rng.sample(self.criteria, min(3, len(self.criteria)))),
            available=self.rng.choice(("In three months", "Next spring", "When the project ends")),
            reach_by=self.rng.choice(("By mail", "By phone after five")),
            consent=self.rng.random() < 0.8,
        )
        submissions.give_interest(message.link, given, self._key())
        steps = (
            (StageName.IN_CONVERSATION, "Talked on the phone for half an hour", 0.75, 6),
            (StageName.CONSIDERED, "Visited the hall, both sides want to go on", 0.5, 21),
            (StageName.HIRED, "Signed", 0.35, 30),
        )
        moment = clock.now()
        for stage, why, chance, days in steps:
            moment += timedelta(days=self.rng.uniform(2, days))
            if self.rng.random() > chance:
                return
            self.timetable.plan(moment, partial(pipeline.move, candidate_id, stage, why, owner_id))
            call_on = moment.date() + timedelta(days=7)
            self.timetable.plan(moment, partial(pipeline.set_next_step, candidate_id, "Call back", call_on))

    def _judge(self, message_id: int, roll: float) -> None:
        message = _message(message_id)
        anonymous = self.rng.random() < 0.7
        said = Said(
            score=min(10, max(0, round(self.rng.gauss(8.6 if roll < 0.2 else 7.6, 1.7)))),
            marks=tuple(self.rng.choice((3, 4, 4, 5, 5, None)) for _statement in range(4)),
            words=(
                self.rng.choice(("A person wrote, and had read my work.", "The drawback came before the praise.", "")),
                self.rng.choice(("The answer took four days.", "", "")),
            ),
            anonymous=anonymous,
        )
        if anonymous:
            feedback.give_unnamed(said, self._key())
        else:
            feedback.give_named(message.link, said, self._key())

    def _key(self) -> str:
        return tokens.digest(f"demo {self.rng.random()}")


def _hang_up(campaign: Campaign, number: int) -> None:
    """A poster with a code and a short name."""
    utm = {"utm_source": "poster", "utm_medium": "print", "utm_campaign": f"gates-{number}"}
    terms = outreach.Terms(campaign.page, "Poster", f"gates-{number}", utm=utm, notes="Hangs beside the coffee machine.")
    outreach.add_channel_link(campaign, terms)


def _message(message_id: int) -> OutreachMessage:
    message = db.session.get(OutreachMessage, message_id)
    if message is None:
        raise LookupError(message_id)
    return message
