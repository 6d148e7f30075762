"""The front door, which answers public pages from memory, and the whole site written out as plain files."""

from portal.content.front.door import Front, Hosts, init_app
from portal.content.front.export import export

__all__ = ["Front", "Hosts", "export", "init_app"]
