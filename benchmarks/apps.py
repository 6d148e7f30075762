"""The portal with other ways to keep visits, to compare with. Used by the benchmark of visits only."""

from flask import Flask
from sqlalchemy import insert

from portal import clock, create_app, tokens
from portal.db import transaction
from portal.outreach import services
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.outreach.verdicts import Facts


def group_commit() -> Flask:
    """As it is."""
    return create_app()


def no_write() -> Flask:
    """The same route, the visit forgotten."""
    services.visit = lambda _link, _facts: tokens.derive("proof", tokens.new_nonce())
    return create_app()


def one_commit_each() -> Flask:
    """The same row, in a transaction of its own."""
    services.visit = _visit_alone
    return create_app()


def _visit_alone(link: LandingLink, facts: Facts) -> str:
    token = tokens.derive("proof", tokens.new_nonce())
    row = {"link_id": link.id, "at": clock.now(), "page": facts.page, "agent": facts.agent, "signals": ",".join(facts.signals)}
    rest = {"proof_hash": tokens.digest(token), "verdict": Verdict.UNCONFIRMED, "rule": "", "rule_version": 0}
    with transaction() as session:
        session.execute(insert(Visit), [row | rest])
    return token
