"""Staff pages of candidates: adding and editing them, their notes and wishes."""

from flask import Blueprint

from portal.candidates import services  # noqa: F401

candidates = Blueprint("candidates", __name__, url_prefix="/candidates")
