"""One file of Markdown to one page, or to one mail text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from flask_babel import gettext as _

from portal.content.library import files, matter
from portal.content.library.files import Entry
from portal.content.library.matter import Matter
from portal.content.models import META, File, Mail, Page, Person, slugify
from portal.markup import Problem, Rendered, check_placeholders, to_html, to_text

_TITLE = re.compile(r"\s*(?:#(?!#)[ \t]*(?P<atx>[^\n]+?)[ \t]*#*[ \t]*|(?P<setext>[^\n]+)\n=+[ \t]*)(?:\n|$)")
_MARKS = re.compile(r"[*_`]|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Pictures:
    """What readers may fetch, by address, with the sizes of pictures."""

    entries: Mapping[str, Entry]

    def size_of(self, address: str) -> tuple[int, int] | None:
        """Width and height of the picture at an address, quoted or not."""
        entry = self.entries.get(unquote(address))
        return files.picture_size(entry) if entry else None

    def files(self) -> dict[str, File]:
        """All of them as files of a library."""
        return {path: File(path, entry.location, entry.size, entry.stamp) for path, entry in self.entries.items()}


def read_page(entry: Entry, name: str, pictures: Pictures) -> tuple[Page, list[Problem]]:
    """A page of a file; `name` is the file's name below the pages' folder. Raises UnreadableError."""
    text, problems = files.read(entry)
    found = matter.parse(entry.name, text, {**matter.PAGE, **matter.META})
    path = files.address(name)
    title, body = _title(found, path)
    base = "/" + "/".join(PurePosixPath(name).parts[:-1])
    rendered = to_html(body, base=base if base == "/" else base + "/", size_of=pictures.size_of)
    page = _page(found.values, path, title, entry.name)
    page = replace(
        page,
        body_html=rendered.html,
        words=len(to_text(rendered.html).split()) if rendered.html else 0,
        headings=tuple(replace(heading, line=_line(heading.line, found)) for heading in rendered.headings),
        links=tuple(replace(link, line=_line(link.line, found)) for link in rendered.links),
        images=tuple(replace(image, line=_line(image.line, found)) for image in rendered.images),
    )
    return page, [*problems, *found.problems, *_moved(rendered, found, entry.name)]


def read_mail(entry: Entry) -> tuple[Mail, list[Problem]]:
    """A mail text of a file. Raises UnreadableError."""
    text, problems = files.read(entry)
    found = matter.parse(entry.name, text, matter.MAIL)
    key = PurePosixPath(entry.name).stem
    values: dict[str, str] = {"kind": "newsletter", "name": prettify(key), "subject": "", "description": "", **found.values}
    mail = Mail(key=key, body=found.body, source=entry.name, **values)
    problems += check_placeholders(mail.subject, path=entry.name, first_line=matter.line_of(text, "subject"))
    problems += check_placeholders(found.body, path=entry.name, first_line=found.first_line)
    if not mail.subject:
        problems.append(Problem(entry.name, 1, _("This mail has no subject.")))
    return mail, [*problems, *found.problems, *_moved(to_html(found.body), found, entry.name)]


def prettify(slug: str) -> str:
    """A title for a name: `clef-handbook` is “Clef handbook”."""
    words = slug.replace("-", " ").replace("_", " ").strip() or slug
    return words[:1].upper() + words[1:]


def _page(values: dict[str, Any], path: str, title: str, source: str) -> Page:
    general = {key: value for key, value in values.items() if key in matter.PAGE and key not in {"title", "picture"}}
    meta = {key: value for key, value in values.items() if key in matter.META}
    if "photo" in meta:
        meta["photo"] = _picture(meta["photo"])
    if "people" in meta:
        meta["people"] = tuple(Person(one.name, one.does, _picture(one.photo)) for one in meta["people"])
    return Page(
        **{"kind": "home" if path == "/" else "page", **general},
        path=path,
        title=title,
        source=source,
        picture=_picture(values.get("picture", "")),
        meta=MappingProxyType({**META, **meta}),
    )


def _picture(written: str) -> str:
    """Pictures of front matter lie in the media folder: `media/x.svg` is `/media/x.svg`."""
    return "/" + written.lstrip("/") if written else ""


def _title(found: Matter, path: str) -> tuple[str, str]:
    """The title, and the body without the heading that says the same."""
    match = _TITLE.match(found.body)
    heading = _plain(match.group("atx") or match.group("setext") or "") if match else ""
    given: str = found.values.get("title", "")
    if match and heading and (not given or slugify(given) == slugify(heading)):
        # The lines stay, empty, so that problems below keep their line.
        return given or heading, "\n" * match.group().count("\n") + found.body[match.end() :]
    name = unquote(path).rpartition("/")[2]
    return given or prettify(name) or _("Welcome"), found.body


def _plain(heading: str) -> str:
    return _MARKS.sub(lambda match: match.group(1) or "", heading).strip()


def _line(line: int, found: Matter) -> int:
    return line + found.first_line - 1 if line else 0


def _moved(rendered: Rendered, found: Matter, name: str) -> list[Problem]:
    """The text's problems with the file's name and lines."""
    return [replace(problem, path=name, line=_line(problem.line, found)) for problem in rendered.problems]
