"""How many of the faults of docs/reliability.md are survived: runs the tests that its table names.

    bench/faults.py [F12 ...]     prints JSON; named ones only, where there are any

A fault is survived when all of its tests passed, and not tried where one was skipped (a disk of its own needs root).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| (F\d\d) .*\| ([^|]*) \|$", re.MULTILINE)


def main() -> int:
    table = (PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8")
    faults = {name: re.findall(r"`([\w/.:]+)`", tests) for name, tests in ROW.findall(table)}
    if sys.argv[1:]:
        faults = {name: faults[name] for name in sys.argv[1:]}
    told = judged(faults, outcomes(in_turn({test for tests in faults.values() for test in tests})))
    print(json.dumps(told, indent=1))
    return 1 if told["not_survived"] else 0


def in_turn(tests: Iterable[str]) -> list[str]:
    """As they stand in their files: some go on with what those before them made."""

    def place(test: str) -> tuple[str, int]:
        file, _, name = test.partition("::")
        text = (PROJECT / file).read_text(encoding="utf-8")
        return file, text.find(f"def {name.rpartition('::')[2]}(")

    return sorted(tests, key=place)


def outcomes(tests: list[str]) -> dict[str, set[str]]:
    """How each ended: `passed`, `failed`, `skipped`, and several for one with parameters or a whole file."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        # One file after the other, each whole: a file's fixtures are not made twice.
        command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={file.name}")
        subprocess.run([*command, *tests], cwd=PROJECT, check=False, stdout=sys.stderr)
        report = ET.parse(file.name)  # noqa: S314 - our own pytest wrote it
    found: dict[str, set[str]] = defaultdict(set)
    for case in report.iter("testcase"):
        module = case.get("classname", "").replace(".", "/") + ".py"
        name = case.get("name", "").partition("[")[0]
        bad = any(case.find(what) is not None for what in ("failure", "error"))
        outcome = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
        found[f"{module}::{name}"].add(outcome)
        found[module].add(outcome)
    return found


def judged(faults: dict[str, list[str]], found: dict[str, set[str]]) -> dict[str, object]:
    ended = {name: [found.get(test, {"missing"}) for test in tests] for name, tests in faults.items()}
    lost = {
        name: [test for test, how in zip(faults[name], each, strict=True) if how & {"failed", "missing"}]
        for name, each in ended.items()
    }
    lost = {name: tests for name, tests in lost.items() if tests or not faults[name]}
    skipped = [
        name for name, each in ended.items() if name not in lost and any("skipped" in how for how in each)
    ]
    survived = len(faults) - len(lost) - len(skipped)
    return {"faults": len(faults), "survived": survived, "skipped": skipped, "not_survived": lost}


if __name__ == "__main__":
    sys.exit(main())
