"""Ten years between the company and one person: mails with their copies, visits, notes, touchpoints, moves, looks."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from portal import clock
from portal.candidates.models import Candidate, Note
from portal.db import transaction
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.pipeline.queries import find_placement
from portal.timeline.models import Channel, Direction, Kind, Touchpoint

YEARS = 10
FIRST = 10_000  # number of a mailing that nobody made
RAW = (
    "From: Marit <people@sielwerk.example>\r\nTo: ada@candidate.example\r\nSubject: News {n}\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello Ada,\r\n\r\n{text}\r\n\r\n"
    "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<!doctype html><html><body><p>Hello Ada,</p><p>{text}</p></body></html>\r\n\r\n"
    "--b--\r\n"
)
TEXT = "The gate at the new lock closes in ninety seconds now, and nobody has to stand in the rain for it. " * 12


def ten_years(candidate: Candidate) -> int:
    """Write a mail a week, three visits to each second one, a note a month and all they leave; returns how many of them."""
    now, weeks = clock.now(), YEARS * 52
    days = [now - timedelta(weeks=weeks - week, hours=3) for week in range(weeks)]
    with transaction() as session:
        link = LandingLink(nonce="n", token_hash="h", candidate_id=candidate.id, page="/", created_at=days[0])
        placement = find_placement(candidate.id) or Placement(candidate_id=candidate.id, stage=StageName.CONTACTED, since=days[0])
        session.add_all([link, placement])
        session.flush()
        rows = {
            Delivery: [_delivery(candidate, number, at) for number, at in enumerate(days)],
            Visit: [_visit(link, at + timedelta(minutes=minute)) for at in days[::2] for minute in (0, 5, 90)],
            Touchpoint: [_touchpoint(candidate, kind, at) for at in days for kind in (Kind.MAIL_DELIVERED, Kind.VISITED)],
            Note: [{"candidate_id": candidate.id, "text": f"Note\n{at:%B %Y} <b>", "at": at} for at in days[::4]],
            StageTransition: [_move(placement, at) for at in days[::26]],
        }
        for table, values in rows.items():
            session.execute(insert(table), values)
        mails = session.scalars(select(Delivery.id).where(Delivery.subject_id >= FIRST).order_by(Delivery.subject_id))
        copies = [_copy(mail, number, at) for number, (mail, at) in enumerate(zip(mails, days, strict=True))]
        session.execute(insert(OutboxMail), copies)
    return sum(map(len, rows.values()))


def _delivery(candidate: Candidate, number: int, at: datetime) -> dict[str, Any]:
    return {
        "purpose": Purpose.MAILING,
        "subject_id": FIRST + number,
        "candidate_id": candidate.id,
        "status": Status.SENT,
        "not_before": at,
        "attempts": 1,
        "message_id": f"<{number:032x}@portal.test>",
        "subject": f"News {number}",
        "created_at": at,
        "sent_at": at,
        "withheld_reason": "",
        "error": "",
        "address": "",
        "address_name": "",
    }


def _copy(delivery_id: int, number: int, at: datetime) -> dict[str, Any]:
    raw = RAW.format(n=number, text=TEXT).encode()
    return {
        "delivery_id": delivery_id,
        "sender": "people@sielwerk.example",
        "recipient": "ada@candidate.example",
        "subject": f"News {number}",
        "raw": raw,
        "at": at,
    }


def _visit(link: LandingLink, at: datetime) -> dict[str, Any]:
    return {
        "link_id": link.id,
        "at": at,
        "page": "/stories/control-engineer",
        "agent": "Firefox",
        "signals": "",
        "verdict": Verdict.HUMAN,
        "rule": "proof",
        "rule_version": 1,
        "classified_at": at,
    }


def _touchpoint(candidate: Candidate, kind: Kind, at: datetime) -> dict[str, Any]:
    out = kind is Kind.MAIL_DELIVERED
    return {
        "candidate_id": candidate.id,
        "kind": kind,
        "direction": Direction.OUT if out else Direction.IN,
        "channel": Channel.MAIL if out else Channel.WEB,
        "at": at,
        "details": {},
    }


def _move(placement: Placement, at: datetime) -> dict[str, Any]:
    return {
        "placement_id": placement.id,
        "from_stage": StageName.CONTACTED,
        "to_stage": StageName.CONTACTED,
        "at": at,
        "reason": "",
    }
