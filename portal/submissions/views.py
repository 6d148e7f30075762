"""Public pages of submissions."""

from flask import Blueprint

submissions = Blueprint("submissions", __name__)
