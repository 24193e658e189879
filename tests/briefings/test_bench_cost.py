"""What `bench/cost.py` counts, against figures worked out by hand."""

from __future__ import annotations

import pytest

from bench.cost import Day, PrefixCache, Size, Story, for_readers, ladder, price_of, readers_of, segments

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_story_each() -> Day:
    """A day of 100,000 tokens. Every segment reads the same story but the first, which reads another one."""
    usual = Story(facts=Size(4_000, 1_000), brief=Size(2_000, 1_500), lens=Size(2_000, 200, cached=1_024))
    other = Story(facts=Size(8_000, 1_000), brief=Size(2_000, 1_500), lens=Size(2_000, 200))
    first, *rest = segments()
    choices = {first: ["b2"]} | {segment: ["b1"] for segment in rest}
    return Day(40, 30, 100_000, {"b1": usual, "b2": other}, choices, 2)


def test_it_spreads_readers_evenly() -> None:
    count = len(segments())
    assert sum(readers_of(1).values()) == len(readers_of(1)) == 1
    assert set(readers_of(10 * count).values()) == {10}
    spread = readers_of(10 * count + 3)
    assert (sum(spread.values()), set(spread.values())) == (10 * count + 3, {10, 11})
    assert set(readers_of(100)) < set(readers_of(200)), "the same readers, and more"


def test_one_lever_after_the_other(one_story_each: Day) -> None:
    """480 readers, one a segment. gpt-5 at 1.25 and 10 dollars a million, gpt-5-mini at 0.25 (0.025 cached) and 2."""
    readers = readers_of(len(segments()))
    assert len(readers) == 480
    levers, purposes = ladder(one_story_each, readers, price_of("gpt-5-mini"), price_of("gpt-5"))
    millionth = 1e-6
    assert levers["naive"] == pytest.approx(480 * (125_000 + 17_000) * millionth)
    assert levers["+ cluster, rank by vectors"] == pytest.approx((480 * (5_000 + 17_000) + 5_000) * millionth)
    shared = 5_000 + 10_000 + 10_000 + 10_000 + 2 * (2_500 + 15_000)  # two fact sheets, two briefs
    assert levers["+ facts once, brief once, lens per segment"] == pytest.approx(
        (shared + 480 * (2_500 + 2_000)) * millionth
    )
    assert levers["+ cheap model"] == pytest.approx((shared / 5 + 480 * 900) * millionth)
    saved = 479 * 1_024 * (0.25 - 0.025)
    assert levers["+ prefix cache"] == pytest.approx((shared / 5 + 480 * 900 - saved) * millionth)
    assert sum(purposes.values()) == pytest.approx(levers["+ prefix cache"])
    assert purposes["fact_sheet"] == pytest.approx((1_000 + 2_000 + 2_000 + 2_000) * millionth)


def test_more_readers_of_the_same_segments_cost_nothing_more(one_story_each: Day) -> None:
    few, many = (for_readers(one_story_each, count, "gpt-5-mini", "gpt-5") for count in (10_000, 1_000_000))
    assert many["times_cheaper_than_naive"] == pytest.approx(100 * few["times_cheaper_than_naive"], rel=0.01)
    assert float(few["usd_per_verified_briefing"]) == pytest.approx(
        100 * float(many["usd_per_verified_briefing"]), rel=0.01
    )


def test_only_long_prefixes_are_cached() -> None:
    cache = PrefixCache()
    system, story = "word " * 600, "fact " * 900
    assert cache.seen(system + story + "for the CTO") == 0
    assert cache.seen(system + "another") == 0, "below 1,024 tokens nothing is kept"
    assert cache.seen(system + story + "for the investor") == 1_408, "in steps of 128"
