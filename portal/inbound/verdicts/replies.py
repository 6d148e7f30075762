"""What a person wrote: their own words, and whether they ask us to stop."""

import re
from collections.abc import Iterable
from email.message import Message

from inscriptis import get_text
from inscriptis.model.config import ParserConfig

from portal.inbound.verdicts.reading import parts, words_of

LONGEST = 20_000
_HTML_LONGEST = 400_000
# A phrase of one word means what it says only where hardly anything else is said.
_FEW_WORDS = 6
_TAGS = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r"(?is)<(style|script|head|template)\b.*?</\1\s*>|<!--.*?-->|<blockquote\b.*\Z")
_CUT = re.compile(r"(?im)^\s*(?:-{2,}\s*(?:original message|urspr[üu]ngliche nachricht|message d'origine)\s*-{2,}|_{20,})\s*$")
_ATTRIBUTION = re.compile(
    r"(?ims)^(?:on|am|le|el|il|op|em|den|dnia|w dniu)\s[^\n]{5,200}(?:\n[^\n]{0,120})?:\s*$(?=\s*(?:^>|\Z))"
)
_SIGNATURE = re.compile(r"(?m)^-- ?$")


def own_words(message: Message) -> tuple[str, int]:
    """What they wrote, plain and without what they quoted, and how many files came with it. HTML becomes plain text."""
    plain, html, files = [], [], 0
    for part in parts(message):
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if part.get_filename() or kind not in {"text/plain", "text/html"}:
            files += 1
        elif kind == "text/plain":
            plain.append(words_of(part))
        else:
            html.append(_unmarked(words_of(part)))
    text = "\n\n".join(plain).strip() or "\n\n".join(html).strip()
    return _without_quotes(text)[:LONGEST].strip(), files


def wants_stop(words: str, phrases: Iterable[str]) -> bool:
    """Whether somebody says that no more mail shall come, by a list of phrases."""
    said = _plain(_SIGNATURE.split(words)[0])
    short = len(said.split()) <= _FEW_WORDS
    return any(f" {phrase} " in f" {said} " for phrase in map(_plain, phrases) if phrase and (short or " " in phrase))


def _without_quotes(text: str) -> str:
    text = _CUT.split(text)[0] if _CUT.split(text)[0].strip() else text
    text = _ATTRIBUTION.sub("", text)
    lines = [line.rstrip() for line in text.split("\n") if not line.lstrip().startswith(">")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _unmarked(html: str) -> str:
    """HTML as plain text; nothing of it is ever shown as HTML."""
    own = _HIDDEN.sub(" ", html[:_HTML_LONGEST])
    try:
        return str(get_text(own, ParserConfig(display_links=False, display_images=False)))
    except Exception:  # noqa: BLE001 - made to break parsers: then the bare words will do
        return _TAGS.sub(" ", own)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+", " ", text.casefold().replace("’", "'")).split())
