"""Staff pages of delivery."""

from flask import Blueprint

delivery = Blueprint("delivery", __name__, url_prefix="/delivery")
