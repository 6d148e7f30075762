"""Reading of candidates: people, lists that are taken in, what each source brought, research before the first contact."""

from portal.candidates.queries.imports import (
    count_outcomes,
    get_import,
    list_imports,
    list_row_numbers,
    list_rows,
    list_rows_to_write,
    next_import,
    progress_key,
    rows_written,
)
from portal.candidates.queries.people import (
    Rights,
    find_by_address,
    find_by_public_id,
    find_candidate,
    get_candidate,
    get_rights,
    list_by_address_keys,
    list_notes,
)
from portal.candidates.queries.tallies import tallies_by_persona, tallies_by_source

__all__ = [
    "Rights",
    "count_outcomes",
    "find_by_address",
    "find_by_public_id",
    "find_candidate",
    "get_candidate",
    "get_import",
    "get_rights",
    "list_by_address_keys",
    "list_imports",
    "list_notes",
    "list_row_numbers",
    "list_rows",
    "list_rows_to_write",
    "next_import",
    "progress_key",
    "rows_written",
    "tallies_by_persona",
    "tallies_by_source",
]
