"""Staff pages of submissions."""

from flask import Blueprint

submissions = Blueprint("submissions", __name__, url_prefix="/submissions")
