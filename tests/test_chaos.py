"""The chaos bench: the same processes, faults and judge.

`make test` plays a twentieth of it, with one kill and one crash; `make test-faults` (NUTGRAF_FAULTS=whole) all of it,
on each broker.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.chaos.brokers import BROKERS
from tests.processes import PROJECT

pytestmark = pytest.mark.processes
WHOLE = os.environ.get("NUTGRAF_FAULTS") == "whole"
PIECES, KILLS, RESTARTS, LOSSES = (2000, 16, 8, 4) if WHOLE else (100, 1, 1, 0)


@pytest.mark.parametrize("broker", BROKERS if WHOLE else ["pgmq"])
def test_the_books_hold_after_a_killed_worker_and_a_crashed_database(broker: str) -> None:
    if not BROKERS[broker].is_here():
        pytest.skip(f"no {broker} here; tests/system_packages.sh installs it where it can")
    size = {
        "broker": broker,
        "pieces": PIECES,
        "kills": KILLS,
        "restarts": RESTARTS,
        "losses": LOSSES,
        "seed": 5,
    }
    done = subprocess.run(
        [
            *(sys.executable, str(PROJECT / "bench" / "chaos.py")),
            *(f"--{name}={value}" for name, value in size.items()),
        ],
        capture_output=True,
        text=True,
        timeout=2400 if WHOLE else 400,
        check=False,
        cwd=PROJECT,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["discrepancies"] == []
    assert done.returncode == 0
    assert sum(found["pieces"].values()) == PIECES
    told = " ".join(found["trouble"])
    assert "kill -9 of 3" in told
    assert "pg_ctl stop -m immediate" in told
    assert len(found["answers"]) > 8, "it was answered wrongly in many ways"
    assert {"settled", "released", "unknown"} <= set(found["calls"])
    assert found["dollars"]["after_the_report"] == found["dollars"]["billed"]
    assert found["budgets"]["samples"] > 200
