"""The one blueprint of the staff pages of outreach."""

from flask import Blueprint

outreach = Blueprint("outreach", __name__, url_prefix="/outreach")
