"""Staff pages of mailings."""

from flask import Blueprint

mailings = Blueprint("mailings", __name__, url_prefix="/mailings")
