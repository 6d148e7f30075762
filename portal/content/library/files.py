"""Walking and reading the folder: what lies in it, which address it has, and its text whatever wrote it."""

import codecs
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask_babel import gettext as _
from PIL import Image, UnidentifiedImageError

from portal.content.models import File
from portal.markup import Problem

MAX_BYTES = 200 * 1024
# What a browser may be given, and as what. Anything else in the folder stays inside.
MEDIA_TYPES = {
    ".avif": "image/avif", ".csv": "text/csv; charset=utf-8", ".gif": "image/gif", ".ico": "image/x-icon",
    ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".pdf": "application/pdf",
    ".png": "image/png", ".svg": "image/svg+xml", ".vtt": "text/vtt; charset=utf-8", ".webm": "video/webm", ".webp": "image/webp",
    ".woff2": "font/woff2",
}  # fmt: skip
_SVG_SIZE = re.compile(r'<svg\b[^>]*?\bviewBox\s*=\s*"\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)', re.DOTALL)
_SVG_TITLE = re.compile(r"<svg\b[^>]*>\s*<title\b[^>]*>([^<]*)</title>", re.DOTALL)
_TURNED = {5, 6, 7, 8}  # EXIF orientations that exchange width and height
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Entry:
    """A file of the folder: `name` below it, with slashes; `stamp` changes when the file does."""

    name: str
    location: Path
    size: int
    stamp: tuple[int, int, int]


class UnreadableError(Exception):
    """A file that cannot be used; says why, and where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def walk(root: Path) -> tuple[dict[str, Entry], list[Problem]]:
    """All visible files below a folder, by name; links that lead out of it are named and left alone."""
    found: dict[str, Entry] = {}
    problems: list[Problem] = []
    for entry in _descend(root, root, problems):
        found[entry.name] = entry
    return dict(sorted(found.items())), problems


def _descend(root: Path, folder: Path, problems: list[Problem]) -> Iterator[Entry]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        problems.append(Problem(_name(root, folder), 0, _("This folder cannot be read: %(why)s.", why=error.strerror or "?")))
        return
    for entry in entries:
        if entry.name.startswith((".", "_")) or entry.name.endswith("~"):
            continue
        path = Path(entry.path)
        if entry.is_symlink() and not _stays_inside(root, path):
            problems.append(Problem(_name(root, path), 0, _("This link leads out of the content folder, so it is not followed.")))
        elif entry.is_dir(follow_symlinks=False):
            yield from _descend(root, path, problems)
        elif entry.is_file():
            status = entry.stat()
            yield Entry(_name(root, path), path, status.st_size, (status.st_mtime_ns, status.st_size, status.st_ino))


def _stays_inside(root: Path, path: Path) -> bool:
    """Whether a link is to a file of this folder. A link to a folder is not followed: it may go round in circles."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    return target.is_relative_to(root) and target.is_file()


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path != root else ""


def is_text(name: str) -> bool:
    """Whether a name is one that an address can be made of: it is valid Unicode without control characters."""
    return name.isprintable() and not any("\ud800" <= letter <= "\udfff" for letter in name)


def address(name: str) -> str:
    """The address of a file's name below the pages' folder: `stories/index.md` is `/stories`."""
    parts = unicodedata.normalize("NFC", name).removesuffix(".md").removesuffix(".MD").split("/")
    if parts[-1].lower() in {"index", "readme"}:
        parts.pop()
    return "/" + "/".join(parts)


def read(entry: Entry) -> tuple[str, list[Problem]]:
    """The text of a file, in UTF-8, UTF-16 with its mark, or Latin-1; raises UnreadableError."""
    if entry.size > MAX_BYTES:
        raise UnreadableError(0, _("The file is larger than %(size)s kilobytes.", size=MAX_BYTES // 1024))
    try:
        data = entry.location.read_bytes()
    except OSError as error:
        raise UnreadableError(0, _("The file cannot be read: %(why)s.", why=error.strerror or "?")) from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _lines(data.decode("utf-16", "replace")), []
    try:
        return _lines(data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("This is not UTF-8; it was read as Windows-1252. Save the file as UTF-8.")
        return _lines(data.decode("cp1252", "replace")), [Problem(entry.name, line, message)]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def picture_size(entry: Entry | File) -> tuple[int, int] | None:
    """Width and height of a picture in pixels; None if it is none."""
    return _measure(entry.location, entry.stamp)


def picture_title(entry: Entry | File) -> str:
    """What a drawing says of itself, for those who do not see it; empty for other pictures."""
    return _title(entry.location, entry.stamp)


@lru_cache(maxsize=4096)
def _measure(location: Path, stamp: tuple[int, int, int]) -> tuple[int, int] | None:  # noqa: ARG001
    try:
        if location.suffix.lower() == ".svg":
            match = _SVG_SIZE.search(_head(location))
            return (round(float(match.group(1))), round(float(match.group(2)))) if match else None
        with Image.open(location) as image:
            width, height = image.size
            return (height, width) if image.getexif().get(_EXIF_ORIENTATION) in _TURNED else (width, height)
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return None


@lru_cache(maxsize=4096)
def _title(location: Path, stamp: tuple[int, int, int]) -> str:  # noqa: ARG001
    if location.suffix.lower() != ".svg":
        return ""
    try:
        match = _SVG_TITLE.search(_head(location))
    except OSError:
        return ""
    return " ".join(match.group(1).split()) if match else ""


def _head(location: Path) -> str:
    with location.open("rb") as file:
        return file.read(8192).decode("utf-8", "replace")
