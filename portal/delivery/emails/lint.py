"""What is wrong with a letter before it leaves: for whoever wrote it, in words that say what to do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.content.queries import site
from portal.delivery.emails.compiled import compile as compiled
from portal.delivery.emails.letters import Letter
from portal.delivery.emails.rendering import sheet_of, write
from portal.delivery.emails.returns import aligns

LARGEST = 30 * 1024
SUBJECT = 70
_LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"")
_PICTURE = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r"\balt=\"[^\"]+\"")
_GOOD = re.compile(r"(?:https?://[^/\s]+|mailto:[^@\s]+@[^@\s]+|tel:)", re.IGNORECASE)
# What mail programs cut out or draw wrong.
_ELEMENTS = re.compile(r"<(video|audio|iframe|form|input|button|object|embed|svg|script|canvas|details|base)\b", re.IGNORECASE)
_STYLES = re.compile(r"(?:display:\s*(?:flex|grid)|position:\s*(?:fixed|absolute|sticky)|\bvar\(|\bcalc\()", re.IGNORECASE)
_INLINE = re.compile(r"style=\"([^\"]*)\"")


@dataclass(frozen=True)
class Problem:
    """`kind` names what it is about in one word; a `blocking` one must be put right before sending."""

    kind: str
    message: str
    blocking: bool = True


def lint(letter: Letter) -> Sequence[Problem]:
    """Everything that is wrong with a letter as its reader would get it; empty when it may go."""
    written = write(letter)
    found = [*_subject(written.subject), *_size(letter), *_links(written.html), *_pictures(written.html)]
    return [*found, *_foot(letter, written.text), *_unsupported(written.html), *_sender()]


def size_of(letter: Letter) -> int:
    """Bytes of the mail without its head and its pictures."""
    return len(compiled(sheet_of(letter)).fill(letter.values))


def _subject(subject: str) -> Iterator[Problem]:
    if not subject.strip():
        yield Problem("subject", _("There is no subject."))
    elif len(subject) > SUBJECT:
        yield Problem(
            "subject", _("Phones show about 40 characters of a subject. This one has %(n)s.", n=len(subject)), blocking=False
        )


def _size(letter: Letter) -> Iterator[Problem]:
    if (size := size_of(letter)) > LARGEST:
        yield Problem("size", _("The mail has %(kb)s KB; more than 30 KB is cut off by some programs.", kb=size // 1024))


def _links(html: str) -> Iterator[Problem]:
    bad = sorted({link for link in _LINK.findall(html) if not _GOOD.match(link)})
    for link in bad:
        yield Problem("link", _("The link “%(link)s” leads nowhere from a mail.", link=link))


def _pictures(html: str) -> Iterator[Problem]:
    if any(not _ALT.search(tag) for tag in _PICTURE.findall(html)):
        yield Problem("alt", _("A picture has no text for those who do not see it."))


def _foot(letter: Letter, text: str) -> Iterator[Problem]:
    if not letter.list_id:
        return
    if not site().address or site().address not in text:
        yield Problem("address", _("The company’s postal address is missing. Add it to site.yaml."))
    if not letter.one_click or not letter.values.get("unsubscribe_link") or letter.values["unsubscribe_link"] not in text:
        yield Problem("way out", _("There is no link to unsubscribe."))
    if not any("{{data_note}}" in line or "{{consent_day}}" in line for line in letter.footer):
        yield Problem("source", _("Nothing says where we have the address from."))


def _unsupported(html: str) -> Iterator[Problem]:
    for name in sorted({name.lower() for name in _ELEMENTS.findall(html)}):
        yield Problem("unsupported", _("Mail programs do not show <%(name)s>.", name=name))
    if any(_STYLES.search(style) for style in _INLINE.findall(html)):
        yield Problem("unsupported", _("Some mail programs do not know a style that is used here."), blocking=False)


def _sender() -> Iterator[Problem]:
    if not aligns():
        yield Problem(
            "sender", _("The mailbox for bounces is in another domain than the sender, so DMARC does not align."), blocking=False
        )
