"""The cast and their things, made through the services."""

import itertools
import re
import uuid

from portal import clock
from portal.accounts.models import Role, RoleName, User
from portal.candidates import services as candidates
from portal.candidates.details import NAMES as DETAILS
from portal.candidates.details import Details
from portal.candidates.models import Candidate
from portal.db import transaction
from portal.sourcing.models import Origin, Persona, Source


class Factory:
    """`make.user()`, `make.candidate("Ada")`, `make.campaign()`: each with believable defaults."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)

    def user(self, email: str = "hana@sielwerk.example", role: RoleName = RoleName.ADMINISTRATOR, name: str = "Hana Ubben") -> User:
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
