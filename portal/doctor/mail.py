"""`portal doctor mail`: what DNS, TLS and the heads of our mails still lack, in words for whoever looks after the domain."""

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from flask import Flask

from portal.config import Settings, read_from
from portal.delivery.emails import returns
from portal.delivery.emails.senders import sender_address
from portal.doctor.dns import Names, Silent
from portal.doctor.findings import Finding
from portal.inbound import queries as inbound

SECONDS = 5


def examine_mail(app: Flask) -> list[Finding]:
    """All findings about mail, those for who looks after the domain first. Without a net it says so and looks at the rest."""
    settings = read_from(app)
    with app.app_context():
        found = list(_names(settings))
        return [*found, *(finding for look in LOOKS for finding in look(settings))]


def _names(settings: Settings) -> Iterator[Finding]:
    try:
        names = Names(settings.dns_server)
        yield from [finding for ask in QUESTIONS for finding in ask(settings, names)]
    except Silent:
        yield Finding("advice", "No name server answers from here, so SPF, DKIM, DMARC, MX and PTR were not looked at.")


def _spf(settings: Settings, names: Names) -> Iterator[Finding]:
    domain = _domain(settings.bounce_address) or _sender_domain()
    records = [text for text in names.ask(domain, "TXT") if text.lower().startswith("v=spf1")]
    if not records:
        yield Finding("fault", f"SPF: {domain} does not say who may send for it. Add a TXT record: v=spf1 mx include:… -all")
    elif len(records) > 1:
        yield Finding("fault", f"SPF: {domain} has {len(records)} records and must have one; receivers ignore them all.")
    elif not re.search(r"(?i)[-~]all$|redirect=", records[0].strip()):
        yield Finding("advice", f"SPF: the record of {domain} should end in -all or ~all. It is: {records[0]}")
    else:
        yield Finding("ok", f"SPF: {domain} says who may send for it: {records[0]}")


def _dkim(settings: Settings, names: Names) -> Iterator[Finding]:
    setting = settings.dkim_key.get_secret_value()
    if not setting:
        yield Finding(
            "advice", "DKIM: the portal does not sign. Let the mail server sign for the sender’s domain, or set PORTAL_DKIM_KEY."
        )
        return
    selector, domain, path = [*setting.split(":", 2), "", ""][:3]
    name = f"{selector}._domainkey.{domain}"
    record = "".join("".join(names.ask(name, "TXT")).split())
    told, ours = (re.search(r"p=([A-Za-z0-9+/=]*)", record) or ["", ""])[1], _public_key(Path(path))
    if not told:
        yield Finding("fault", f"DKIM: {name} is missing. Add a TXT record: v=DKIM1; k=rsa; p={ours}")
    elif ours and told != ours:
        yield Finding("fault", f"DKIM: {name} holds another key than the portal signs with. It must be: p={ours}")
    elif not _aligned(domain, _sender_domain()):
        yield Finding(
            "fault", f"DKIM: mails come from {_sender_domain()} and are signed by {domain}; both must be the same domain."
        )
    else:
        yield Finding("ok", f"DKIM: {name} holds the key that the portal signs with.")


def _dmarc(_settings: Settings, names: Names) -> Iterator[Finding]:
    domain = _sender_domain()
    places = [f"_dmarc.{domain}", f"_dmarc.{'.'.join(domain.split('.')[-2:])}"]
    records = [text for place in dict.fromkeys(places) for text in names.ask(place, "TXT") if text.lower().startswith("v=dmarc1")]
    if not records:
        yield Finding("fault", f"DMARC: _dmarc.{domain} is missing. Begin with a TXT record: v=DMARC1; p=none; rua=mailto:…")
    elif "p=none" in records[0].replace(" ", "").lower():
        yield Finding("advice", f"DMARC: {domain} only watches (p=none). When its reports are clean, go on to p=quarantine.")
    else:
        yield Finding("ok", f"DMARC: {domain} says what happens to mail in its name: {records[0]}")


def _mx(settings: Settings, names: Names) -> Iterator[Finding]:
    wanted = {_sender_domain(), _domain(settings.bounce_address), _domain(settings.reply_address)} - {""}
    for domain in sorted(wanted):
        if names.ask(domain, "MX"):
            yield Finding("ok", f"MX: {domain} takes mail.")
        else:
            yield Finding("fault", f"MX: {domain} takes no mail, so that bounces and replies are lost. Add an MX record.")


def _ptr(settings: Settings, names: Names) -> Iterator[Finding]:
    host = urlsplit(settings.smtp_url.get_secret_value()).hostname or ""
    for address in _addresses(host, names):
        if not ipaddress.ip_address(address).is_global:
            yield Finding("ok", f"PTR: {host} is in your own network; ask for the address that it sends from.")
        elif any(address in _addresses(name, names) for name in names.reverse(address)):
            yield Finding("ok", f"PTR: {address} has a name that leads back to it.")
        else:
            yield Finding(
                "fault", f"PTR: {address} ({host}) needs a name that leads back to it. Whoever runs the address sets it."
            )


