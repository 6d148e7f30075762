"""Stages, placements, segments."""
