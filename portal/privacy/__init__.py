"""Lawful basis, notices, suppression, retention, erasure, the audit trail."""
