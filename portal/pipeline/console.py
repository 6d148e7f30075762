"""Staff pages of pipeline."""

from flask import Blueprint

pipeline = Blueprint("pipeline", __name__, url_prefix="/pipeline")
