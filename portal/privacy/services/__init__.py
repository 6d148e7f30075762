"""Changing: suppression, bases, notices, retention, erasure, the audit trail."""

from portal.privacy.services.erasure import Receipt, erase
from portal.privacy.services.standing import (
    basis_ends,
    establish,
    establish_all,
    record_notice,
    renew,
    suppress,
)
from portal.privacy.services.trail import audit

__all__ = [
    "Receipt",
    "audit",
    "basis_ends",
    "erase",
    "establish",
    "establish_all",
    "record_notice",
    "renew",
    "suppress",
]