def _tls(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.smtp_url.get_secret_value())
    if not url.hostname:
        yield Finding("advice", "No SMTP server is set: mail stays in the outbox page. Set PORTAL_SMTP_URL to send.")
        return
    try:
        yield _greeting(url.hostname, url.port, implicit=url.scheme == "smtps")
    except ssl.SSLCertVerificationError as error:
        yield Finding("fault", f"TLS: the certificate of {url.hostname} is not valid: {error.verify_message}.")
    except OSError as error:
        yield Finding("fault", f"TLS: {url.hostname} does not answer as a mail server: {type(error).__name__}.")


def _greeting(host: str, port: int | None, *, implicit: bool) -> Finding:
    """Says hello and goes: this line never carries a mail. OSError when nobody answers, SSLError for a false certificate."""
    context = ssl.create_default_context()
    with socket.create_connection((host, port or (465 if implicit else 587)), timeout=SECONDS) as line:
        if implicit:
            with context.wrap_socket(line, server_hostname=host):
                return Finding("ok", f"TLS: {host} is encrypted from the first byte, with a valid certificate.")
        _said(line)
        if b"STARTTLS" not in _told(line, b"EHLO localhost").upper():
            return Finding("fault", f"TLS: {host} does not offer STARTTLS, so that mails travel in the open.")
        _told(line, b"STARTTLS")
        with context.wrap_socket(line, server_hostname=host):
            return Finding("ok", f"TLS: {host} offers STARTTLS, with a valid certificate.")


def _told(line: socket.socket, command: bytes) -> bytes:
    line.sendall(command + b"\r\n")
    return _said(line)


def _said(line: socket.socket) -> bytes:
    """A whole reply: its last line has a space after the number."""
    said = b""
    while not re.search(rb"(?m)^\d{3} .*\r\n\Z", said) and len(said) < 65536:
        part = line.recv(4096)
        if not part:
            raise ConnectionResetError
        said += part
    return said


def _heads(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.base_url).hostname or ""
    if returns.aligns():
        yield Finding("ok", "From: it shares its domain with the return path, as DMARC wants it.")
    else:
        yield Finding(
            "fault", f"From: {_sender_domain()} and PORTAL_BOUNCE_ADDRESS must be of one domain, or receivers distrust both."
        )
    if not settings.base_url.startswith("https://"):
        yield Finding("fault", "List-Unsubscribe: the one-click button needs https://… in PORTAL_BASE_URL.")
    if not (settings.bounce_address or settings.reply_address):
        yield Finding(
            "advice", "List-Unsubscribe: without PORTAL_BOUNCE_ADDRESS or PORTAL_REPLY_ADDRESS nobody can unsubscribe by mail."
        )
    if "." not in host or _is_number(host):
        yield Finding("fault", f"Message-ID: “{host}” is no domain of yours. Set PORTAL_BASE_URL to the address that people use.")


def _back(settings: Settings) -> Iterator[Finding]:
    if not settings.inbound_url.get_secret_value():
        yield Finding("advice", "No mailbox is read: bounces, complaints and replies are not noticed. Set PORTAL_INBOUND_URL.")
    if aside := len(inbound.list_set_aside()):
        yield Finding(
            "advice", f"{aside} mails could not be read. They stand on the page Replies; portal mail replay NUMBER tries again."
        )
    for alarm in inbound.list_alarms():
        words = f"Refused for what we are or wrote: {alarm.count} mails ({alarm.purpose.value} {alarm.subject_id}, {alarm.code})."
        yield Finding("fault", words)


def _addresses(host: str, names: Names) -> Sequence[str]:
    if not host or host == "localhost":
        return []
    return [host] if _is_number(host) else [*names.ask(host, "A"), *names.ask(host, "AAAA")]


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("> ").lower() if "@" in address else ""


def _sender_domain() -> str:
    return _domain(sender_address()[1])


def _aligned(one: str, other: str) -> bool:
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _public_key(path: Path) -> str:
    """The public half of our key, as it stands in a DKIM record; "" when it cannot be read."""
    try:
        key = load_pem_private_key(path.read_bytes(), None).public_key()
    except (OSError, ValueError, TypeError):
        return ""
    lines = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().split("\n")
    return "".join(line for line in lines if not line.startswith("-----"))


QUESTIONS: tuple[Callable[[Settings, Names], Iterator[Finding]], ...] = (_spf, _dkim, _dmarc, _mx, _ptr)
LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_tls, _heads, _back)
