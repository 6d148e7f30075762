"""What can be done with the content folder: read it again now, check all of it, and write the site out as plain files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from markupsafe import Markup

from portal.content import queries
from portal.content.services.checking import check, reload

__all__ = ["check", "forget", "init_app", "kept", "reload"]


def init_app(app: Flask, beneath: Callable[..., Markup], published: Callable[[], object]) -> None:
    """Take what a feature above shows beneath every page (`beneath(path, token)` there), and what tells that it changed."""
    app.add_template_global(beneath, "beneath")
    app.extensions["content"].published = published


def forget() -> None:
    """Something on the pages changed that is no file: look at once, so that the next reader sees it."""
    queries.shelf().next_look = 0.0


@contextmanager
def kept() -> Iterator[None]:
    """Inside the block the site stays as it was read: long work that moves the clock need not read it anew for each day."""
    shelf = queries.shelf()
    shelf.look(wait=True)
    shelf.next_look = float("inf")
    try:
        yield
    finally:
        shelf.next_look = 0.0
