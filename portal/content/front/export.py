"""The public site as plain files that any file server can show. Its forms and its searches lead to the portal.

A file is written only where it differs, so an export that was interrupted is completed by the next one.
"""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from flask import Flask
from flask_babel import gettext as _
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.config import BASE
from portal.content import queries
from portal.content.front.door import CARD, FIXED
from portal.errors import Conflict

# Names what an export wrote, so that the next one takes away what is gone, and never anything else.
RECEIPT = ".portal-export.json"
NOWHERE = "/this-page-does-not-exist"
_ADDRESS = re.compile(r"""(?P<name>\s(?:href|src|action|formaction)=)"(?P<address>/[^"]*)\"""")


def export(app: Flask, folder: Path, tell: Callable[[int, int], object] | None = None) -> int:
    """Write the site into a folder, and tell how many files of how many are done. Returns how many there are.

    Conflict when the folder holds something that is no export.
    """
    before = _receipt(folder)
    wanted = dict(_wanted())
    folder.mkdir(parents=True, exist_ok=True)
    # First, so that what an interrupted export wrote is known to be ours.
    _write(folder / RECEIPT, json.dumps(sorted({*before, *wanted.values()})).encode())
    for number, (address, name) in enumerate(wanted.items(), 1):
        _write(folder / name, _fetch(app, address, set(wanted)))
        if tell:
            tell(number, len(wanted))
    for name in before - set(wanted.values()):
        (folder / name).unlink(missing_ok=True)
    _write(folder / RECEIPT, json.dumps(sorted(wanted.values())).encode())
    return len(wanted)


def _receipt(folder: Path) -> set[str]:
    """What an earlier export wrote here."""
    receipt = folder / RECEIPT
    if receipt.is_file():
        names = set(json.loads(receipt.read_text("utf-8")))
        return {name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts}
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(_("%(folder)s holds something that is no export. Name a new or an empty folder.", folder=str(folder)))
    return set()


def _wanted() -> Iterator[tuple[str, str]]:
    """Every address of the public site, unquoted, with the name of its file."""
    books = queries.library()
    for path in books.pages:
        yield path, f"{path.strip('/')}/index.html".lstrip("/")
        yield path.rstrip("/") + CARD, (path.rstrip("/") + CARD).lstrip("/")
    for path in (*books.files, *sorted(FIXED)):
        yield path, path.lstrip("/")
    for file in sorted((BASE / "static").rglob("*")):
        if file.is_file():
            name = file.relative_to(BASE).as_posix()
            yield f"/{name}", name
    yield NOWHERE, "404.html"


def _fetch(app: Flask, address: str, inside: set[str]) -> bytes:
    """What the portal answers to somebody without cookies, its addresses made right for a file server."""
    environ = EnvironBuilder(base_url=app.config["SETTINGS"].base_url + "/").get_environ()
    environ["PATH_INFO"] = address.encode().decode("latin-1")
    body, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    content = b"".join(body)
    if not status.startswith("404" if address == NOWHERE else "200"):
        raise Conflict(_("%(address)s answers %(status)s, so the export stopped there.", address=address, status=status))
    if not headers.get("Content-Type", "").startswith("text/html"):
        return content
    base = app.config["SETTINGS"].base_url

    def placed(match: re.Match[str]) -> str:
        whole = match["address"]
        stays = "?" not in whole and unquote(unescape(whole).partition("#")[0]) in inside
        return f'{match["name"]}"{whole if stays else base + whole}"'

    return _ADDRESS.sub(placed, content.decode()).encode()


def _write(file: Path, content: bytes) -> None:
    """Write through a neighbour, so that a file server never sees half a file."""
    if file.is_file() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(content)
    part.replace(file)
