"""Lawful basis, notices, suppression."""
