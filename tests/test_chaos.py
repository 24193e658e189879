"""The chaos bench at a twentieth of its size: the same processes, faults and judge, one kill and one crash."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.processes import PROJECT

pytestmark = pytest.mark.processes


def test_the_books_hold_after_a_killed_worker_and_a_crashed_database() -> None:
    size = ("--pieces", "100", "--kills", "1", "--restarts", "1", "--losses", "0", "--seed", "5")
    done = subprocess.run(
        [sys.executable, str(PROJECT / "bench" / "chaos.py"), *size],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
        cwd=PROJECT,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["discrepancies"] == []
    assert done.returncode == 0
    assert sum(found["pieces"].values()) == 100
    told = " ".join(found["trouble"])
    assert "kill -9 of 3" in told
    assert "pg_ctl stop -m immediate" in told
    assert len(found["answers"]) > 8, "it was answered wrongly in many ways"
    assert {"settled", "released", "unknown"} <= set(found["calls"])
    assert found["dollars"]["after_the_report"] == found["dollars"]["billed"]
    assert found["budgets"]["samples"] > 200
