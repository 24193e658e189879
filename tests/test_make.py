"""What the Makefile offers beside running and testing everything."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def collected(*arguments: str) -> set[str]:
    """The tests that pytest would run, without their parameters."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    return {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}


def test_the_fault_suite_is_what_the_table_of_faults_names_and_what_kills() -> None:
    assert "-m faults" in (PROJECT / "Makefile").read_text()
    faults = collected("-m", "faults")
    named = re.findall(r"`(tests/[\w/.]+::\w+)`", (PROJECT / "docs" / "reliability.md").read_text())
    assert set(named) <= faults
    assert any(one.startswith("tests/test_kill.py") for one in faults)
    assert any(one.startswith("tests/faults/test_limits.py") for one in faults)
    assert not any(one.startswith("tests/users/test_pages.py") for one in faults)


def test_what_a_release_is_made_of_is_told_whole_and_with_hashes(tmp_path: Path) -> None:
    written = [tmp_path / name for name in ("one.json", "two.json")]
    for file in written:
        subprocess.run(
            ["make", "--silent", "-o", ".venv/.installed-dev", "sbom", f"SBOM={file}"],
            check=True,
            cwd=PROJECT,
        )
    told = json.loads(written[0].read_text())
    assert written[0].read_bytes() == written[1].read_bytes(), "the same release tells the same"
    assert (told["bomFormat"], told["metadata"]["component"]["name"]) == ("CycloneDX", "nutgraf")
    pinned = dict(
        re.findall(r"^([\w.-]+)==([^ \\;]+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    )
    assert {one["name"]: one["version"] for one in told["components"]} == pinned
    for one in told["components"]:
        assert one["purl"].startswith("pkg:pypi/")
        assert any("hashes" in source for source in one["externalReferences"]), one["name"]


PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "a-key-of-more-than-fifty-characters-that-nobody-knows-0123456789",
    "ALLOWED_HOSTS": "news.example.org",
    "NUTGRAF_URL": "https://news.example.org",
    "EMAIL_URL": "smtp+tls://mail.example.org",
}


@pytest.mark.parametrize("missing", ["", "SECRET_KEY"])
def test_the_web_frameworks_own_checks_of_a_deployment_find_nothing(missing: str, tmp_path: Path) -> None:
    """Under the settings that an operator is told to give; and they are at work, for a weak key is found."""
    environment = {**PRODUCTION, **({missing: "short"} if missing else {}), "NUTGRAF_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True, check=False, cwd=PROJECT,
    )  # fmt: skip
    assert (done.returncode, "security.W009" in done.stderr) == ((1, True) if missing else (0, False)), (
        done.stderr
    )
