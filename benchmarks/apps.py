"""The portal with other ways to keep visits, to compare with. Used by the benchmark of visits only."""

from flask import Flask
from sqlalchemy import insert

from portal import create_app
from portal.db import transaction
from portal.outreach import services
from portal.outreach.models import Visit
from portal.outreach.queries import Opened
from portal.outreach.services.visits import row_of
from portal.outreach.verdicts import Facts


def group_commit() -> Flask:
    """As it is."""
    return create_app()


def no_write() -> Flask:
    """The same route, the visit forgotten."""
    services.keep = _forget
    return create_app()


def one_commit_each() -> Flask:
    """The same row, in a transaction of its own."""
    services.keep = _keep_alone
    return create_app()


def _forget(link: Opened, facts: Facts, proof: str) -> None:
    """Nothing is written."""


def _keep_alone(link: Opened, facts: Facts, proof: str) -> None:
    with transaction() as session:
        session.execute(insert(Visit), [row_of(link, facts, proof)])
