"""The languages that candidates are spoken to in. A catalogue is `<language>.po` in this folder; English is in the code.

Catalogues are compiled when the portal starts, into its data folder, so that a translator needs no tool but an editor.
"""

import io
import os
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask_babel import LazyString, force_locale, gettext

HERE = Path(__file__).parent


def names() -> list[str]:
    """The languages with a catalogue, besides English."""
    return sorted(file.stem for file in HERE.glob("*.po"))


def in_english(sentence: LazyString) -> str:
    """A sentence of ours as it is stored, whatever language the person reads who caused it; `said_again` turns it back."""
    with force_locale("en"):
        return str(sentence)


def said_again(stored: str) -> str:
    """A sentence of ours that was stored in English, in the language of who reads it now. What a person wrote stays as it is."""
    return str(gettext(stored)) if stored else ""


def compile_into(folder: Path) -> Path:
    """Write every catalogue as `<folder>/<language>/LC_MESSAGES/messages.mo` unless it is there; returns the folder."""
    for name in names():
        source = HERE / f"{name}.po"
        target = folder / name / "LC_MESSAGES" / "messages.mo"
        stamp = source.stat().st_mtime_ns
        if target.exists() and target.stat().st_mtime_ns == stamp:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}")
        part.write_bytes(_compiled(source, stamp))
        os.utime(part, ns=(stamp, stamp))
        part.replace(target)
    return folder


@lru_cache(maxsize=16)
def _compiled(source: Path, _stamp: int) -> bytes:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.stem, domain="messages")
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()
