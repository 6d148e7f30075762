"""Markdown to safe HTML, HTML to text, and the placeholders of mails. Pages and mails share it.

What comes out is sanitised: no scripts, no styles, no `data:` addresses, no foreign classes; every id begins with `s-`, so that
an author's text cannot take the place of something on the page around it.
"""

from portal.markup.blocks import long_date
from portal.markup.placeholders import LINKS, PLACEHOLDERS, check_placeholders, check_text, fill, names
from portal.markup.problems import Problem
from portal.markup.rendering import Heading, Rendered, to_html, to_text
from portal.markup.safety import Image, Link
from portal.markup.scan import is_stale

__all__ = [
    "LINKS",
    "PLACEHOLDERS",
    "Heading",
    "Image",
    "Link",
    "Problem",
    "Rendered",
    "check_placeholders",
    "check_text",
    "fill",
    "is_stale",
    "long_date",
    "names",
    "to_html",
    "to_text",
]
