"""Every page that any test fetches is looked at here: valid HTML, a title, a language, one main landmark, no duplicate id."""

from collections import Counter
from functools import lru_cache

import html5lib
from html5lib.constants import E as MESSAGES

# html5lib's list of elements is older than these two, which every browser knows.
TOLERATED = {"expected-doctype-but-got-chars"}
XHTML = "{http://www.w3.org/1999/xhtml}"
# Attributes that would break the Content-Security-Policy or carry behaviour inline.
FORBIDDEN = ("style", "onclick", "onload", "onerror", "onsubmit", "onchange")


@lru_cache(maxsize=2048)
def problems(page: str, fragment: bool = False) -> tuple[str, ...]:
    """What is wrong with a page; `fragment` for answers that are only a part of one."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    tree = parser.parseFragment(page) if fragment else parser.parse(page)
    found = [f"line {place[0]}: {MESSAGES[code] % data}" for place, code, data in parser.errors if code not in TOLERATED]
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    found += [
        f"duplicate id “{name}”" for name, count in Counter(e.get("id") for e in elements if e.get("id")).items() if count > 1
    ]
    found += [f"<{e.tag.removeprefix(XHTML)}> has {name}=" for e in elements for name in FORBIDDEN if e.get(name) is not None]
    found += _references(elements)
    return tuple(found if fragment else found + _frame(elements))


def _frame(elements: list) -> list[str]:
    """What a whole page must have."""
    by_tag = Counter(element.tag.removeprefix(XHTML) for element in elements)
    found = [f"{by_tag[tag]} <{tag}> instead of one" for tag in ("title", "main", "h1") if by_tag[tag] != 1]
    if not elements[0].get("lang"):
        found.append("no language")
    titles = [element for element in elements if element.tag == XHTML + "title"]
    if titles and not (titles[0].text or "").strip():
        found.append("empty title")
    return found


def _references(elements: list) -> list[str]:
    """Labels and descriptions must point at something; images need an alternative; fields a name to be called by."""
    ids = {element.get("id") for element in elements}
    found = []
    for element in elements:
        tag = element.tag.removeprefix(XHTML)
        for attribute in ("for", "aria-labelledby", "aria-describedby"):
            found += [
                f"<{tag} {attribute}> points to no “{name}”" for name in (element.get(attribute) or "").split() if name not in ids
            ]
        if tag == "img" and element.get("alt") is None:
            found.append(f"<img src={element.get('src')!r}> without alt")
    return found
