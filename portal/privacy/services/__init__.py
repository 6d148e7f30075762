"""Changing: suppression, bases, notices, terms, holds, erasure, the audit trail, and what outlives a restored backup."""

from portal.privacy.services.erasure import Receipt, erase
from portal.privacy.services.holds import end_hold, hold
from portal.privacy.services.replay import init_app, replay, replay_once
from portal.privacy.services.scrubbing import scrub
from portal.privacy.services.standing import (
    basis_ends,
    establish,
    establish_all,
    establish_selected,
    record_notice,
    renew,
    suppress,
)
from portal.privacy.services.terms import remove_rule, set_rule, settle_contacts, settle_stale, settle_terms
from portal.privacy.services.trail import audit, prune_trail

__all__ = [
    "Receipt",
    "audit",
    "basis_ends",
    "end_hold",
    "erase",
    "establish",
    "establish_all",
    "establish_selected",
    "hold",
    "init_app",
    "prune_trail",
    "record_notice",
    "remove_rule",
    "renew",
    "replay",
    "replay_once",
    "scrub",
    "set_rule",
    "settle_contacts",
    "settle_stale",
    "settle_terms",
    "suppress",
]
