"""What a person meets behind a landing link: the page from memory, with a name, a note and fresh tokens put in."""

from portal.outreach.front.desk import PROOF, desk
from portal.outreach.front.door import init_app
from portal.outreach.front.showing import Writer, call_name, first_name, keep_prefix, writer

__all__ = ["PROOF", "Writer", "call_name", "desk", "first_name", "init_app", "keep_prefix", "writer"]
