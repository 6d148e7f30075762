"""Small worlds for the numbers, written straight into the tables."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.db import transaction
from portal.outreach.models import Campaign
from portal.pipeline.models import Placement, StageName, StageTransition
from portal.timeline.models import Channel, Direction, Kind, Touchpoint

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def at(text):
    """“2026-03-01 10:00” in the company's zone; ten o'clock unless said."""
    moment = datetime.fromisoformat(text if " " in text else f"{text} 10:00")
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


def campaigns(make, count):
    """The numbers of so many campaigns."""
    owner, persona, source = make.user("owner@sielwerk.example"), make.persona(), make.source()
    shared = {"persona": persona, "source": source, "owner": owner, "page": "/", "subject": "s", "body": "b"}
    with transaction() as session:
        rows = [Campaign(name=f"Campaign {number}", created_at=NOW, **shared) for number in range(1, count + 1)]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def write(candidate_id, *events):
    """Each event is (moment, kind), (moment, kind, campaign) or (moment, kind, campaign, answer); in the order given."""
    with transaction() as session:
        for moment, kind, *rest in events:
            out = kind in {Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED}
            session.add(
                Touchpoint(
                    candidate_id=candidate_id,
                    kind=kind,
                    direction=Direction.OUT if out else Direction.IN,
                    channel=Channel.MAIL if out else Channel.WEB,
                    at=moment,
                    campaign_id=rest[0] if rest else None,
                    details={"answer": rest[1]} if len(rest) > 1 else {},
                )
            )
            session.flush()


def hire(candidate_id, moment):
    """A placement that reached Hired at a moment."""
    with transaction() as session:
        placement = Placement(candidate_id=candidate_id, stage=StageName.HIRED, since=moment)
        session.add(StageTransition(placement=placement, from_stage=None, to_stage=StageName.HIRED, at=moment))


def ground(make):
    """Two sources, two personas and three campaigns of two owners, each numbered from 1; C has the page and persona of A."""
    owners = [make.user(f"owner{number}@sielwerk.example") for number in (1, 2)]
    personas = [make.persona(name) for name in ("Control engineers", "Welders")]
    sources = [make.source(name) for name in ("Oldenburg meetup", "Emden fair")]
    with transaction() as session:
        for name, one, page in (("A", 0, "/stories/welder"), ("B", 1, "/stories/control-engineer"), ("C", 1, "/stories/welder")):
            own = {"persona": personas[one], "source": sources[one], "owner": owners[one], "page": page}
            session.add(Campaign(name=name, created_at=NOW, subject="s", body="b", **own))
            session.flush()
