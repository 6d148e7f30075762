"""How somebody gets to their own page (`doors`), and moves to another address (`addresses`)."""

from portal.selfservice.services.addresses import ask_for_address, confirm, give_up
from portal.selfservice.services.doors import ask, enter, forget, hand_on, leave

__all__ = ["ask", "ask_for_address", "confirm", "enter", "forget", "give_up", "hand_on", "leave"]
