"""The gate and the way out."""

from flask import Flask

from portal.delivery.emails import Composer
from portal.delivery.models import Purpose


def init_app(app: Flask, composers: dict[Purpose, Composer]) -> None:
    """Take what the features above hand in."""
    app.extensions["composers"] = composers
