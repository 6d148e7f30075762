"""Network addresses slow robots down and nothing else: no table keeps one, and what counts them has forgotten them in a day."""

import time

from sqlalchemy import select

from portal.db import Base, db
from portal.extensions import limiter
from tests.outreach import BROWSER
from tests.submissions import form_token

OLD, NEW = "203.0.113.77", "2001:db8:7777:1::5"
MARKS = ("203.0.113", "2001:db8:7777")
DAY = 24 * 3600


def test_no_address_is_stored_by_any_public_page_and_rates_forget_them_within_a_day(client, make):
    link = f"/l/{make.link()}"
    for address in (OLD, NEW):
        place = {"headers": BROWSER, "environ_overrides": {"REMOTE_ADDR": address}}
        for path in ("/", link, f"{link}/answer/no", "/l/" + "x" * 22, "/go/nowhere", "/ask"):
            client.get(path, **place)
        for path, purpose, fields in (
            ("/ask", "ask", {"text": "Is it loud?"}),
            ("/ask", "ask", {"text": "Left by a robot", "website": "spam"}),
            ("/refer", "refer", {"email": f"friend{len(address)}@home.example"}),
            (f"{link}/responses", "choice", {"answer": "no"}),
        ):
            assert client.post(path, data={"form_token": form_token(purpose), **fields}, **place).status_code in {200, 303, 422}
        client.post("/sign-in", data={"email": "hana@sielwerk.example", "password": "wrong"}, **place)
    kept = "".join(repr(row) for table in Base.metadata.sorted_tables for row in db.session.execute(select(table)))
    assert "Left by a robot" in kept
    assert not [mark for mark in MARKS if mark in kept]
    counted = {key: at for key, at in limiter.storage.expirations.items() if any(mark in key for mark in MARKS)}
    assert counted, "rates are counted by address"
    assert max(counted.values()) <= time.time() + DAY
