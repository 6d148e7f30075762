"""Staff pages of analytics."""

from flask import Blueprint

analytics = Blueprint("analytics", __name__, url_prefix="/analytics")
