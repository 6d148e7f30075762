"""The cast and their things, made through the services."""

import itertools
import re
import uuid

from portal import clock
from portal.accounts.models import Role, RoleName, User
from portal.accounts.queries import find_user
from portal.candidates import services as candidates
from portal.candidates.details import NAMES as DETAILS
from portal.candidates.details import Details
from portal.candidates.models import Candidate
from portal.content.queries import get_mail
from portal.db import transaction
from portal.mailings import services as mailings
from portal.mailings.models import Mailing, Rule, Series
from portal.outreach import services as outreach
from portal.outreach.models import Campaign, OutreachMessage
from portal.outreach.queries import find_campaign
from portal.pipeline import services as pipeline
from portal.pipeline.models import Segment
from portal.privacy import services as privacy
from portal.sourcing.models import Origin, Persona, Source


class Factory:
    """`make.user()`, `make.candidate("Ada")`, `make.campaign()`: each with believable defaults."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)

    def user(
        self, email: str = "hana@sielwerk.example", role: RoleName = RoleName.ADMINISTRATOR, name: str = "Hana Ubben"
    ) -> User:
        with transaction() as session:
            found = session.query(Role).filter_by(name=role.value).one_or_none() or Role(name=role.value)
            user = User(
                email=email,
                full_name=name,
                title="people and pay",
                active=True,
                fs_uniquifier=uuid.uuid4().hex,
                roles=[found],
            )
            session.add(user)
            return user

    def persona(self, name: str = "Control engineers") -> Persona:
        with transaction() as session:
            persona = session.query(Persona).filter_by(name=name).one_or_none() or Persona(name=name, created_at=clock.now())
            session.add(persona)
            return persona

    def source(self, name: str = "Oldenburg meetup", origin: Origin = Origin.EVENT) -> Source:
        with transaction() as session:
            source = session.query(Source).filter_by(name=name).one_or_none() or Source(
                name=name, origin=origin, data_note="the public speaker list of the Oldenburg meetup", created_at=clock.now()
            )
            session.add(source)
            return source

    def person(self, name: str = "Ada", **columns) -> Candidate:
        """A bare candidate without the basis and touchpoint that adding leaves; for rules that count every row."""
        with transaction() as session:
            number = next(self.numbers)
            values = {
                "public_id": uuid.uuid4().hex,
                "full_name": name,
                "email": f"p{number}@candidate.example",
                "address_key": f"p{number}@candidate.example",
                "persona": self.persona(),
                "source": self.source(),
                "collected_at": clock.now(),
                "created_at": clock.now(),
            }
            candidate = Candidate(**values | columns)
            session.add(candidate)
            return candidate

    def candidate(self, name: str = "Ada", *, actor: User | None = None, or_existing: bool = False, **more) -> Candidate:
        """Somebody added by hand, as staff would. `more`: details (email, place …), persona, source, owner, or any column."""
        more.setdefault("email", f"{re.sub('[^a-z]', '', name.lower()) or 'p'}.{next(self.numbers)}@candidate.example")
        persona, source, owner = more.pop("persona", self.persona()), more.pop("source", self.source()), more.pop("owner", None)
        details = Details(full_name=name, **{key: more.pop(key) for key in DETAILS if key in more})
        with transaction():
            candidate = candidates.add(
                details,
                source.id,
                persona_id=persona.id if persona else None,
                owner_id=owner.id if owner else None,
                actor_id=actor.id if actor else None,
                or_existing=or_existing,
            )
            for column, value in more.items():
                setattr(candidate, column, value)
            return candidate

    def campaign(self, name: str = "Gates 2027", **plan) -> Campaign:
        """A campaign to the default persona with the engineer's text; `plan`: fields of `outreach.services.Plan`."""
        mail = get_mail("outreach-engineer")
        values = {
            "name": name,
            "persona_id": self.persona().id,
            "source_id": self.source().id,
            "owner_id": (plan.pop("owner", None) or self.sender()).id,
            "page": "/stories/control-engineer",
            "subject": mail.subject,
            "body": mail.body,
        }
        return outreach.add_campaign(outreach.Plan(**values | plan))

    def sender(self) -> User:
        """Marit Folkerts, who has a voice on the sample site and writes the letters."""
        email = "marit@sielwerk.example"
        return find_user(email) or self.user(email, RoleName.RECRUITER, "Marit Folkerts")

    def message(
        self, candidate: Candidate | None = None, campaign: Campaign | None = None, note: str = "Your talk stayed with me."
    ) -> OutreachMessage:
        """A drafted outreach message with its note; an empty note holds it."""
        campaign, candidate = campaign or find_campaign("Gates 2027") or self.campaign(), candidate or self.candidate()
        if not candidate.evidence:
            with transaction():
                candidate.evidence = "Gave a talk about a tank that overflowed"
        [message] = outreach.draft(campaign, [candidate.id])
        return outreach.write_note(message, note)

    def link(self, candidate: Candidate | None = None, campaign: Campaign | None = None) -> str:
        """The token of a personal landing link."""
        return outreach.token_of(self.message(candidate, campaign).link)

    def reader(self, name: str = "Ada", **more) -> Candidate:
        """Somebody who may get a mailing: their basis holds, and they have had the privacy notice."""
        candidate = self.candidate(name, **more)
        privacy.record_notice(candidate.id)
        return candidate

    def text(self, **more) -> mailings.Text:
        """What a mailing says; `more`: fields of `mailings.services.Text`."""
        return mailings.Text(
            **{"subject": "From Emden", "body": "Hello {{first_name|and good morning}},\n\nthe gate is up."} | more
        )

    def mailing(self, **more) -> Mailing:
        """A drafted mailing to everybody."""
        return mailings.add_mailing(self.text(**more))

    def series(self, name: str = "Monthly letter", rule: Rule | None = None, **more) -> Series:
        """A letter on the first Tuesday of every month at nine."""
        return mailings.add_series(name, self.text(**more), rule or Rule(nth=1, weekday=1, hour=9))

    def segment(self, name: str = "Welders", **rule) -> Segment:
        """A saved rule: `stages`, `personas`, `sources`."""
        return pipeline.add_segment(name, rule)
