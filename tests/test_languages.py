"""Candidates are spoken to in their language: every text that they can meet has its translation."""

import io
import re
import subprocess
import sys
from datetime import UTC, datetime

import html5lib
import pytest
import time_machine
from babel.messages.pofile import read_po
from flask_babel import force_locale, gettext

from portal import languages
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.delivery.emails import read
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from tests.conftest import ROOT
from tests.selfservice.visits import enter, letters

ADA = "ada@candidate.example"
PLACE = re.compile(r"%\([a-z_]+\)[sd]|\{\{[a-z_]+\}\}")


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """What the code says to candidates, as the translator's tool finds it."""
    file = tmp_path_factory.mktemp("texts") / "all.pot"
    command = [
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "portal/languages/extract.cfg",
        "-k",
        "_l",
        "-k",
        "lazy_gettext",
    ]
    subprocess.run([sys.executable, *command, "-o", str(file), "."], cwd=ROOT, check=True)
    return [message for message in read_po(io.BytesIO(file.read_bytes())) if message.id]


@pytest.mark.parametrize("language", languages.names())
def test_every_text_that_candidates_meet_is_translated(texts, language):
    with (languages.HERE / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    found = {message.id: catalogue.get(message.id, message.context) for message in texts}
    missing = [
        key for key, said in found.items() if said is None or not said.string or not all(_forms(said.string)) or said.fuzzy
    ]
    assert missing == [], "run `make messages` and translate what is empty"


@pytest.mark.parametrize("language", languages.names())
def test_a_translation_keeps_the_places_of_what_is_filled_in(language):
    with (languages.HERE / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        if message.id and message.string:
            wanted = set(PLACE.findall(_forms(message.id)[-1]))
            for said in _forms(message.string):
                assert set(PLACE.findall(said)) >= wanted - {"%(num)d"}, said
                assert set(PLACE.findall(said)) <= wanted | {"%(num)d"}, said


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(languages, "HERE", tmp_path)
    source = tmp_path / "de.po"
    source.write_text('msgid "Yes"\nmsgstr "Ja"\n', "utf-8")
    target = languages.compile_into(tmp_path / "out") / "de" / "LC_MESSAGES" / "messages.mo"
    first = target.stat()
    languages.compile_into(tmp_path / "out")
    assert target.stat().st_ino == first.st_ino
    source.write_text('msgid "Yes"\nmsgstr "Jawohl"\n', "utf-8")
    languages.compile_into(tmp_path / "out")
    assert b"Jawohl" in target.read_bytes()


def test_german_is_spoken_to_who_asks_for_it(app):
    with force_locale("de"):
        assert gettext("Your own page") != "Your own page"


def test_who_reads_german_gets_the_own_page_and_its_mail_wholly_in_german_by_their_own_clock(client, make):
    with time_machine.travel(datetime(2026, 11, 23, 20, 0, tzinfo=UTC), tick=False):
        ada = make.reader("Ada Novak", email=ADA, language="de", time_zone="Asia/Tokyo", pace=Pace.MONTHLY)
        candidates.add_note(ada, "…")
        pipeline.move(ada.id, StageName.NOT_NOW, "Answered on the landing page")
        pipeline.set_next_step(ada.id, "Ask again, as agreed", datetime(2027, 3, 1, tzinfo=UTC).date())
        page = _visible(enter(client, ADA).text)
        mail = read(letters()[-1].raw)
    for said in (page, mail.text):
        assert [words for words in _english() if words in said] == []
    assert "Ihr neuer Link" in mail.text or "einen neuen Link" in mail.text
    assert {"24. November 2026", "1. März 2027"} <= set(re.findall(r"\d+\. \w+ \d{4}", page))
    assert "23. November" not in page, "it is tomorrow already where she lives"


def _english() -> set[str]:
    """Our own English words, long enough to be nobody's name."""
    with (languages.HERE / "de.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    ids = [one for message in catalogue if message.id and message.string != message.id for one in _forms(message.id)]
    return {part.strip() for one in ids for part in PLACE.split(one) if len(part.strip()) > 12}


def _visible(page: str) -> str:
    """What a reader sees, without the links that the company named itself in site.yaml."""
    body = html5lib.parse(page, namespaceHTMLElements=False).find("body")
    for frame in (*body.iter("header"), *body.iter("footer")):
        for links in list(frame.iter("nav")):
            links.clear()
    for element in [*body.iter("script"), *body.iter("style")]:
        element.text = ""
    return " ".join(" ".join(body.itertext()).split())


def _forms(text) -> list[str]:
    return list(text) if isinstance(text, tuple | list) else [text]
