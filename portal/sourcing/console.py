"""Staff pages of sourcing."""

from flask import Blueprint

sourcing = Blueprint("sourcing", __name__, url_prefix="/sourcing")
