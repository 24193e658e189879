"""A backup is whole or not there, and takes the place of a database that nobody uses whole or not at all."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.config import own_servers
from tests.processes import PROJECT, Instance, state_directory

pytestmark = pytest.mark.processes
READER = "from users.models import User; User.objects.create_user('{0}@bank.example')"
READERS = """
import json; from users.models import User; print(json.dumps(list(User.objects.values_list('email', flat=True))))
"""
SAY = "from django.db import connection; connection.cursor().execute('{0}')"
MODEL = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def ada() -> Iterator[Instance]:
    """An installation with one reader."""
    with state_directory() as var:
        instance = Instance(var)
        shell(instance, READER.format("ada"))
        yield instance


def shell(instance: Instance, code: str) -> str:
    done = instance.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def readers(instance: Instance) -> list[str]:
    found: list[str] = json.loads(shell(instance, READERS))
    return found


def refused(instance: Instance, *arguments: str) -> str:
    done = instance.manage(*arguments)
    assert done.returncode in (1, 2), done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def test_it_replaces_the_database_and_only_where_told_to(ada: Instance, tmp_path: Path) -> None:
    file = tmp_path / "night"
    told = ada.json("backup", str(file))
    assert (told["bytes"], stat.S_IMODE(file.stat().st_mode)) == (file.stat().st_size, 0o600)
    assert "is there already" in refused(ada, "backup", str(file))
    ada.json("backup", str(file), "--force")
    assert list(tmp_path.iterdir()) == [file], "no draft is left"
    shell(ada, READER.format("ben"))
    assert "2 readers" in refused(ada, "restore", str(file))
    assert readers(ada) == ["ada@bank.example", "ben@bank.example"]
    assert ada.json("restore", str(file), "--force")["readers"] == 1
    assert readers(ada) == ["ada@bank.example"]
    assert ada.manage("ledger", "verify").returncode == 0
    assert ada.manage("check", "--database", "default").returncode == 0


def test_nothing_changes_where_the_file_is_none_or_torn(ada: Instance, tmp_path: Path) -> None:
    file, torn, other = tmp_path / "whole", tmp_path / "torn", tmp_path / "other"
    ada.json("backup", str(file))
    torn.write_bytes(file.read_bytes()[:-100])  # its list of contents is whole
    other.write_text("Dear diary")
    assert "is no backup" in refused(ada, "restore", str(tmp_path / "nowhere"))
    assert "is no backup" in refused(ada, "restore", str(other), "--force")
    assert "nothing was restored" in refused(ada, "restore", str(torn), "--force")
    assert readers(ada) == ["ada@bank.example"]
    assert "cannot write" in refused(ada, "backup", "/proc/backup")


def test_a_file_that_lay_ready_for_the_draft_is_not_written_to(ada: Instance, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("Dear diary")
    (tmp_path / ".night.part").symlink_to(victim)
    ada.json("backup", str(tmp_path / "night"))
    assert victim.read_text() == "Dear diary"


def test_a_backup_before_an_upgrade_is_of_what_was_before_it(ada: Instance, tmp_path: Path) -> None:
    assert ada.manage("migrate", "briefings", "0017").returncode == 0
    ada.json("backup", str(tmp_path / "before"))
    assert ada.manage("migrate", "--check").returncode != 0
    assert ada.json("restore", str(tmp_path / "before"), "--force")["readers"] == 1
    assert ada.manage("migrate", "--check").returncode == 0
    with state_directory() as var:
        assert "nothing to back up" in refused(
            Instance(var, from_nothing=True), "backup", str(tmp_path / "nothing")
        )


def test_what_is_not_ours_is_dropped_only_where_told_to(ada: Instance, tmp_path: Path) -> None:
    file = tmp_path / "night"
    ada.json("backup", str(file))
    with state_directory() as var:
        copy = Instance(var)
        assert copy.manage("migrate").returncode == 0
        shell(copy, SAY.format("CREATE TABLE diary (day date)"))
        assert "tables that are not ours: diary;" in refused(copy, "restore", str(file))
        shell(copy, SAY.format("DROP TABLE diary"))
        assert copy.json("restore", str(file))["readers"] == 1, "what is ours, and empty, is no hindrance"


def test_nothing_starts_on_what_a_restore_left_before_its_end(ada: Instance, tmp_path: Path) -> None:
    """It would send again what went since the backup."""
    file = tmp_path / "night"
    ada.json("backup", str(file))
    end = f"from pathlib import Path; from config import backup; backup.restore(Path('{file}'))"
    shell(ada, end)  # as far as its commit
    for command in ("up", "digest", "backup"):
        assert "run `restore --force` again" in refused(
            ada, command, *([str(file), "--force"] * (command == "backup"))
        )
    start = "from celery import signals; import config.celery; signals.{0}.send(sender=None)"
    for which in ("celeryd_init", "beat_init"):
        code = (
            f"import manage; manage._start_database(); import django; django.setup(); {start.format(which)}"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=PROJECT,
            env={**ada.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        )  # fmt: skip
        assert done.returncode == 2
        assert "run `restore --force` again" in done.stderr
    assert ada.json("restore", str(file), "--force")["readers"] == 1
    assert ada.manage("digest").returncode == 0


def test_it_refuses_while_anybody_uses_the_database(ada: Instance, tmp_path: Path) -> None:
    ada.json("backup", str(tmp_path / "night"))
    with ada.up("--no-catalogue", "--no-sample"):
        assert "stop web, workers and beat first" in refused(
            ada, "restore", str(tmp_path / "night"), "--force"
        )
        assert ada.json("backup", str(tmp_path / "meanwhile"))["bytes"] > 0, "a backup disturbs nobody"


def test_what_may_have_been_spent_since_is_held(ada: Instance, tmp_path: Path) -> None:
    """In a copy the day's money may be gone already: no model is asked until the day is over or a report tells."""
    file = tmp_path / "night"
    ada.json("backup", str(file))
    with state_directory() as var:
        copy = Instance(var, MODEL)
        assert copy.json("restore", str(file))["held_usd"] == "1.000000"
        assert copy.manage("ledger", "verify").returncode == 0
        calls = copy.json("ledger", "calls")
        assert [(one["state"], one["purpose"]) for one in calls] == [("unknown", "restore")]
        ask = "from inference.gateway import *; generate(Ask('brief', 'brief:b', 'write', 'You', 'write'))"
        assert "OverBudget" in copy.manage("shell", "--no-imports", "-c", ask).stderr
        assert copy.json("restore", str(file), "--force", "--moved")["held_usd"] == "0.000000"


