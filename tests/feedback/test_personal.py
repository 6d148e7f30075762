"""What feedback holds about a person, and how it lets go: anonymous answers are nobody's."""

from portal.db import db, transaction
from portal.feedback import personal, queries, services
from portal.feedback.details import Said
from portal.feedback.models import Aside, Feedback, Request
from tests.feedback import asked, ballot_path, send

WORDS = "The wait in the hall was mine alone"


def test_named_answers_requests_and_posts_kept_aside_are_held_and_erased_and_nobody_elses(client, make):
    ada, bob = make.reader("Ada", email="ada@home.example"), make.reader("Bob", email="bob@home.example")
    request, other = asked(ada), asked(bob)
    services.answer_request(request, Said(score=3, words=(WORDS, ""), anonymous=False, wants_contact=True), "k")
    for email in ("ada@home.example", "bob@home.example"):
        services.keep_aside(Said(score=1, anonymous=False, name="A", email=email), "looked like a robot", key=email)
    services.keep_aside(Said(score=1, anonymous=False), "looked like a robot", request_id=request.id)
    what = [item.what for item in personal.held(ada.id)]
    assert sorted(what) == sorted(
        [
            "You told us how we treated you, by name",
            "We asked you how we treated you",
            *["Feedback that looked like a robot's, kept for a week"] * 2,
        ]
    )
    assert WORDS in "".join(item.text for item in personal.held(ada.id))
    with transaction():
        personal.erase(ada.id)
    db.session.expire_all()
    assert personal.held(ada.id) == []
    assert len(personal.held(bob.id)) == 2
    assert db.session.query(Feedback).count() == 0
    assert db.session.query(Aside).count() == 1
    assert db.session.get(Request, request.id).candidate_id is None
    assert len(queries.list_asked()) == 2
    assert client.get(f"/feedback/asked/{queries.token_of(request)}").status_code == 404
    assert client.get(f"/feedback/asked/{queries.token_of(other)}").status_code == 200


def test_an_anonymous_answer_is_not_among_what_is_held_and_stays_after_erasure(client, make):
    people = [make.reader(f"P{number}") for number in range(5)]
    for one in people:
        send(client, ballot_path(client, asked(one)), words_0=WORDS)
    services.release_batches()
    for one in people:
        assert [item.what for item in personal.held(one.id)] == ["We asked you how we treated you"]
        with transaction():
            personal.erase(one.id)
    assert db.session.query(Feedback).filter_by(anonymous=True).count() == 5
