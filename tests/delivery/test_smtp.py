"""The line to the mail server: encryption, addresses beyond ASCII, time-outs."""

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.delivery import smtp
from portal.errors import BrokenSetup
from tests.delivery.post import post_office

MAIL = b"Subject: x\r\n\r\nHello\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post.test")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=2))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = made.add_extension(here, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    path = tmp_path_factory.mktemp("tls") / "post.pem"
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(*kinds) + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate, monkeypatch):
    """From now on this machine trusts that certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def far_away(monkeypatch):
    """The server counts as another machine, so that there is a network to guard."""
    monkeypatch.setattr(smtp.Server, "is_here", False)


def hand_over(post, *, secure: bool = False, user: str = "", recipient: str = "ada@candidate.example") -> None:
    with smtp.Line(smtp.Server("127.0.0.1", post.port, secure, user, "secret")) as line:
        line.send("people@sielwerk.example", recipient, MAIL)


def test_a_certificate_that_nobody_vouches_for_is_refused_with_smtps(tls):
    with post_office(ssl_context=tls) as post, pytest.raises(smtp.Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        hand_over(post, secure=True)


def test_a_trusted_certificate_is_taken_with_smtps(tls, trusted):
    with post_office(ssl_context=tls) as post:
        hand_over(post, secure=True)
    assert len(post.taken) == 1


@pytest.mark.usefixtures("far_away")
def test_a_certificate_that_nobody_vouches_for_is_refused_in_starttls(tls):
    with post_office(tls_context=tls) as post, pytest.raises(smtp.Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        hand_over(post)
    assert post.taken == []


@pytest.mark.usefixtures("far_away", "trusted")
def test_starttls_is_used_wherever_it_is_offered(tls):
    with post_office(tls_context=tls, require_starttls=True) as post:
        hand_over(post)
    assert len(post.taken) == 1


@pytest.mark.usefixtures("far_away")
def test_a_password_never_travels_in_the_open():
    with post_office(auth_require_tls=False) as post, pytest.raises(smtp.Unreachable, match="no encryption"):
        hand_over(post, user="hana")


def test_an_address_beyond_ascii_reaches_a_server_that_knows_them():
    with post_office() as post:
        hand_over(post, recipient="елена@candidate.example")
    assert post.recipients == ["елена@candidate.example"]


def test_an_address_beyond_ascii_is_refused_where_the_server_does_not():
    with post_office(smtputf8=False) as post, pytest.raises(smtp.Permanent) as refusal:
        hand_over(post, recipient="елена@candidate.example")
    assert refusal.value.recipient


def test_a_kept_line_that_was_closed_from_the_other_end_is_opened_again():
    with post_office() as post, smtp.Line(smtp.Server.from_url(post.url)) as line:
        line.send("a@sielwerk.example", "ada@candidate.example", MAIL)
        line._client.sock.shutdown(2)
        line.send("a@sielwerk.example", "bob@candidate.example", MAIL)
    assert (len(post.taken), post.greetings) == (2, 2)


def test_a_server_that_never_answers_is_left_in_time(monkeypatch):
    monkeypatch.setattr(smtp.line, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = smtp.Server("127.0.0.1", silent.getsockname()[1], secure=False)
        with smtp.Line(server) as line, pytest.raises(smtp.Unreachable):
            line.send("a@sielwerk.example", "ada@candidate.example", MAIL)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", smtp.Server("mail.example", 25, False)),
        ("smtp://a%40b:p%3Aw@mail.example", smtp.Server("mail.example", 587, False, "a@b", "p:w")),
        ("smtps://mail.example", smtp.Server("mail.example", 465, True)),
        ("smtp://[::1]:2525", smtp.Server("::1", 2525, False)),
    ],
)
def test_the_address_of_the_server_is_understood(url, server):
    assert smtp.Server.from_url(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:99999", "smtp://mail.example:x"]
)
def test_an_address_that_is_none_is_named_in_one_sentence(url):
    with pytest.raises(BrokenSetup, match="PORTAL_SMTP_URL"):
        smtp.Server.from_url(url)


def test_the_password_stands_in_no_representation():
    assert "secret" not in repr(smtp.Server("mail.example", 25, secure=False, user="u", password="secret"))
