"""Personas (who is looked for) and sources (where candidates come from)."""
