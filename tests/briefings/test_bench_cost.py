"""What `bench/levers.py` counts, against figures worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from bench.levers import Day, Metered, Size, Story, for_readers, ladder, readers_of
from tests.fakes.model_server import ModelServer
from users import taxonomy

pytestmark = pytest.mark.django_db
EVERYBODY = len(taxonomy.roles()) * len(taxonomy.industries())
MILLIONTH = 1e-6


@pytest.fixture
def one_story_each() -> Day:
    """A day of 100,000 tokens. Every kind of reader gets the same story but the first, which gets another one.

    Of the 480 lenses 96 needed a model, in 12 requests of 8; nothing was repaired.
    """
    usual = Story(facts=Size(4_000, 1_000), brief=Size(2_000, 1_500), lens=Size(2_000, 200))
    other = Story(facts=Size(8_000, 1_000), brief=Size(2_000, 1_500), lens=Size(2_000, 200))
    first, *rest = readers_of(EVERYBODY)
    choices = {first: ["b2"]} | {kind: ["b1"] for kind in rest}
    asked = {
        "fact_sheet": Size(12_000, 2_000),
        "brief": Size(4_000, 3_000),
        "lens": Size(12 * 2_400, 96 * 190, cached=11 * 1_920),
    }
    run = Metered({"b1": usual, "b2": other}, {}, choices, asked, {"b1": 96}, 0, 16, 0, 0)
    return Day(date(2026, 8, 20), 40, 100_000, 30, dict.fromkeys((EVERYBODY, 10_000, 1_000_000), run))


def test_it_spreads_readers_evenly() -> None:
    assert EVERYBODY == 480
    assert sum(readers_of(1).values()) == len(readers_of(1)) == 1
    assert set(readers_of(10 * EVERYBODY).values()) == {10}
    spread = readers_of(10 * EVERYBODY + 3)
    assert (sum(spread.values()), set(spread.values())) == (10 * EVERYBODY + 3, {10, 11})
    assert set(readers_of(100)) < set(readers_of(200)), "the same readers, and more"


def test_one_lever_after_the_other(one_story_each: Day) -> None:
    """480 readers, one of a kind. gpt-5 at 1.25 and 10 dollars a million, gpt-5-mini at 0.25 (0.025 cached) and 2."""
    levers, purposes = ladder(one_story_each, EVERYBODY, "gpt-5-mini", "gpt-5")
    naive, personal, shared, cheap, near, together, cached, flex = (
        cost / MILLIONTH for cost in levers.values()
    )
    assert naive == pytest.approx(480 * (125_000 + 17_000))
    assert personal == pytest.approx(480 * (5_000 + 17_000) + 5_000)
    twice = 5_000 + 10_000 + 10_000 + 10_000 + 2 * (2_500 + 15_000)  # two fact sheets, two briefs
    assert shared == pytest.approx(twice + 480 * (2_500 + 2_000))
    assert cheap == pytest.approx(twice / 5 + 480 * 900)
    assert near == pytest.approx(twice / 5 + 96 * 900)
    assert together == pytest.approx(twice / 5 + 12 * 600 + 96 * 380)
    assert cached == pytest.approx(together - 11 * 1_920 * 0.225)
    assert flex == pytest.approx(cached / 2)
    assert sum(purposes.values()) == pytest.approx(flex * MILLIONTH)
    assert purposes["fact_sheet"] == pytest.approx((3_000 + 4_000) / 2 * MILLIONTH)


def test_more_readers_of_the_same_kinds_cost_nothing_more(one_story_each: Day) -> None:
    few, many = (for_readers(one_story_each, count, "gpt-5-mini", "gpt-5") for count in (10_000, 1_000_000))
    assert many["times_cheaper_than_naive"] == pytest.approx(100 * few["times_cheaper_than_naive"], rel=0.01)
    assert float(few["usd_per_verified_briefing"]) == pytest.approx(
        100 * float(many["usd_per_verified_briefing"]), rel=0.01
    )


def test_the_provider_caches_only_long_prefixes() -> None:
    provider = ModelServer()
    system, story = "word " * 600, "fact " * 900
    assert provider._cached([system, story + "for the CTO"])[0] == 0
    assert provider._cached([system, "another"])[0] == 0, "below 1,024 tokens nothing is kept"
    assert provider._cached([system, story + "for the investor"])[0] == 1_408, "in steps of 128"
