"""The scoreboard says what was measured, what is worse, and what it could not measure, and makes nothing up."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bench import board, claims, faults
from bench.board import Claim, Command, Figure
from tests.processes import PROJECT

SPEED = Command(
    "speed",
    ("bench/speed.py", "--json"),
    (
        Claim(
            "pages a second", board.at("rate"), "more", 400.0, 0.1, "/s", lambda told: f"bare {told['bare']}"
        ),
        Claim("a page", board.at("ms", "median"), "less", 30.0, 0.2, "ms"),
    ),
)
TOLD = {"rate": 500, "bare": 900, "ms": {"median": 12.0}}


def measured(told: dict[str, Any], commit: str, *earlier: list[Figure]) -> list[Figure]:
    return board.judged(SPEED, told, "2026-03-01", commit, earlier)


FIRST = measured(TOLD, "aaa")


def test_the_first_release_has_nothing_to_be_compared_with() -> None:
    rate, page = FIRST
    assert (rate.figure, page.figure) == (500.0, 12.0)
    assert (rate.before, rate.kept, rate.worse) == (None, True, False)
    table = board.rendered(FIRST, "2026-03-01", "aaa", "2 cores")
    assert (
        "| pages a second | 500 /s | ≥ 400 /s |  | 10% | bare 900 | `bench/speed.py --json` | kept |" in table
    )
    assert "nothing is worse" in table


@pytest.mark.parametrize(
    ("rate", "milliseconds", "worse", "broken"),
    [
        (460, 14.0, [], []),
        (440, 12.0, ["pages a second"], []),
        (500, 14.9, ["a page"], []),
        (700, 6.0, [], []),
        (399, 12.0, ["pages a second"], ["pages a second"]),
        (500, 30.5, ["a page"], ["a page"]),
    ],
)
def test_a_release_that_is_worse_than_its_noise_or_beyond_its_limit_says_so(
    rate: float, milliseconds: float, worse: list[str], broken: list[str]
) -> None:
    found = measured({"rate": rate, "bare": 1, "ms": {"median": milliseconds}}, "bbb", FIRST)
    assert [one.name for one in found if one.worse] == worse
    assert [one.name for one in found if not one.kept] == broken
    table = board.rendered(found, "2026-03-02", "bbb", "2 cores")
    assert ("This release is worse than the one before" in table) == bool(worse)
    assert ("Broken limits" in table) == bool(broken)
    for name in worse:
        verdict = "**broken**" if name in broken else "**worse**"
        assert re.search(rf"^\| {name} \| .* \| {re.escape(verdict)} \|$", table, re.MULTILINE)


def test_measured_again_at_the_same_commit_it_is_compared_with_the_release_before() -> None:
    second = measured({**TOLD, "rate": 300}, "bbb", FIRST)
    again = measured({**TOLD, "rate": 490}, "bbb", FIRST, second)
    assert again[0].before == 500.0
    assert not again[0].worse


def test_the_same_code_is_not_compared_with_itself_after_its_scoreboard_was_committed() -> None:
    def at(rate: int, commit: str, tree: str, *earlier: list[Figure]) -> list[Figure]:
        told = {**TOLD, "rate": rate}
        return board.judged(SPEED, told, "2026-03-01", commit, earlier, tree)

    first, second = at(500, "aaa", "tree 1"), at(480, "bbb", "tree 2")
    again = at(
        300, "ccc", "tree 2", first, second
    )  # bbb's code; all that ccc adds is what was measured of it
    assert again[0].before == 500.0
    assert board.kept_from(SPEED, "left out", "ccc", [first, second], "tree 2") == second
    assert at(300, "ccc", "tree 3", first, second)[0].before == 480.0


def test_code_that_was_changed_after_its_commit_is_no_release_to_compare_with() -> None:
    changed = measured({**TOLD, "rate": 900}, "bbb-changed", FIRST)
    assert measured({**TOLD, "rate": 490}, "ccc", FIRST, changed)[0].before == 500.0


def test_prices_of_another_pair_of_models_are_another_row() -> None:
    (command,) = (one for one in claims.COMMANDS if one.name == "cost")

    def told(pair: str, usd: float) -> list[dict[str, Any]]:
        one = {"usd_per_verified_briefing": usd, "times_cheaper_than_naive": 10}
        return [{"prices": {pair: {"100": one, "10000": one}}}]

    first = board.judged(command, told("small and large", 0.1), "2026-03-01", "aaa", [])
    assert first[0].name == "a verified briefing at 100 readers, small and large"
    assert board.judged(command, told("small and large", 0.2), "2026-03-02", "bbb", [first])[0].before == 0.1
    assert board.judged(command, told("dear and large", 0.2), "2026-03-02", "bbb", [first])[0].before is None
    assert [one.name for one in board.kept_from(command, "left out", "bbb", [first])] == [
        one.name for one in first
    ]


def test_small_losses_do_not_add_up_unseen_behind_a_figure_that_was_not_measured() -> None:
    kept = board.kept_from(SPEED, "left out", "bbb", [FIRST])
    third = measured({**TOLD, "rate": 440}, "ccc", FIRST, kept)
    assert third[0].before == 500.0, "what the second release kept was the first's"
    assert third[0].worse


def test_what_could_not_be_measured_keeps_its_figure_as_old_and_with_its_date() -> None:
    (rate, page) = board.kept_from(SPEED, "the frozen data is not here", "bbb", [FIRST])
    assert (rate.figure, rate.date, rate.commit, rate.old) == (
        500.0,
        "2026-03-01",
        "aaa",
        "the frozen data is not here",
    )
    assert not rate.worse
    table = board.rendered([rate, page], "2026-04-01", "bbb", "2 cores")
    assert "500 /s (old: 2026-03-01, aaa; the frozen data is not here)" in table
    again = board.kept_from(SPEED, "left out", "ccc", [FIRST, [rate, page]])
    assert again[0].date == "2026-03-01", "it grows no younger"


def test_what_was_measured_at_this_commit_is_not_old_and_what_never_was_is_not_there() -> None:
    assert board.kept_from(SPEED, "not asked for", "aaa", [FIRST]) == FIRST
    assert board.kept_from(SPEED, "not asked for", "aaa", []) == []


def test_figures_are_shown_as_people_read_them() -> None:
    shown = [
        board.shown(value, unit)
        for value, unit in ((0.812, ""), (12.34, "ms"), (1204.0, "/s"), (0.0000135, "$"))
    ]
    assert shown == ["0.812", "12.3 ms", "1,204 /s", "$0.0000135"]
    assert board.shown(0.0, "") == "0"
    assert board.shown(3.0, "") == "3"


def test_every_claim_has_a_name_of_its_own_and_a_script_that_exists() -> None:
    names = [claim.name for command in claims.COMMANDS for claim in command.claims]
    assert len(names) == len(set(names)) > 30
    for command in claims.COMMANDS:
        assert (PROJECT / command.arguments[0]).is_file(), command.name


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROJECT / "bench" / "scoreboard.py"), "--folder", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, cwd=PROJECT)


def test_it_measures_compares_with_the_release_before_and_ends_with_1_where_that_was_better(
    tmp_path: Path,
) -> None:
    first = run(tmp_path, "--only", "followups")
    assert first.returncode == 0, first.stderr
    kept = json.loads((tmp_path / "scoreboard.json").read_text())["releases"]
    (release,) = kept
    wrong, served = release["figures"]
    assert (wrong["figure"], wrong["limit"]) == (0.0, 0.0)
    assert 0.5 < served["figure"] <= 1.0
    assert f"at commit {release['commit']}" in (tmp_path / "scoreboard.md").read_text()
    # As if the release before had served all of them, and had measured what nobody measures today.
    earlier = {"commit": "0ld", "tree": "0ld", "date": "2020-01-01"}
    older = Figure(**served | earlier | {"figure": 1.0})
    other = replace(older, name="is it AI news, F1", figure=0.9, limit=0.5)
    better = [Figure(**wrong | earlier), older, other]
    before = {
        "date": "2020-01-01",
        "commit": "0ld",
        "machine": "",
        "figures": [asdict(one) for one in better],
    }
    (tmp_path / "scoreboard.json").write_text(json.dumps({"releases": [before]}))
    second = run(tmp_path, "--only", "followups")
    assert second.returncode == 1
    table = (tmp_path / "scoreboard.md").read_text()
    assert (
        "**This release is worse than the one before:** repeated questions served from store (1 before"
        in table
    )
    assert "| is it AI news, F1 | 0.9 (old: 2020-01-01, 0ld; not asked for) |" in table
    kept = json.loads((tmp_path / "scoreboard.json").read_text())["releases"]
    assert [one["commit"] for one in kept] == ["0ld", release["commit"]]


@pytest.mark.corpus
def test_it_measures_by_the_frozen_data(tmp_path: Path) -> None:
    if not os.environ.get("NUTGRAF_CORPUS"):
        pytest.skip("NUTGRAF_CORPUS names no frozen data")
    done = run(tmp_path, "--only", "relevance")
    assert done.returncode == 0, done.stderr
    table = (tmp_path / "scoreboard.md").read_text()
    found = re.search(
        r"^\| is it AI news, F1 \| (0\.\d+) \| ≥ 0\.92 .* keywords 0\.\d+ .* \| kept \|$", table, re.MULTILINE
    )
    assert found, table
    assert "`manage.py evaluate relevance --data $NUTGRAF_CORPUS/labels --json`" in table


def test_a_fault_is_survived_when_all_its_tests_passed() -> None:
    table = {
        "F01": ["t/a.py::one", "t/b.py"],
        "F02": ["t/c.py::two"],
        "F03": ["t/d.py::three"],
        "F04": ["t/e.py::no"],
    }
    found = {
        "t/a.py::one": {"passed"},
        "t/b.py": {"passed", "failed"},
        "t/c.py::two": {"passed"},
        "t/d.py::three": {"skipped", "passed"},
    }
    told = faults.judged(table, found)
    assert told["not_survived"] == {"F01": ["t/b.py"], "F04": ["t/e.py::no"]}
    assert (told["faults"], told["survived"], told["skipped"]) == (4, 1, ["F03"])


def test_tests_that_go_on_with_what_others_made_run_after_these() -> None:
    kill = "tests/test_kill.py"
    mail = f"{kill}::test_a_mail_whose_sending_was_cut_off_is_unknown_and_never_sent_again"
    edition, whole = f"{kill}::test_an_edition_is_prepared_once", "tests/test_kill_push.py"
    assert faults.in_turn({mail, whole, edition}) == [edition, mail, whole]


def test_the_tests_of_a_fault_are_really_run() -> None:
    done = subprocess.run(
        [sys.executable, str(PROJECT / "bench" / "faults.py"), "F25"],
        capture_output=True, text=True, check=False, timeout=600, cwd=PROJECT,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told == {"faults": 1, "survived": 1, "skipped": [], "not_survived": {}}, done.stderr
    assert done.returncode == 0
