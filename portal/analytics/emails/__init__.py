"""The monthly report as a letter: numbers with their definitions, and pictures that travel along."""

from portal.analytics.emails.report import compose

__all__ = ["compose"]
