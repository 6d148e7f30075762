"""What staff type about landing links."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from portal import clock
from portal.config import settings
from portal.content.queries import list_pages
from portal.errors import Invalid
from portal.outreach.models import LandingLink
from portal.outreach.queries import KINDS, STATES, LinkFilters, list_campaigns
from portal.outreach.services.links import LIFETIME, MOST_VISITS, Terms
from portal.outreach.services.sharing import NETWORKS, UTM_MEDIA, UTM_NAMES, UTM_SOURCES
from portal.security import Form

KIND_LABELS = {"person": _l("for one person"), "channel": _l("for a channel")}
STATE_LABELS = {"open": _l("open"), "paused": _l("paused"), "expired": _l("expired"), "used up": _l("used up")}


class TermsForm(Form):
    """All that can be decided about a link; a personal one has neither a place nor a short name."""

    label = StringField(
        _l("Where it will be"), [Length(max=100)], description=_l("For instance: poster at the station; profile of Marit.")
    )
    page = SelectField(_l("Page"), description=_l("What is found behind it."))
    alias = StringField(
        _l("Short name"),
        [Length(max=40)],
        description=_l("To be read out or typed: letters a to z, digits, hyphens. Anybody can guess it."),
    )
    expires_on = DateField(_l("Open until"), [Optional()], description=_l("The last day it opens. Empty: without an end."))
    visit_limit = IntegerField(
        _l("At most so many visits"),
        [Optional(), NumberRange(1, MOST_VISITS, message=_l("Give a number of visits above zero."))],
        description=_l("Counted when somebody arrives; declared machines are not. Empty: as many as come."),
    )
    utm_source = SelectField(_l("Where (utm_source)"), choices=[("", _l("none")), *((name, name) for name in UTM_SOURCES)])
    utm_medium = SelectField(_l("What (utm_medium)"), choices=[("", _l("none")), *((name, name) for name in UTM_MEDIA)])
    utm_campaign = StringField(_l("For what (utm_campaign)"), [Length(max=60)], description=_l("For instance: gates-2027."))
    utm_content = StringField(_l("Which one (utm_content)"), [Length(max=60)], description=_l("For instance: blue-poster."))
    notes = TextAreaField(_l("Notes"), [Length(max=2000)], description=_l("For colleagues: who hung it up, who may be asked."))

    def __init__(self, link: LandingLink | None = None, **more: Any) -> None:
        super().__init__(data=_columns(link) | more.pop("start", {}), **more)
        self.link = link
        pages = [*list_pages("story"), *(page for page in list_pages() if page.kind not in {"story", "privacy"})]
        shown = [page for page in pages if not page.generated or page.path == "/"]
        self.page.choices = [(page.path, f"{page.title} ({page.path})") for page in shown]
        if link and link.page not in {path for path, _title in self.page.choices}:
            self.page.choices.append((link.page, link.page))
        if link and link.candidate_id is not None:
            del self.label, self.alias

    def validate_expires_on(self, field: Field) -> None:
        """A day that is over would close it at once, which is what pausing is for."""
        unchanged = self.link is not None and field.data == _last_day(self.link)
        if field.data and field.data < clock.today(settings().time_zone) and not unchanged:
            raise ValidationError(_("This day is over. To close the link now, pause it."))

    def terms(self, share_texts: dict[str, str] | None = None) -> Terms:
        """What was typed; the texts for networks have a form of their own, and stay as they are."""
        kept = dict(self.link.share_texts) if self.link else {}
        return Terms(
            page=self.page.data,
            label=self.label.data or "" if "label" in self else "",
            alias=self.alias.data or "" if "alias" in self else "",
            expires_at=_end_of(self.expires_on.data) if self.expires_on.data else None,
            visit_limit=self.visit_limit.data,
            utm={name: self[name].data or "" for name in UTM_NAMES},
            notes=self.notes.data or "",
            share_texts=kept if share_texts is None else share_texts,
        )

    def put(self, error: Invalid) -> None:
        """Show what a service refused beside its field."""
        field = self[error.field] if error.field and error.field in self else next(iter(self))
        field.errors = [*field.errors, error.message]


class NewLinkForm(TermsForm):
    """A new link for a channel."""

    campaign_id = SelectField(
        _l("Campaign"),
        coerce=int,
        description=_l("Its numbers count the visits, and its sender is shown on the page. None: a link of the house."),
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.campaign_id.choices = [(0, _("none")), *((row.id, row.name) for row in list_campaigns() if row.ended_at is None)]


class ShareForm(Form):
    """What to say with a link, network by network."""

    def texts(self) -> dict[str, str]:
        """By network; those left empty are missing."""
        return {name: self[f"share_{name}"].data for name in NETWORKS if self[f"share_{name}"].data}


for _name, _network in NETWORKS.items():
    setattr(ShareForm, f"share_{_name}", TextAreaField(_network.label, [Length(max=_network.limit)]))


class LinkFilterForm(Form):
    """Which links to list; sent by GET, so that the address can be kept."""

    class Meta(Form.Meta):
        csrf = False

    kind = SelectField(_l("Kind"), choices=[("", _l("all kinds")), *((kind, KIND_LABELS[kind]) for kind in KINDS)])
    state = SelectField(_l("State"), choices=[("", _l("any state")), *((state, STATE_LABELS[state]) for state in STATES)])
    campaign = SelectField(_l("Campaign"), coerce=int)
    q = StringField(_l("Name, place or note"), [Length(max=100)])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.campaign.choices = [(0, _("all campaigns")), *((row.id, row.name) for row in list_campaigns())]

    def filters(self) -> LinkFilters:
        """As `queries.list_links` takes it; what cannot be understood filters nothing."""
        self.validate()
        chosen = {field.name: field.data for field in self if not field.errors and field.data}
        return LinkFilters(chosen.get("kind", ""), chosen.get("campaign"), chosen.get("state", ""), chosen.get("q", ""))


def first_terms() -> dict[str, Any]:
    """What a new link begins with: a year, and the first page."""
    return {"page": "/", "expires_on": (clock.now() + LIFETIME).astimezone(ZoneInfo(settings().time_zone)).date()}


def _columns(link: LandingLink | None) -> dict[str, Any]:
    if link is None:
        return {}
    plain = {"label": link.channel, "page": link.page, "alias": link.alias or "", "visit_limit": link.visit_limit}
    return {**plain, "notes": link.notes, "expires_on": _last_day(link), **link.utm}


def _last_day(link: LandingLink) -> Any:
    zone = ZoneInfo(settings().time_zone)
    return (link.expires_at - timedelta(microseconds=1)).astimezone(zone).date() if link.expires_at else None


def _end_of(day: Any) -> datetime:
    """Midnight after a day in the company's zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings().time_zone)).astimezone(UTC)
