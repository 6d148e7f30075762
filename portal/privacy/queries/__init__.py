"""Reading: addresses and suppressions, what permits to keep a person's data and how long, who looked at whom."""

from portal.privacy.queries.addresses import (
    CHUNK,
    address_hash,
    address_key,
    find_suppression,
    list_suppressions,
    list_suppressions_by_key,
)
from portal.privacy.queries.standing import (
    current_bases,
    current_basis,
    find_erasure,
    find_hold,
    find_notice,
    find_term,
    has_notice,
    list_holds,
    list_rules,
)
from portal.privacy.queries.trail import list_audit

__all__ = [
    "CHUNK",
    "address_hash",
    "address_key",
    "current_bases",
    "current_basis",
    "find_erasure",
    "find_hold",
    "find_notice",
    "find_suppression",
    "find_term",
    "has_notice",
    "list_audit",
    "list_holds",
    "list_rules",
    "list_suppressions",
    "list_suppressions_by_key",
]
