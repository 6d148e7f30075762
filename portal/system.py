"""Health for load balancers: `/healthz` says that the process lives, `/readyz` that it can serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.db import db

system = Blueprint("system", __name__)


@system.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@system.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and has been migrated; 503 otherwise."""
    try:
        db.session.execute(text("SELECT 1 FROM placement LIMIT 1"))
    except SQLAlchemyError:
        return {"status": "not ready"}, 503
    return {"status": "ready"}
