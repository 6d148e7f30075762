"""Overture: a candidate experience portal for reverse recruitment. This module composes the application."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import config, extensions, guard, intake, logs, personal, security, templating
from portal.accounts import views as accounts
from portal.analytics import emails as number_emails
from portal.analytics import jobs as number_jobs
from portal.analytics import queries as numbers
from portal.candidates import jobs as candidate_jobs
from portal.candidates import personal as candidate_personal
from portal.candidates import queries as people
from portal.console import console
from portal.content import front
from portal.content import services as pages
from portal.content.views import content
from portal.delivery import jobs as delivery_jobs
from portal.delivery import personal as delivery_personal
from portal.delivery import services as delivery
from portal.delivery.emails import Composer
from portal.delivery.models import Purpose
from portal.events import emails as event_emails
from portal.events import jobs as event_jobs
from portal.events import personal as event_personal
from portal.events import services as event_services
from portal.events.views import events
from portal.feedback import emails as feedback_emails
from portal.feedback import jobs as feedback_jobs
from portal.feedback import personal as feedback_personal
from portal.feedback.views import feedback
from portal.hiring import emails as hiring_emails
from portal.hiring import jobs as hiring_jobs
from portal.hiring import personal as hiring_personal
from portal.hiring import services as hiring_services
from portal.hiring.front import panel as hires_panel
from portal.hiring.views import hiring
from portal.inbound import jobs as inbound_jobs
from portal.inbound import personal as inbound_personal
from portal.mailings import emails as mailing_emails
from portal.mailings import jobs as mailing_jobs
from portal.mailings.views import mailings
from portal.outreach import emails as outreach_emails
from portal.outreach import front as landing
from portal.outreach import jobs as outreach_jobs
from portal.outreach import personal as outreach_personal
from portal.outreach import queries as links
from portal.outreach.front import research
from portal.outreach.views import outreach
from portal.pipeline import personal as pipeline_personal
from portal.pipeline import services as pipeline
from portal.privacy import personal as privacy_personal
from portal.privacy import services as privacy
from portal.retention import emails as retention_emails
from portal.retention import jobs as retention_jobs
from portal.retention.views import retention
from portal.selfservice import emails as own_page_emails
from portal.selfservice import jobs as own_page_jobs
from portal.selfservice import personal as own_page_personal
from portal.selfservice.views import selfservice
from portal.sourcing import jobs as sourcing_jobs
from portal.sourcing import services as sourcing
from portal.submissions import emails as submission_emails
from portal.submissions import front as submission_front
from portal.submissions import jobs as submission_jobs
from portal.submissions import personal as submission_personal
from portal.submissions import queries as submission_queries
from portal.submissions import services as submission_services
from portal.submissions.views import submissions
from portal.system import system
from portal.timeline import personal as timeline_personal

# Importing a feature's `jobs` module is what registers its chores with the worker.
CHORES = (
    candidate_jobs,
    outreach_jobs,
    mailing_jobs,
    delivery_jobs,
    inbound_jobs,
    submission_jobs,
    feedback_jobs,
    event_jobs,
    hiring_jobs,
    sourcing_jobs,
    own_page_jobs,
    retention_jobs,
    number_jobs,
)
# What each feature holds about people, and how it lets go: the top of the stack first.
HOLDERS: tuple[personal.Holder, ...] = (
    own_page_personal,
    hiring_personal,
    event_personal,
    submission_personal,
    feedback_personal,
    outreach_personal,
    pipeline_personal,
    inbound_personal,
    delivery_personal,
    candidate_personal,
    privacy_personal,
    timeline_personal,
)
BLUEPRINTS = (
    system,
    console,
    outreach,
    submissions,
    feedback,
    events,
    hiring,
    mailings,
    retention,
    selfservice,
    content,
)  # content last: it owns /<path>


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Build the application. `overrides` are settings by field name (tests); see `portal.config.Settings`."""
    app = Flask(__name__, template_folder=str(config.BASE / "templates"), static_folder=str(config.BASE / "static"))
    config.load(app, overrides)
    logs.init_app(app)
    extensions.init_app(app)
    templating.init_app(app)
    security.init_app(app, _hosts(app))
    accounts.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    by_persona, by_source = (
        (people.tallies_by_persona, links.visits_by_persona),
        (people.tallies_by_source, links.visits_by_source),
    )
    sourcing.init_app(app, by_persona, by_source)
    personal.init_app(app, HOLDERS)
    privacy.init_app(app)
    delivery.init_app(app, _COMPOSERS)
    pipeline.init_app(app, (hires_panel, research.panel, numbers.answers_panel, numbers.visits_panel))
    if hops := config.read_from(app).behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, hops)  # type: ignore[method-assign]
    _guard(app)
    front.init_app(app)
    pages.init_app(app, submission_front.asked, submission_queries.last_published)
    landing.init_app(app)
    return app


def _guard(app: Flask) -> None:
    """Bodies are read with patience; posts like a robot's wait in one place, whichever feature's form they came by."""
    intake.init_app(app)
    guard.init_app(app, submission_services.keep_aside)
    keepers = {event_services.CHECK_IN: event_services.take_in, hiring_services.REVIEW: hiring_services.take_in}
    submission_services.init_app(app, keepers)


# The delivery feature sends for features above it; here they hand it what writes their letters.
_COMPOSERS: Mapping[Purpose, Composer] = {
    Purpose.NOTICE: retention_emails.compose_notice,
    Purpose.RENEWAL: retention_emails.compose_renewal,
    Purpose.ACCESS: own_page_emails.compose_access,
    Purpose.ADDRESS: own_page_emails.compose_address,
    Purpose.OUTREACH: outreach_emails.compose,
    Purpose.FOLLOW_UP: outreach_emails.compose_follow_up,
    Purpose.TEST: outreach_emails.compose_sample,
    Purpose.MAILING: mailing_emails.compose,
    Purpose.FEEDBACK: feedback_emails.compose,
    Purpose.REMINDER: mailing_emails.compose_reminder,
    Purpose.CONFIRMATION: submission_emails.compose,
    Purpose.CONFIRM_INTEREST: submission_emails.compose_confirm_interest,
    Purpose.REFERRAL: submission_emails.compose_referral,
    Purpose.ANSWER: submission_emails.compose_answer,
    Purpose.CHECK_IN: event_emails.compose,
    Purpose.REVIEW: hiring_emails.compose,
    Purpose.REPORT: number_emails.compose,
}


def _hosts(app: Flask) -> list[str]:
    """Host names that are answered: the configured one, further ones by setting, and the machine itself."""
    settings = config.read_from(app)
    extra = [name.strip() for name in settings.trusted_hosts.split(",") if name.strip()]
    return [urlsplit(settings.base_url).hostname or "localhost", *extra, "localhost", "127.0.0.1", "[::1]"]
