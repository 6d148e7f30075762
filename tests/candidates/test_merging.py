"""Two rows of one person become one and can be parted again; nothing is lost, and no wish gets weaker."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

import portal.candidates.jobs  # noqa: F401 - registers the chores
from portal import clock
from portal.candidates import queries, services
from portal.candidates.models import Candidate, Judgement, Merge, Note, Pace
from portal.candidates.queries.research import get_research
from portal.candidates.services.research import Findings, research
from portal.db import Base, db
from portal.delivery.models import Purpose
from portal.delivery.services import enqueue, gate
from portal.errors import Conflict, Refused
from portal.events import services as events
from portal.events.models import CheckIn
from portal.extensions import jobs
from portal.outreach import queries as outreach
from portal.pipeline import queries as pipeline
from portal.pipeline import services as stages
from portal.pipeline.models import StageName, StageTransition
from portal.privacy import services as privacy
from portal.privacy.models import SuppressionReason
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin
from portal.sourcing.queries import CHECKLIST
from portal.submissions import queries as submission_queries
from portal.submissions import services as submissions
from portal.submissions.models import Answer, Question, Response
from portal.timeline.models import Kind
from portal.timeline.queries import list_touchpoints

_NOT_COMPARED = {"touchpoint", "merge", "duplicate", "likeness", "retention_term", "audit_entry", "user", "role", "webauthn"}


def dump(*without):
    """Every row but the timeline's and those that are worked out anew."""
    db.session.commit()
    left_out = {*_NOT_COMPARED, *without}
    rows = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in left_out:
            columns = [column for column in table.c if column.name != "compared_at"]
            rows[table.name] = sorted(map(repr, db.session.execute(select(*columns))))
    return rows


def kinds(candidate_id):
    return [touchpoint.kind for touchpoint in list_touchpoints(candidate_id)]


def test_everything_that_names_the_lost_row_names_the_kept_one_and_the_undo_puts_it_back(make, hana):
    ada = make.candidate("Ada", email="ada@x.example", phone="+49 4921 1")
    twin = make.candidate("Ada Lovelace", email="ada@y.example", company="Werft", place="Emden")
    token = make.link(twin)
    services.add_note(twin, "Prefers mail")
    stages.move(twin.id, StageName.INTERESTED, "said so")
    privacy.record_notice(twin.id)
    before, before_lost = dump(), kinds(twin.id)
    merged = services.merge(ada, twin, {"full_name": "lost"})
    person = queries.get_candidate(ada.id)
    assert (person.full_name, person.email, person.phone) == ("Ada Lovelace", "ada@x.example", "+49 4921 1")
    assert (person.company, person.place) == ("Werft", "Emden"), "what was empty is filled"
    assert outreach.find_link(token).candidate_id == ada.id
    assert [note.text for note in queries.list_notes(ada.id)] == ["Prefers mail"]
    assert pipeline.find_placement(ada.id).stage is StageName.INTERESTED
    assert Kind.MERGED in kinds(ada.id)
    assert kinds(twin.id) == []
    for name in (
        queries.find_by_address("ADA@y.example"),
        queries.find_candidate(twin.id),
        queries.find_by_public_id(twin.public_id),
    ):
        assert name.id == ada.id, "both addresses and both links lead to the one who stays"
    assert [row.candidate_id for row in pipeline.list_rows(pipeline.Filters()).rows] == [ada.id]
    assert hana.get(f"/console/candidates/{twin.id}").headers["Location"] == f"/console/pipeline/{ada.id}"
    services.unmerge(merged)
    assert dump() == before
    assert [kind for kind in kinds(twin.id) if kind is not Kind.UNMERGED] == before_lost


def test_the_stricter_wish_counts(make):
    now = clock.now()
    ada = make.candidate("Ada", email="ada@x.example", pace=Pace.WEEKLY, paused_until=date(2027, 1, 1), topics=["work", "team"])
    wishes = {"pace": Pace.QUARTERLY, "paused_until": date(2027, 3, 1), "unsubscribed_at": now, "topics": ["team"]}
    twin = make.candidate("Ada", email="ada@y.example", **wishes, do_not_contact_at=now, tracking_off_at=now)
    merged = services.merge(ada, twin)
    assert (ada.pace, ada.paused_until, ada.topics) == (Pace.QUARTERLY, date(2027, 3, 1), ["team"])
    assert ada.unsubscribed_at == ada.do_not_contact_at == ada.tracking_off_at == now
    assert not gate(ada, Purpose.MAILING, now).allowed
    assert not gate(twin, Purpose.MAILING, now).allowed, "nothing goes to the lost row"
    services.unmerge(merged)
    assert (ada.pace, ada.paused_until, ada.unsubscribed_at, ada.topics) == (
        Pace.WEEKLY,
        date(2027, 1, 1),
        None,
        ["work", "team"],
    )


