"""Hires: who accepted an offer, when they start and leave, and what their managers say of it."""
