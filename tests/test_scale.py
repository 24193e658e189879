"""docs/scale.md says what its own figures come to: the sums can be done again by anybody, and are here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import paper
from briefings import tasks
from config import connections
from config.celery import TIMETABLE
from users import taxonomy

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "scale.md").read_text()


def test_its_tables_follow_from_its_figures() -> None:
    figures = paper.read_figures(DOCUMENT)
    assert paper.part(DOCUMENT, "figures") == paper.figures_table(figures)
    assert paper.part(DOCUMENT, "load") == paper.load_table(figures)
    assert paper.part(DOCUMENT, "limits") == paper.limits_table(figures)
    assert paper.written(DOCUMENT, figures) == DOCUMENT


def test_it_tells_every_figure_that_is_measured() -> None:
    names = {f"{key}_{side}" for key, _ in paper.PAIRS for side in ("py", "pg")}
    assert set(paper.read_figures(DOCUMENT)) == names | {key for key, _, _ in paper.SINGLE}


def test_its_sums_can_be_done_by_hand() -> None:
    """Ten readers of nothing but their editions, by figures of our own."""
    figures = dict.fromkeys(paper.read_figures(DOCUMENT), 0.0) | {
        "edition_py": 100.0,
        "mail_py": 20.0,
        "page_pg": 6.0,
    }
    one = paper.load(figures, 1_000_000, 0, 0)
    at_once = 0.1 / paper.HALF_AN_HOUR + 0.02 / 3600  # processors for each reader of the busiest hour
    assert one["workers_py"] == pytest.approx(paper.PEAK * 1_000_000 * at_once)
    assert one["web_pg"] == pytest.approx(paper.PEAK * 1_000_000 * 3 * 0.006 / 3600)
    assert one["postgres"] == one["web_pg"]
    assert one["web_processes"] == 1
    assert one["connections"] == 8 + one["worker_processes"]
    assert paper.reaches(figures, lambda load: load["workers_py"]) == pytest.approx(
        1 / (paper.PEAK * at_once), rel=0.01
    )


def test_editions_are_counted_over_the_half_hour_in_which_they_are_made() -> None:
    """Choosing too; and the connections of the queue are counted while it lies in Postgres."""
    figures = dict.fromkeys(paper.read_figures(DOCUMENT), 0.0) | {"edition_py": 36.0, "candidate_py": 36.0}
    one = paper.load(figures, 10_000, 0, 1_000)
    assert one["editions_a_second"] == pytest.approx(2000 / 1800)
    assert one["choosing_py"] == pytest.approx(2000 * 0.036 / 1800)
    assert one["workers_py"] == pytest.approx(2 * one["choosing_py"])
    assert one["connections"] == (8 + 2) * 1 + (1 + 2) * 2
    assert paper.load(figures, 10_001, 0, 1_000)["connections"] == 8 + 2


def test_what_is_shorter_than_a_tick_is_said_to_be_and_counted_as_one() -> None:
    figures = paper.read_figures(DOCUMENT) | {"look_pg": 0.0}
    shown = paper.figures_table(figures)
    assert re.search(r"^\| `look` .* \| < 0\.1 \|$", shown, re.MULTILINE)
    read = paper.read_figures(f"<!-- figures: begin -->\n{shown}\n<!-- figures: end -->")
    assert read["look_pg"] == paper.TICK
    assert paper.figures_table(read) == shown


def test_what_it_assumes_of_the_code_is_so() -> None:
    assert len(taxonomy.roles()) * len(taxonomy.industries()) == paper.KINDS
    assert connections.A_WEB_PROCESS == paper.A_WEB_PROCESS
    every = TIMETABLE["prepare editions before each reader's hour"]["schedule"]
    assert tasks.PER_SWEEP / every == paper.EDITIONS_A_SECOND


@pytest.mark.parametrize("readers", [10_000, 100_000])
def test_the_sizing_guide_has_enough_for_so_many(readers: int) -> None:
    """docs/deploying.md counts workers of two processes, as deploy/compose.yaml starts them."""
    guide = (ROOT / "docs" / "deploying.md").read_text()
    row = re.search(rf"^\| to {readers:,} \| ([^|]+) \| ([^|]+) \|", guide, re.MULTILINE)
    assert row
    web = int(re.findall(r"(\d+) web", row[2])[0])
    workers = sum(int(number) for number in re.findall(r"(\d+) (?:fetch|write|answer|deliver)", row[2]))
    order = next(one for one in paper.ORDERS if one[0] == readers)
    needed = paper.load(paper.read_figures(DOCUMENT), *order)
    assert web >= needed["web_processes"]
    assert 2 * workers >= needed["worker_processes"]
    cores = int(
        re.findall(r"Postgres with (\d+)|Postgres alone on (\d+)", row[1])[0][bool("alone" in row[1])]
    )
    assert cores * paper.FULL >= needed["postgres"]


def test_each_limit_of_its_table_has_its_remedy() -> None:
    """The document's own words on each, in a table below."""
    words = [words for words, _ in paper.LIMITS]
    told = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", paper.part(DOCUMENT, "remedies"), re.MULTILINE)[2:]
    assert told == words
