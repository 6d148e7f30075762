"""The part of the console where all pages of feedback live."""

from flask import Blueprint

feedback = Blueprint("feedback", __name__, url_prefix="/feedback")