def test_who_objected_under_either_address_has_objected(make):
    ada, twin = make.candidate("Ada", email="ada@x.example"), make.candidate("Ada", email="ada@y.example")
    privacy.suppress("ada@y.example", SuppressionReason.OBJECTED)
    services.merge(ada, twin)
    assert ada.do_not_contact_at
    assert ada.objected_at
    assert not gate(ada, Purpose.OUTREACH, clock.now()).allowed


@pytest.mark.parametrize(
    ("mine", "theirs", "wins"),
    [
        (StageName.CONTACTED, StageName.CONSIDERED, StageName.CONSIDERED),
        (StageName.CONSIDERED, StageName.CONTACTED, StageName.CONSIDERED),
        (StageName.INTERESTED, StageName.DECLINED, StageName.DECLINED),
    ],
)
def test_the_further_stage_counts_and_the_history_of_both_is_kept(make, mine, theirs, wins):
    ada, twin = make.candidate("Ada", email="ada@x.example"), make.candidate("Ada", email="ada@y.example")
    stages.move(ada.id, mine, "so")
    stages.move(twin.id, theirs, "so")
    before = dump()
    merged = services.merge(ada, twin)
    placement = pipeline.find_placement(ada.id)
    assert placement.stage is wins
    moves = select(StageTransition.to_stage).where(StageTransition.placement_id == placement.id)
    assert set(db.session.scalars(moves)) == {mine, theirs}
    services.unmerge(merged)
    assert dump() == before


def test_the_same_mailing_to_both_stays_one_for_each_row(make):
    ada, twin = make.reader("Ada", email="ada@x.example"), make.reader("Ada", email="ada@y.example")
    mailing = make.mailing()
    enqueue(Purpose.MAILING, mailing.id, [ada.id, twin.id])
    enqueue(Purpose.MAILING, make.mailing(subject="Other").id, [twin.id])
    before = dump()
    merged = services.merge(ada, twin)
    assert len(db.session.scalars(select(Merge.moved)).one()["delivery.candidate_id"]) == 1
    services.unmerge(merged)
    assert dump() == before


def test_what_both_have_already_collides_nowhere_and_nothing_is_lost(make):
    """The same research, the same event, the same campaign, an answer and a question of each."""
    persona = sourcing.add_persona("Welders", skills="MAG 135\nThick plate")
    ada = make.candidate("Ada", email="ada@x.example", persona=persona)
    twin = make.candidate("Ada", email="ada@y.example", persona=persona)
    [one, other] = [fit.criterion.id for fit in get_research(ada).fits]
    item, campaign = str(CHECKLIST[0]), make.campaign()
    fits = {ada: {one: (Judgement.FITS, "hers")}, twin: {one: (Judgement.NO, "lost"), other: (Judgement.FITS, "only there")}}
    event = sourcing.add_source("Meetup", Origin.EVENT, "our table", happens_on=clock.today("UTC"))
    for person in (ada, twin):
        link = make.message(person, campaign).link
        research(person, Findings(checked=frozenset({item}), links=[("Talk", "https://a.example")], fits=fits[person]))
        submissions.respond(link, Answer.NO if person is ada else Answer.INTERESTED, form_key=f"k{link.id}")
        submissions.ask(link, submissions.Asked("/", f"Question {person.id}?"), f"q{link.id}")
        events.confirm(events.check_in(event, "Ada", person.email, False))
    before = dump()
    merged = services.merge(ada, twin)
    found = get_research(ada)
    assert [(fit.judgement, fit.reason) for fit in found.fits] == [(Judgement.FITS, "hers"), (Judgement.FITS, "only there")]
    assert (found.done, len(found.links)) == (1, 2)
    assert db.session.query(Response).filter_by(candidate_id=ada.id).count() == 2
    assert submission_queries.current_response(ada.id).answer is Answer.INTERESTED, "the later one"
    assert submission_queries.count_responses() == {Answer.INTERESTED: 1}, "one person has one answer that counts"
    assert db.session.query(Question).filter_by(candidate_id=ada.id).count() == 2
    assert db.session.query(CheckIn).filter_by(candidate_id=ada.id).count() == 2
    services.unmerge(merged)
    assert dump() == before


