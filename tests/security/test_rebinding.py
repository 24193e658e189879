"""Names that lead to one place when they are judged and to another when they are asked again: DNS rebinding.

By a real name server and the system's own resolver, in a network of its own where a public address is ours.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.processes import PROJECT

OPEN, SHUT = "<rss/>", "blocked_address"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    if os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("a network of its own needs root, unshare and ip")
    command = ["unshare", "--mount", "--net", sys.executable, "-m", "tests.fakes.rebinding"]
    environment = {k: v for k, v in os.environ.items() if k != "NUTGRAF_FETCH_ALLOW"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=180, cwd=PROJECT, env=environment
    )
    if "unshare failed" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip(f"no network of its own here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_honest_name_is_read(told: dict[str, Any]) -> None:
    assert told["honest.example"] == [OPEN] * 3
    assert told["reached outside"] > 5


@pytest.mark.parametrize("name", ["rebind.example", "private.example"])
def test_a_name_that_turns_inward_is_read_once_and_refused_from_then_on(
    told: dict[str, Any], name: str
) -> None:
    assert told[name] == [OPEN, SHUT, SHUT]
    assert told["asked"][name] == 3, "each fetch asks once and connects to what it was told and has judged"


def test_a_name_that_turns_between_two_hops_leads_nowhere(told: dict[str, Any]) -> None:
    assert told["hops.example"] == [SHUT]


@pytest.mark.parametrize(
    "name", ["public-first.example", "private-first.example", "six.example", "mapped.example"]
)
def test_one_inner_address_among_several_shuts_a_name(told: dict[str, Any], name: str) -> None:
    assert told[name] == [SHUT] * 3


@pytest.mark.parametrize("name", ["alias.example", "inner.example", "nowhere.example", "metadata.example"])
def test_a_name_that_leads_inward_by_whatever_record_is_refused(told: dict[str, Any], name: str) -> None:
    assert told[name] == [SHUT] * 3


def test_a_name_that_keeps_turning_is_read_only_when_it_leads_outside(told: dict[str, Any]) -> None:
    assert told["turns.example"] == [OPEN, SHUT, OPEN, SHUT, SHUT, OPEN, OPEN, OPEN]


def test_nothing_inside_heard_of_any_of_it(told: dict[str, Any]) -> None:
    assert told["reached inside"] == 0
