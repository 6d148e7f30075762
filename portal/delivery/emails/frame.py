"""Mails as they were put on the wire, made fit to be looked at in the console."""

import base64
import email
import email.message
import email.policy
import re
from dataclasses import dataclass
from html import unescape

_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+(?:=\"[^\"]*\")?)*)\s*(/?)>")
_STYLE = re.compile(r'\s+style="([^"]*)"')
_CLASS = re.compile(r'\s+class="([^"]*)"')
_UNSAFE = re.compile(r"[<>{}\\]|url\(|@import", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """A mail, parsed again from its bytes. `head` are the headers in their order; `source` is the whole as text."""

    head: tuple[tuple[str, str], ...]
    html: str
    text: str
    source: str


@dataclass(frozen=True)
class Frame:
    """A page for a sandboxed frame and the Content-Security-Policy to send with it."""

    html: str
    policy: str


def read(raw: bytes) -> Reading:
    """Parse the bytes of a mail as any mail program would."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    whole = [part for part in message.walk() if not part.is_multipart()]
    parts = {
        one.get_content_type(): one.get_content().replace("\r\n", "\n") for one in whole if one.get_content_maintype() == "text"
    }
    pictures = [one for one in whole if one.get_content_type() == "image/png"]
    head = tuple((name, str(value)) for name, value in message.items())
    return Reading(
        head, _with_pictures(parts.get("text/html", ""), pictures), parts.get("text/plain", ""), raw.decode("utf-8", "replace")
    )


def read_text(raw: bytes) -> str:
    """The plain part alone, some times faster: for who reads years of mail at once."""
    parts = email.message_from_bytes(raw, policy=email.policy.compat32).walk()
    plain = next((part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/plain"), b"")
    return plain.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(plain, bytes) else ""


def frame(html: str, nonce: str) -> Frame:
    """A mail's HTML for a frame whose policy forbids style attributes: each becomes a class of one sheet with a nonce."""
    styles: dict[str, str] = {}

    def moved(match: re.Match[str]) -> str:
        name, attributes, end = match.groups()
        style = _STYLE.search(attributes)
        if style is None or _UNSAFE.search(unescape(style.group(1))):
            return f"<{name}{_STYLE.sub('', attributes)}{end}>"
        made = styles.setdefault(unescape(style.group(1)), f"m{len(styles)}")
        known = _CLASS.search(attributes)
        kept = _CLASS.sub("", _STYLE.sub("", attributes))
        return f'<{name}{kept} class="{known.group(1) + " " if known else ""}{made}"{end}>'

    page = _TAG.sub(moved, html).replace("<style>", f'<style nonce="{nonce}">')
    sheet = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    extra = f'<base target="_blank"><style nonce="{nonce}">{sheet}</style>'
    return Frame(page.replace("<head>", f"<head>{extra}", 1), _policy(nonce))


def _with_pictures(html: str, pictures: list[email.message.EmailMessage]) -> str:
    """Pictures that came with the mail, put into its HTML, since a page cannot ask the mail for them."""
    for one in pictures:
        data = base64.b64encode(one.get_content()).decode("ascii")
        html = html.replace(f"cid:{str(one['Content-ID']).strip().strip('<>')}", f"data:image/png;base64,{data}")
    return html


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