def test_it_serves_own_servers_without_a_superuser(ada: Instance, tmp_path: Path) -> None:
    file = tmp_path / "night"
    with own_servers.own_postgres(own_servers.postgres_with_pgvector()) as port, state_directory() as var:
        urls = [own_servers.database(port, owner, with_pgvector=True) for owner in ("one", "two")]
        one, two = (Instance(var, {"DATABASE_URL": url}) for url in urls)
        shell(one, READER.format("ada"))
        one.json("backup", str(file))
        assert two.json("restore", str(file))["readers"] == 1
        assert readers(two) == ["ada@bank.example"]
        assert two.json("restore", str(file), "--force")["readers"] == 1, "over what is there as well"
        assert two.manage("migrate", "--check").returncode == 0


def test_no_password_is_among_the_arguments() -> None:
    """Where every user of the machine could read it."""
    source = (PROJECT / "config" / "backup.py").read_text()
    assert "get_connection_params" in source
    code = """
import os, sys
os.environ["DATABASE_URL"] = "postgresql://ada:sec%40ret@db.example/news?sslmode=require"
import django; django.setup()
from config import backup
import json; print(json.dumps(backup._environment()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip
    given: dict[str, Any] = json.loads(done.stdout)
    assert given["PGPASSWORD"] == "sec@ret"
    assert (given["PGHOST"], given["PGUSER"], given["PGDATABASE"], given["PGSSLMODE"]) == (
        "db.example",
        "ada",
        "news",
        "require",
    )
