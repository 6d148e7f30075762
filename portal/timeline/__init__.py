"""Touchpoints: what happened between the company and a person, append-only."""
