"""What a mailing says, to whom, and in whose name."""

from dataclasses import asdict, dataclass, replace

from flask_babel import gettext as _

from portal import clock
from portal.accounts.queries import get_user
from portal.content.queries import find_page
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.mailings.models import Mailing, MailingStatus
from portal.markup import check_text
from portal.pipeline.queries import get_segment

SUBJECT_LIMIT = 200
BODY_LIMIT = 20_000
EDITABLE = frozenset({MailingStatus.DRAFT, MailingStatus.PLANNED})


@dataclass(frozen=True)
class Text:
    """What staff write. Without a segment it means everybody, without a sender the company; `page` is behind {{landing_link}}."""

    subject: str
    body: str
    segment_id: int | None = None
    sender_id: int | None = None
    page: str = ""

    def checked(self) -> "Text":
        """The same, trimmed, when it can be used; Invalid with the field that cannot."""
        text = replace(self, subject=" ".join(self.subject.split()))
        check_text(text.subject, "subject", SUBJECT_LIMIT)
        check_text(text.body, "body", BODY_LIMIT)
        if text.page and find_page(text.page) is None:
            raise Invalid(_("There is no page “%(page)s” on the site.", page=text.page), "page")
        if text.segment_id is not None:
            get_segment(text.segment_id)
        if text.sender_id is not None:
            get_user(text.sender_id)
        return text


def add_mailing(text: Text) -> Mailing:
    """Begin a mailing; nothing is sent before somebody says so."""
    with transaction() as session:
        mailing = Mailing(**asdict(text.checked()), status=MailingStatus.DRAFT, created_at=clock.now())
        session.add(mailing)
        session.flush()
        return mailing


def edit_mailing(mailing: Mailing, text: Text) -> Mailing:
    """Change a mailing that has not begun; Conflict for any other, since people have read it."""
    with transaction() as session:
        session.refresh(mailing, with_for_update=True)
        if mailing.status not in EDITABLE:
            raise Conflict(_("This mailing has begun, so its text stays. Make a copy to write another."))
        for name, value in asdict(text.checked()).items():
            setattr(mailing, name, value)
        return mailing


def duplicate(mailing: Mailing) -> Mailing:
    """A new draft with the same text."""
    return add_mailing(text_of(mailing))


def text_of(mailing: Mailing) -> Text:
    """The text of a mailing."""
    return Text(mailing.subject, mailing.body, mailing.segment_id, mailing.sender_id, mailing.page)
