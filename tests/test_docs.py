"""The documents tell the truth: the paths, variables, commands and links they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PATH = re.compile(r"`(?!\d)((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|toml|tsv|txt|in))`")
# Made by running, or named as what there must not be.
NOT_IN_THE_TREE = {
    *("var/", "deploy/secrets/", "var/postgres", "tasks.py", "management/commands/"),
    *("docs/scoreboard.md", "docs/scoreboard.json"),
}
CONTRACT = [
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "NUTGRAF_MODEL_CHEAP",
    "NUTGRAF_MODEL_STRONG",
    "NUTGRAF_MODEL_EMBED",
    "NUTGRAF_PRICES",
    "NUTGRAF_BUDGET_DAY_USD",
    "NUTGRAF_BUDGET_MONTH_USD",
    "NUTGRAF_BUDGET_READER_MONTH_USD",
    "EMAIL_URL",
    "NUTGRAF_FETCH_ALLOW",
    "NUTGRAF_VAR",
    "NUTGRAF_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DEBUG",
]
OPTIONS = {"up", "sources", "ingest", "stories", "brief", "edition", "digest", "spend", "ledger", "evaluate"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_it_names_only_paths_that_exist(document: Path) -> None:
    named = set(PATH.findall(document.read_text(encoding="utf-8"))) - NOT_IN_THE_TREE
    missing = sorted(path for path in named if not (ROOT / path).exists())
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_it_links_only_to_documents_that_exist(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link


def test_it_explains_every_variable_that_settings_read() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text("config/settings.py")))
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", text("docs/running.md"), re.MULTILINE))
    assert set(CONTRACT) <= read
    assert explained == read


def test_it_states_the_defaults_that_settings_have() -> None:
    running = text("docs/running.md")
    for name, default in re.findall(
        r'env\.(?:line|dollars)\("([A-Z_]+)", (?:Decimal\()?"([^"]+)"', text("config/settings.py")
    ):
        assert re.search(rf"^\| `{name}` \| `{re.escape(default)}` \|", running, re.MULTILINE), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_it_shows_only_commands_that_exist(document: Path) -> None:
    words = document.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)\b", words, re.MULTILINE)) <= targets
    assert set(re.findall(r"manage\.py ([a-z]+)\b", words)) <= set(get_commands())


def test_it_lists_every_command_of_our_own() -> None:
    ours = {
        name
        for name, app in get_commands().items()
        if app in ("users", "inference", "ingest", "briefings", "config")
    }
    listed = set(re.findall(r"^\| `([a-z]+)\b", text("docs/running.md"), re.MULTILINE))
    assert ours >= OPTIONS
    assert ours <= listed


def test_it_shows_a_real_briefing_on_the_first_page() -> None:
    shown = text("README.md").partition("<!-- briefing: begin -->")[2].partition("<!-- briefing: end -->")[0]
    assert shown.count("?\n") >= 3
    assert "Sample" in shown


def test_every_fault_has_a_test_that_exists() -> None:
    rows = re.findall(r"^\| (F\d\d) .*\| ([^|]*) \|$", text("docs/reliability.md"), re.MULTILINE)
    assert [fault for fault, _ in rows] == [f"F{number:02}" for number in range(1, 53)]
    for fault, named in rows:
        tests = re.findall(r"`([\w/.]+)(?:::(\w+))?`", named)
        assert tests, fault
        for path, test in tests:
            assert f"def {test}" in text(path), f"{fault}: {path}::{test}"
