"""What staff type about single messages."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.security import Form


class NoteForm(Form):
    """Why this person: the line we keep, and what we say to them."""

    evidence = TextAreaField(
        _l("Why them"),
        [Length(max=2000, message=_l("At most %(max)d characters fit."))],
        description=_l(
            "One line of evidence for ourselves: a talk, a repository, a colleague’s word. It is kept with the person."
        ),
    )
    note = TextAreaField(
        _l("Personal note"),
        [Length(max=2000, message=_l("A note has at most 2,000 characters."))],
        description=_l("Two or three sentences only you could have written: what you have seen of their work, and why them."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.note.flags.required = self.evidence.flags.required = True  # not to save, but to send


class TextForm(Form):
    """Words for one person instead of the campaign's."""

    subject = StringField(_l("Subject"), [DataRequired(_l("There is no text yet.")), Length(max=200)])
    body = TextAreaField(
        _l("Text"),
        [DataRequired(_l("There is no text yet.")), Length(max=20_000)],
        description=_l("Only this person gets it. {{note}} and {{landing_link}} must stand somewhere."),
    )


class HandForm(Form):
    """Where a message was delivered by hand."""

    network = StringField(
        _l("Where you sent it"),
        [DataRequired(_l("Say where you delivered it.")), Length(max=60)],
        description=_l("LinkedIn, Mastodon, a forum, face to face"),
    )
