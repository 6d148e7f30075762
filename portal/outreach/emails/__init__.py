"""What outreach writes: a first letter (`letters`), what follows it (`follow_ups`), and tests for staff (`samples`)."""

from portal.outreach.emails.follow_ups import compose_follow_up
from portal.outreach.emails.letters import compose, letter, way_out
from portal.outreach.emails.samples import MARK, compose_sample

__all__ = ["MARK", "compose", "compose_follow_up", "compose_sample", "letter", "way_out"]
