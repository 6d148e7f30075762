"""What an address is, and who must never be written to."""

import re
import unicodedata
from collections.abc import Iterable

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import select

from portal import tokens
from portal.db import db
from portal.errors import Invalid
from portal.privacy.models import Suppression

CHUNK = 1000  # values in one IN (…): both databases take far more


def address_key(email: str) -> str:
    """The one spelling of an address by which people are known: NFC, lower case, IDNA domain. Invalid when it is no address."""
    try:
        key = _normalised(email.strip())
        # Lower case may be longer (“İ” becomes two characters), so that the result has to pass as well.
        return key if key.isascii() else _normalised(key)
    except EmailNotValidError:
        raise Invalid(_diagnosis(email.strip()), "email") from None


def address_hash(key: str) -> str:
    """What is kept of a suppressed address key; nobody can guess it back without the key of this installation.

    What follows a plus is left out: who objected as ada+jobs@ must not be reached as ada@, nor the other way.
    """
    local, _at, domain = key.rpartition("@")
    return tokens.keyed_hash("suppression", f"{local.split('+')[0] or local}@{domain}")


def find_suppression(address: str) -> Suppression | None:
    """The never-again entry of an address in any spelling; None for free people. Invalid when it is no address."""
    return db.session.scalar(select(Suppression).filter_by(address_hash=address_hash(address_key(address))))


def list_suppressions(addresses: Iterable[str]) -> dict[str, Suppression]:
    """The never-again entries of many valid addresses, by address as given."""
    keys = {address: address_key(address) for address in addresses}
    found = list_suppressions_by_key(keys.values())
    return {address: found[key] for address, key in keys.items() if key in found}


def list_suppressions_by_key(keys: Iterable[str]) -> dict[str, Suppression]:
    """The same for address keys, which need not be normalised again."""
    hashes = {key: address_hash(key) for key in keys}
    wanted = sorted(set(hashes.values()))
    found: dict[str, Suppression] = {}
    for start in range(0, len(wanted), CHUNK):
        slice_ = select(Suppression).where(Suppression.address_hash.in_(wanted[start : start + CHUNK]))
        found.update({row.address_hash: row for row in db.session.scalars(slice_)})
    return {key: found[hashed] for key, hashed in hashes.items() if hashed in found}


def _normalised(email: str) -> str:
    # Addresses under .test are let through: who tries the portal out uses them, and no mail can ever reach anybody there.
    parts = validate_email(email, check_deliverability=False, test_environment=True, strict=True)
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", parts.local_part).lower())
    return f"{local}@{parts.ascii_domain.lower()}"


def _diagnosis(email: str) -> str:
    """One sentence that says what to mend; it does not repeat the address."""
    local, at, domain = email.rpartition("@")
    if not email:
        return str(_("The mail address is missing."))
    if re.search(r"\s", email):
        return str(_("A mail address has no blanks or line breaks."))
    if not at:
        return str(_("A mail address has an @ in it."))
    if not local or "@" in local:
        return str(_("A mail address has one name before its one @."))
    if "." not in domain.strip("."):
        return str(_("The mail address lacks its domain, such as example.com after the @."))
    return str(_("This is not a mail address: it is too long, or has a sign that mail does not allow."))
