"""Public pages of mailings."""

from flask import Blueprint

mailings = Blueprint("mailings", __name__)
