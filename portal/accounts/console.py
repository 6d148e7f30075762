"""Staff pages of accounts."""

from flask import Blueprint

accounts = Blueprint("accounts", __name__, url_prefix="/accounts")