def test_an_address_taken_from_the_lost_row_changes_places_and_changes_back(make):
    ada, twin = make.candidate("Ada", email="ada@x.example"), make.candidate("Ada", email="ada@y.example")
    before = dump()
    merged = services.merge(ada, twin, {"email": "lost"})
    assert (ada.email, ada.address_key, twin.address_key) == ("ada@y.example", "ada@y.example", "ada@x.example")
    assert queries.find_by_address("ada@x.example").id == ada.id
    services.unmerge(merged)
    assert dump() == before


def test_what_was_changed_since_stays_when_a_merge_is_undone(make):
    ada = make.candidate("Ada", email="ada@x.example")
    twin = make.candidate("Ada", email="ada@y.example", company="Werft")
    merged = services.merge(ada, twin, {"email": "lost"})
    services.edit(ada, services.Details("Ada King", "ada@z.example", company="Dock"))
    services.add_note(ada, "since")
    services.unmerge(merged)
    assert (ada.full_name, ada.email, ada.company) == ("Ada King", "ada@z.example", "Dock")
    assert (twin.email, twin.company, twin.merged_into_id) == ("ada@y.example", "Werft", None)
    assert db.session.scalar(select(Note.candidate_id)) == ada.id


def test_a_later_merge_is_undone_first_and_links_follow_all_the_way(make):
    one, two, three = (make.candidate("Ada", email=f"ada@{name}.example") for name in "xyz")
    first = services.merge(two, one)
    second = services.merge(three, two)
    assert queries.find_by_address("ada@x.example").id == queries.get_candidate(one.id).id == three.id
    assert queries.list_merged_ids(three.id) == [two.id, one.id]
    with pytest.raises(Conflict, match="later merge first"):
        services.unmerge(first)
    with pytest.raises(Conflict, match="one person already"):
        services.merge(three, two)
    services.unmerge(second)
    services.unmerge(first)
    assert queries.get_candidate(one.id).id == one.id


def test_the_erased_cannot_come_back_by_a_merge_or_its_undo(make):
    ada, twin = (
        make.candidate("Ada Lovelace", email="ada@x.example"),
        make.candidate("Ada King", email="ada@y.example", company="Werft"),
    )
    bob = make.candidate("Bob", email="bob@x.example")
    merged = services.merge(ada, twin, {"full_name": "lost"})
    privacy.erase(ada.id, "candidate")
    kept = json.dumps([[repr(row) for row in db.session.execute(select(table))] for table in Base.metadata.sorted_tables])
    assert not [word for word in ("Lovelace", "King", "Werft", "ada@") if word in kept], "the undo of a merge is erased too"
    with pytest.raises(Conflict, match="no longer be undone"):
        services.unmerge(merged)
    with pytest.raises((Refused, Conflict)):
        services.merge(bob, db.session.get(Candidate, ada.id))
    for address in ("ada@x.example", "ada@y.example"):
        with pytest.raises(Refused):
            make.candidate("Ada", email=address)


def test_after_thirty_days_only_the_address_of_the_lost_row_is_left(make):
    ada = make.candidate("Ada", email="ada@x.example")
    twin = make.candidate("Ada Lovelace", email="ada@y.example", company="Werft")
    merged, ids = services.merge(ada, twin).id, (ada.id, twin.id)
    with clock.standing_at(clock.now() + timedelta(days=31)):
        jobs.run("candidates.import_expire")
        row = db.session.get(Merge, merged)
        assert (row.moved, row.before) == ({}, {})
        lost = db.session.get(Candidate, ids[1])
        assert (lost.full_name, lost.company, lost.email) == ("", "", "ada@y.example")
        with pytest.raises(Conflict, match="no longer be undone"):
            services.unmerge(row)
    assert queries.find_by_address("ada@y.example").id == ids[0]
