"""Robots: a trap, the time it took, links, and work when in doubt."""

import hashlib
from itertools import count

import pytest

from portal.guard import WORK_BITS, Post, Ruling, count_links, is_work, judge


def solve(challenge: str) -> str:
    """What the script of our page does."""
    for number in count():
        digest = hashlib.sha256(f"{challenge}:{number}".encode()).hexdigest()
        if int(digest, 16) < 2 ** (256 - WORK_BITS):
            return str(number)
    raise AssertionError


@pytest.mark.parametrize(
    ("post", "ruling"),
    [
        (Post("", 10), Ruling.PASS),
        (Post("http://x", 10), Ruling.ROBOT),
        (Post("x", 10, worked=True), Ruling.ROBOT),
        (Post("", 2.9), Ruling.DOUBT),
        (Post("", 3), Ruling.PASS),
        (Post("", 24 * 3600 + 1), Ruling.STALE),
        (Post("", 10, links=2), Ruling.DOUBT),
        (Post("", 10, links=1), Ruling.PASS),
        (Post("", 0.5, worked=True), Ruling.PASS),
        (Post("", 4, links=3, confirmed=True), Ruling.PASS),
        (Post("", 2, confirmed=True), Ruling.DOUBT),
        (Post("", 10, links=9, confirmed=True), Ruling.ROBOT),
        (Post("", 10, uses=6), Ruling.ROBOT),
        (Post("", 10, links=1, repeats=11), Ruling.ROBOT),
        (Post("", 10, crowd=150), Ruling.ROBOT),
        (Post("x", 25 * 3600), Ruling.ROBOT),
        (Post("", 0.5, confirmed=True), Ruling.ROBOT),
    ],
)
def test_who_is_taken_for_a_robot(post, ruling):
    assert judge(post)[0] is ruling


def test_work_is_checked_against_the_challenge_it_was_done_for():
    answer = solve("one")
    assert is_work("one", answer)
    assert not is_work("two", answer) or not is_work("three", answer)


@pytest.mark.parametrize("answer", ["", "x", "-1", "1" * 21, "٣", "1\n"])
def test_no_work_is_no_work(answer):
    assert not is_work("one", answer)


def test_links_are_counted_in_any_spelling():
    assert count_links(["see HTTPS://a.example and www.b.example", "nothing"]) == 2
