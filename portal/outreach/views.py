"""Public pages of outreach."""

from flask import Blueprint

outreach = Blueprint("outreach", __name__)
