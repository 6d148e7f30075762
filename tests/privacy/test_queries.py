"""One address in any spelling is one address; whoever objected is found in all of them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.privacy.models import SuppressionReason
from portal.privacy.queries import address_key, current_basis, find_suppression, has_notice, list_suppressions
from portal.privacy.services import suppress

SPELLINGS = [
    ("Ada@Sielwerk.Example", "ada@sielwerk.example"),
    ("  ada@sielwerk.example\n", "ada@sielwerk.example"),
    ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ("ADA@BÜCHER.EXAMPLE", "ada@xn--bcher-kva.example"),
    ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
    ("Jürgen@sielwerk.example", "jürgen@sielwerk.example"),
    ("JU\u0308RGEN@sielwerk.example", "jürgen@sielwerk.example"),
    ("ПЕТРО@пошта.укр", "петро@xn--80a1acn3a.xn--j1amh"),
    ("ada+jobs@sielwerk.example", "ada+jobs@sielwerk.example"),
]

BROKEN = [
    ("", "missing"),
    ("   ", "missing"),
    ("petro", "an @"),
    ("petro@", "domain"),
    ("petro@localhost", "domain"),
    ("@sielwerk.example", "before its one @"),
    ("a@b@sielwerk.example", "before its one @"),
    ("ada lovelace@sielwerk.example", "blanks"),
    ("ada@sielwerk.example\nBcc: mallory@example.com", "blanks"),
    ("ada@-sielwerk.example", "not a mail address"),
    ("ada@siel_werk.example", "not a mail address"),
    ("a" * 65 + "@sielwerk.example", "not a mail address"),
    ("ada..l@sielwerk.example", "not a mail address"),
    ("ada\x00@sielwerk.example", "not a mail address"),
]


@pytest.mark.parametrize(("spelling", "key"), SPELLINGS)
def test_every_spelling_of_an_address_has_one_key(app, spelling, key):
    assert address_key(spelling) == key


@pytest.mark.parametrize(("broken", "word"), BROKEN)
def test_what_is_no_address_is_refused_with_what_to_mend_and_without_repeating_it(app, broken, word):
    with pytest.raises(Invalid) as caught:
        address_key(broken)
    assert caught.value.field == "email"
    assert word in caught.value.message
    assert not broken.strip() or broken not in caught.value.message


local = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
domain = st.from_regex(r"[a-zäöüß0-9]{1,20}\.(example|org|de|укр)", fullmatch=True)


@given(local=local, domain=domain)
@example(local="İ" * 21, domain="a.example")
@example(local="ΟΔΟΣ", domain="ß.de")
def test_the_key_of_a_key_is_itself(local, domain):
    try:
        key = address_key(f"{local}@{domain}")
    except Invalid:
        return
    assert address_key(key) == key


@pytest.mark.parametrize(
    "spelling",
    ["ADA@Bücher.example ", "ada@xn--bcher-kva.example", "ada+new@bücher.example", "Ada+A+B@BÜCHER.example"],
)
def test_whoever_objected_is_found_in_any_spelling(app, spelling):
    suppress("Ada+first@Bücher.example", SuppressionReason.OBJECTED)
    assert find_suppression(spelling).reason is SuppressionReason.OBJECTED
    assert list(list_suppressions([spelling, "bob@bücher.example"])) == [spelling]


def test_nobody_else_is_suppressed(app):
    suppress("ada@sielwerk.example", SuppressionReason.ERASED)
    assert find_suppression("bob@sielwerk.example") is None
    assert find_suppression("ada@sielwerk2.example") is None
    assert find_suppression("+ada@sielwerk.example") is None


def test_nothing_is_known_of_a_number_that_nobody_has(app):
    assert current_basis(17) is None
    assert not has_notice(17)
