"""What people are told about a source, and when an operator hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest import health
from ingest.health import Output
from ingest.models import Source, Stage
from tests.ingest.newsroom import NOON, article, source

NOW = datetime(2025, 9, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def made(**values: object) -> Source:
    usual = {"created_at": NOW - 30 * DAY, "last_success_at": NOW - DAY / 24, "due_at": NOW + DAY / 24}
    return Source(url="https://a.example/f", **usual | values)


def told(source: Source, output: Output = Output()) -> str:  # noqa: B008 - a frozen value
    return health.attention(source, output, NOW)


def weekly(since_last: int, gap: int, total: int = 20) -> Output:
    newest = NOW - since_last * DAY
    return Output(recent=0, total=total, oldest=newest - gap * (total - 1) * DAY, newest=newest)


def test_a_source_that_is_well_needs_nobody() -> None:
    assert told(made(), weekly(2, 7)) == ""


def test_a_passing_failure_is_kept_from_the_operator_and_a_lasting_one_is_not() -> None:
    failing = {"failures": 3, "error": "the server took too long"}
    assert told(made(**failing)) == ""
    lasting = made(**failing, last_success_at=NOW - 3 * DAY)
    assert told(lasting) == "not read since 2025-08-29, 3 failures in a row: the server took too long"


def test_a_source_given_up_is_told_and_one_switched_off_is_not() -> None:
    gone = "the publisher has withdrawn this address (410)"
    assert told(made(enabled=False, error=gone)) == f"given up: {gone}"
    assert told(made(enabled=False)) == ""


def test_a_source_at_rest_after_dying_workers_is_told() -> None:
    assert (
        told(made(due_at=None, attempt=10, error="a worker died")) == "rests after 10 attempts: a worker died"
    )


@pytest.mark.parametrize(
    ("since_last", "gap", "quiet"),
    [(20, 1, False), (22, 1, True), (60, 30, False), (160, 30, True)],
)
def test_a_feed_that_quietly_stops_is_told(since_last: int, gap: int, quiet: bool) -> None:
    assert told(made(), weekly(since_last, gap)).startswith("has gone quiet") is quiet


def test_the_bundled_sample_may_be_silent() -> None:
    assert told(made(sample=True), weekly(446, 1)) == ""


def test_a_feed_that_never_speaks_of_ai_is_told() -> None:
    busy = Output(recent=40, on_topic=0, total=40, oldest=NOW - 20 * DAY, newest=NOW)
    assert "none of its 40 items" in told(made(), busy)


@pytest.mark.django_db
def test_items_a_week_are_counted_over_the_last_weeks() -> None:
    paper = source("paper")
    for days in (1, 2, 3, 20, 40):
        article(paper, f"Item {days}", hours=-24 * days)
    article(paper, "Off", hours=-1, relevance=0.1).__class__.objects.filter(title="Off").update(
        stage=Stage.OFF_TOPIC
    )
    quiet = source("quiet")
    found = {one.source: one for one in health.of(Source.objects.all(), NOON)}
    assert (found[paper].articles, found[paper].items_a_week) == (6, 1.2)
    assert (found[quiet].articles, found[quiet].items_a_week, found[quiet].state) == (0, 0, "new")
