"""Staff pages of candidates."""

from flask import Blueprint

candidates = Blueprint("candidates", __name__, url_prefix="/candidates")
