"""What staff find out about one person, and the note they write. Its fields depend on the persona, so it is built for each."""

import re
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal import tokens
from portal.candidates.models import Judgement
from portal.candidates.queries.research import Research
from portal.candidates.services.research import EVIDENCE_LIMIT, LABEL_LIMIT, MOST_LINKS, REASON_LIMIT, URL_LIMIT, Findings
from portal.errors import Invalid
from portal.security import Form

JUDGEMENTS = {
    Judgement.FITS: _l("fits"),
    Judgement.PARTLY: _l("partly"),
    Judgement.NO: _l("no"),
    Judgement.UNKNOWN: _l("unknown"),
}
SPARE_LINKS = 2
_LINK = re.compile(r"links-(\d{1,3})-url")


class ResearchForm(Form):
    """Evidence, checklist, links, fit, note, and why it waits. Made by `research_form`, which knows the criteria."""

    checked = SelectMultipleField(
        _l("Looked up"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    evidence = TextAreaField(
        _l("Why them"),
        [Length(max=EVIDENCE_LIMIT)],
        description=_l("One line of evidence: what you have seen of their work. It stays with the person."),
    )
    note = TextAreaField(
        _l("Personal note"),
        [Length(max=2000, message=_l("A note has at most 2,000 characters."))],
        description=_l("Two or three sentences only you could have written. The mail carries them."),
    )
    hold = StringField(
        _l("Set aside until …"),
        [Length(max=200)],
        description=_l("For instance: Imke has asked her. Meanwhile it does not leave."),
    )

    def findings(self) -> Findings:
        """As the service takes it."""
        numbers = sorted(int(match[1]) for field in self if (match := _LINK.fullmatch(field.name)))
        fits = {
            int(field.name.removeprefix("fit-")): (Judgement(field.data), self[field.name.replace("fit-", "reason-")].data or "")
            for field in self
            if field.name.startswith("fit-")
        }
        return Findings(
            evidence=self.evidence.data or "",
            checked=frozenset(self.checked.data or ()),
            links=[(self[f"links-{at}-label"].data or "", self[f"links-{at}-url"].data or "") for at in numbers],
            fits=fits,
        )

    def link_fields(self) -> list[tuple[Field, Field]]:
        """Label and address of each row of links."""
        return [(self[field.name.replace("-url", "-label")], field) for field in self if _LINK.fullmatch(field.name)]

    def put(self, error: Invalid) -> None:
        """Show what a service refused beside its field."""
        field = self[error.field] if error.field and error.field in self else self.evidence
        field.errors = [*field.errors, error.message]


def research_form(found: Research, **start: str) -> ResearchForm:
    """The form for one person, holding what is known. `start` are evidence, note and hold."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"checked": [item for item, at in found.items.items() if at], **start}
    for number in range(_rows(len(found.links))):
        fields[f"links-{number}-label"] = StringField(_l("What it is"), [Length(max=LABEL_LIMIT)])
        fields[f"links-{number}-url"] = StringField(_l("Address"), [Length(max=URL_LIMIT)])
        known = found.links[number] if number < len(found.links) else None
        data |= {f"links-{number}-label": known.label if known else "", f"links-{number}-url": known.url if known else ""}
    for one in found.fits:
        number = one.criterion.id
        fields[f"fit-{number}"] = RadioField(one.criterion.text, choices=list(JUDGEMENTS.items()))
        fields[f"reason-{number}"] = StringField(_l("Why we think so"), [Length(max=REASON_LIMIT)])
        data |= {f"fit-{number}": one.judgement.value, f"reason-{number}": one.reason}
    form: ResearchForm = type("BoundResearchForm", (ResearchForm,), fields)(data=data)
    form.checked.choices = [(item, item) for item in found.items]
    return form


def version_of(form: ResearchForm) -> str:
    """A short name for what is kept at present: what the browser kept of an earlier state must not come back over it."""
    return tokens.digest(repr([(field.name, field.object_data) for field in form if field.name != "csrf_token"]))[:12]


def _rows(known: int) -> int:
    """As many rows as were sent, or those that are known and some to write into."""
    sent = [int(match[1]) for name in request.form if (match := _LINK.fullmatch(name))]
    return min(max([known + SPARE_LINKS, *(number + 1 for number in sent)]), MOST_LINKS + SPARE_LINKS)
