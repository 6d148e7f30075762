"""`portal doctor mail` says what the domain lacks, by real questions to a name server of the test's own."""

import base64
import socketserver
import threading
from contextlib import contextmanager

import dns.message
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from portal import doctor
from tests.delivery.post import post_office

ADDRESSES = {"bounce_address": "bounces@sielwerk.example", "reply_address": "reply@sielwerk.example"}


class _Answer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, sock = self.request
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        [asked] = question.question
        kind = dns.rdatatype.to_text(asked.rdtype)
        if records := self.server.zone.get((str(asked.name).rstrip("."), kind)):
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
        sock.sendto(answer.to_wire(), self.client_address)


@contextmanager
def names(zone: dict[tuple[str, str], list[str]]):
    """A name server on loopback; yields its address."""
    with socketserver.UDPServer(("127.0.0.1", 0), _Answer) as server:
        server.zone = zone
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def look(app, **settings) -> list[str]:
    given = app.config["SETTINGS"]
    app.config["SETTINGS"] = given.model_copy(update={"sender": "people@sielwerk.example", **ADDRESSES, **settings})
    return [str(finding) for finding in doctor.examine_mail(app)]


@pytest.fixture
def key(tmp_path) -> tuple[str, str]:
    """The setting of a DKIM key, and its public half."""
    private = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "dkim.pem"
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"mail:sielwerk.example:{path}", base64.b64encode(public).decode()


def test_a_domain_in_order_has_no_fault(app, key):
    setting, public = key
    zone = {
        ("sielwerk.example", "TXT"): ['"v=spf1 mx -all"', '"other=1"'],
        ("sielwerk.example", "MX"): ["10 mx.sielwerk.example."],
        ("_dmarc.sielwerk.example", "TXT"): ['"v=DMARC1; p=quarantine"'],
        ("mail._domainkey.sielwerk.example", "TXT"): [f'"v=DKIM1; k=rsa; p={public[:200]}" "{public[200:]}"'],
    }
    with names(zone) as server:
        said = look(app, dns_server=server, dkim_key=SecretStr(setting), base_url="https://people.sielwerk.example")
    assert [line for line in said if line.startswith("fault")] == []
    assert {line.split()[1] for line in said if line.startswith("ok")} == {"SPF:", "DKIM:", "DMARC:", "MX:", "From:"}


def test_what_is_missing_is_said_with_what_to_write(app, key):
    setting, public = key
    with names({("sielwerk.example", "TXT"): ['"v=spf1 -all"', '"v=spf1 mx -all"']}) as server, post_office() as post:
        more = {"dns_server": server, "dkim_key": SecretStr(setting), "smtp_url": SecretStr(post.url)}
        said = "\n".join(look(app, **more | {"bounce_address": "b@elsewhere.example"}))
    for words in (
        "SPF: elsewhere.example does not say",
        f"DKIM: mail._domainkey.sielwerk.example is missing. Add a TXT record: v=DKIM1; k=rsa; p={public}",
        "DMARC: _dmarc.sielwerk.example is missing",
        "MX: sielwerk.example takes no mail",
        "PTR: 127.0.0.1 is in your own network",
        "TLS: 127.0.0.1 does not offer STARTTLS",
        "From: sielwerk.example and PORTAL_BOUNCE_ADDRESS must be of one domain",
        "List-Unsubscribe: the one-click button needs https://",
    ):
        assert words in said


def test_without_a_net_it_says_so_calmly_and_looks_at_the_rest(app, monkeypatch):
    monkeypatch.setattr("portal.doctor.dns.SECONDS", 0.2)
    said = look(app, dns_server="127.0.0.1:1")
    assert "No name server answers from here" in said[0]
    assert any("No mailbox is read" in line for line in said)
