"""What guests of an event type."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from portal.events import services
from portal.guard import GuardedForm, Post, keep_aside
from portal.sourcing.models import Source


class CheckInForm(GuardedForm):
    """Name and address; and whether we may keep them for longer."""

    consent = BooleanField(
        _l("Keep my name and address for two years"),
        description=_l("Then we may write to you later. Without it all goes after twelve months. Take it back at any time."),
    )

    def __init__(self, event: Source, **more: Any) -> None:
        super().__init__(**more)
        self.event = event

    def give(self, link: object) -> None:  # noqa: ARG002
        """Keep it until the guest confirms by mail."""
        services.check_in(self.event, self.name.data or "", self.email.data or "", bool(self.consent.data))

    def _post(self) -> Post:
        """As everywhere; but guests of an event all come from its one network, so a crowd says nothing."""
        return replace(super()._post(), crowd=0)

    def keep_aside(self, link: object, why: str) -> None:  # noqa: ARG002
        """Keep a robot's for a week, in case it was a guest."""
        fields = {"name": self.name.data, "email": self.email.data, "consented": bool(self.consent.data)}
        keep_aside(services.CHECK_IN, fields | {"event": self.event.name, "event_id": self.event.id}, why)
