"""A letter before it becomes MIME, and what writes one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.delivery.models import Delivery
from portal.errors import Invalid, PortalError


@dataclass(frozen=True)
class Picture:
    """A PNG that travels with a letter; the body shows it as `![what it says](pictures/name)`."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One person's mail before it becomes MIME.

    `body` is Markdown with `{{placeholders}}`; `values` fills them (escaped for HTML, plain in the text part). `footer` are
    Markdown paragraphs beneath a rule. `one_click` is the RFC 8058 address. `notice`: the mail carries the Article 14 notice.
    `campaign_id` and `about` ("mailing", 7) go into the touchpoint. `language` is that of the words, the site's when empty;
    `own_page`: the footer leads to what is kept about its reader.
    """

    subject: str
    body: str
    values: dict[str, str]
    sender_name: str = ""
    reply_to: str = ""
    footer: tuple[str, ...] = ()
    one_click: str = ""
    list_id: str = ""
    notice: bool = False
    campaign_id: int | None = None
    about: tuple[str, int] | None = None
    language: str = ""
    own_page: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()


class Withheld(Exception):
    """A composer found that this mail must not leave (its campaign ended, a response came); the message says why."""


class BadHeader(Invalid):
    """Something that belongs on one line of the head holds a line break: that is how strangers add headers of their own."""


Composer = Callable[[Delivery], Letter]


@dataclass(frozen=True)
class Bulk:
    """A composer for mail to many: a few queries for 500 rows. What it says of a row is found under the row's number.

    It is a composer of single letters as well.
    """

    compose_many: Callable[[Sequence[Delivery]], Mapping[int, "Letter | Withheld | PortalError"]]

    def __call__(self, delivery: Delivery) -> Letter:
        """The letter of one row; Withheld or an error is raised."""
        found = self.compose_many([delivery])[delivery.id]
        if isinstance(found, Letter):
            return found
        raise found
