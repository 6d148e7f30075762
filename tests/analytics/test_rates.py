"""Shares and their intervals."""

import pytest

from portal.analytics.queries import Rate


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (61, 286, 0.1698, 0.2643), (2, 58, 0.0095, 0.1173)],
)
def test_the_interval_is_wilsons(hits, of, low, high):
    rate = Rate(hits, of)
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=0.0005)
    assert rate.low <= rate.value <= rate.high


def test_a_share_of_nobody_is_no_share():
    assert (Rate(0, 0).value, Rate(0, 0).low, Rate(0, 0).high) == (None, None, None)
