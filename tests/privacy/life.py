"""A whole life in the portal: one person who has met every feature, and the words by which a byte of hers would be found."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address, get_import
from portal.candidates.services.duplicates import pair_up
from portal.candidates.services.research import Findings, research
from portal.db import db
from portal.delivery import queries as delivery
from portal.extensions import jobs
from portal.feedback import services as feedback
from portal.feedback.details import Said
from portal.hiring import services as hiring
from portal.inbound import services as inbound
from portal.mailings import services as mailings
from portal.outreach import services as outreach
from portal.outreach.models import OutreachMessage
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.retention import services as retention
from portal.selfservice import services as own_page
from portal.submissions import services as submissions
from portal.submissions.models import Answer, DeclineReason
from portal.submissions.services.interest import Given
from portal.submissions.services.questions import Asked
from portal.submissions.services.referrals import Friend
from tests.outreach import BROWSER

NAME, ADDRESS = "Adelheid Quastenflosser", "Adelheid.Quastenflosser@Flossen.example"
SECOND = "a.quastenflosser@privat.example"
# Any of these in a table or a file is a byte of hers.
NEEDLES = (
    "quastenflosser",
    "adelheid",
    "flossen.example",
    "privat.example",
    "4915550112358",
    "112358",
    "Korallenwerft",
    "Riffbaumeisterin",
    "Muschelgeld",
    "zwiebelfisch",
)


@dataclass
class Life:
    """Her number, the token of her landing link, and her file as it was uploaded."""

    candidate_id: int
    token: str
    client: object


def live(app, make, hana) -> Life:
    """From a list to a merge: she was imported, researched, written to, visited, answered, asked, praised, and looked at."""
    candidate = _come_in(make)
    second = make.candidate(NAME, email=SECOND, phone="+49 1555 0112358")
    _be_looked_into(candidate, make)
    message = make.message(candidate, note="Adelheid, your talk about zwiebelfisch stayed with me.")
    token = outreach.token_of(message.link)
    outreach.queue(message.campaign)
    number, message_id, second_id = candidate.id, message.id, second.id
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        jobs.run("delivery.send")
        jobs.run("outreach.settle")
        _visit(app, token)
        _say(db.session.get(OutreachMessage, message_id).link)
        _be_written_to(make, number)
        _write_back(number)
        _be_handled(number, second_id, hana)
        jobs.run("delivery.send")
    return Life(number, token, hana)


def _come_in(make) -> Candidate:
    content = (
        "Name;E-Mail;Phone;Company;Headline\r\n"
        f"{NAME};{ADDRESS};+49 1555 0112358;Korallenwerft;Riffbaumeisterin\r\n"
        "Bob;bob@elsewhere.example;;;\r\n"
    )
    assignment = candidates.Assignment(make.source().id, make.persona().id, make.sender().id)
    imported = candidates.upload("people.csv", content.encode(), assignment, assignment.owner_id)
    jobs.run("candidates.import_check")
    candidates.confirm_mapping(imported, imported.mapping, assignment)
    jobs.run("candidates.import_check")
    candidates.confirm(get_import(imported.id))
    jobs.run("candidates.import_run")
    found = find_by_address(ADDRESS)
    assert found is not None
    assert found.company == "Korallenwerft"
    return found


def _be_looked_into(candidate: Candidate, make) -> None:
    actor = make.sender()
    research(
        candidate, Findings(evidence="Builds zwiebelfisch reefs", links=[("Talk", "https://flossen.example/talk")]), actor.id
    )
    candidates.add_note(candidate, "Adelheid earns Muschelgeld and likes it.", actor.id)
    pipeline.move(candidate.id, StageName.ENGAGED, "Adelheid wrote back", actor.id)
    pipeline.set_next_step(candidate.id, "Ring Adelheid", clock.now().date())


def _visit(app, token: str) -> None:
    app.test_client().get(f"/l/{token}", headers=BROWSER)


def _say(link) -> None:
    submissions.respond(link, Answer.INTERESTED, form_key=_key(), comment="Muschelgeld matters to Adelheid")
    submissions.respond(
        link, Answer.NO, form_key=_key(), reason=DeclineReason.PAY, comment="zwiebelfisch", would_change="more Muschelgeld"
    )
    submissions.respond(link, Answer.INTERESTED, form_key=_key())
    submissions.give_interest(link, Given(attracts="zwiebelfisch", available="soon", reach_by="+49 1555 0112358"), _key())
    submissions.give_interest(None, Given(attracts="Muschelgeld", name=NAME, email=ADDRESS), _key())
    submissions.ask(
        link,
        Asked(page="stories/control-engineer", text="Is there Muschelgeld, asks Adelheid?", name="Adelheid", by_mail=True),
        _key(),
    )
    submissions.refer(link, Friend(email="friend@elsewhere.example", referrer="Adelheid"), _key())
    feedback.give_named(link, Said(score=9, words=(("good", "zwiebelfisch"),)), _key())


def _be_written_to(make, number: int) -> None:
    mailing = make.mailing(subject="To {{first_name|you}}", body="Hello {{first_name|you}}, the gate is up.")
    mailings.start(mailing)
    own_page.ask(number)
    for name in ("mailings.start_due", "selfservice.links"):
        if name in jobs.all:
            jobs.run(name)
    own_page.ask_for_address(db.session.get(Candidate, number), "new.quastenflosser@privat.example")


def _write_back(number: int) -> None:
    message_id = delivery.list_deliveries(number)[-1].message_id
    head = f"From: {NAME} <{ADDRESS}>\r\nSubject: Muschelgeld\r\nIn-Reply-To: {message_id}\r\n"
    inbound.receive(f"{head}Message-ID: <1@flossen.example>\r\n\r\nAdelheid says zwiebelfisch.".encode())
    inbound.receive(f"{head}\r\n".encode() + b"Content-Type: message/rfc822\r\n\r\n" * 200)


def _be_handled(number: int, second: int, hana) -> None:
    assert hana.get(f"/console/retention/candidates/{number}/erasures").status_code == 200
    candidate, lost = db.session.get(Candidate, number), db.session.get(Candidate, second)
    retention.hold(candidate, "Adelheid disputes an offer", None)
    retention.end_hold(retention.queries.get_hold(number))
    _be_hired(number)
    pair_up(number, second)
    candidates.merge(candidate, lost)
    db.session.expire_all()


def _be_hired(number: int) -> None:
    today = clock.today("UTC")
    offer = hiring.Offer("Welder", today, number, starts_on=today, manager_email="imke@sielwerk.example")
    hiring.answer(hiring.ask(hire := hiring.record(offer), 90), hiring.Marks(4, 4, 5, True))
    hiring.ask(hire, 180)


def _key() -> str:
    return secrets.token_hex(16)
