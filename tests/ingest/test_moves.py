"""When a permanent redirect is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ingest.moves import Move, note, settled

NOON = datetime(2025, 8, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW, OTHER = "https://new.example/feed", "https://other.example/feed"


def after(looks: list[tuple[int, str]]) -> Move | None:
    """What is known after looks at these hours that were led to these addresses."""
    move = None
    for hours, to in looks:
        move = note(move, to, NOON + hours * HOUR)
    return move


def test_it_takes_three_looks_over_a_day() -> None:
    assert settled(after([(0, NEW), (12, NEW), (24, NEW)]), NOON + 24 * HOUR)
    assert not settled(after([(0, NEW), (24, NEW)]), NOON + 24 * HOUR)
    assert not settled(after([(hour, NEW) for hour in range(24)]), NOON + 23 * HOUR)
    assert not settled(None, NOON)


def test_any_other_answer_begins_anew() -> None:
    assert after([(0, NEW), (12, ""), (24, NEW), (36, NEW)]) == Move(NEW, NOON + 24 * HOUR, 2)
    assert after([(0, NEW), (12, OTHER), (24, NEW)]) == Move(NEW, NOON + 24 * HOUR, 1)
