"""The nightly backup of the cluster, run as it stands there, on a server with a password full of signs."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.config import own_servers

MANIFEST = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes" / "backup.yaml"
KEEP_ARGUMENTS = """#!/bin/sh
printf '%s\\n' "$@" > '{folder}/arguments'
exec '{program}' "$@"
"""


def script(folder: Path) -> list[str]:
    """The command of the job, with its two folders under `folder`."""
    job = next(yaml.safe_load_all(MANIFEST.read_text()))
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    places = {"/run/secrets/nutgraf": str(folder), "/backups": str(folder / "backups")}
    words = container["command"]
    for there, here in places.items():
        words = [word.replace(there, here) for word in words]
    return [str(word) for word in words]


@pytest.mark.processes
def test_it_writes_a_whole_backup_and_shows_nobody_the_password(tmp_path: Path) -> None:
    programs = own_servers.postgres_with_pgvector()
    (tmp_path / "backups").mkdir()
    shown = tmp_path / "pg_dump"
    shown.write_text(KEEP_ARGUMENTS.format(folder=tmp_path, program=programs / "pg_dump"))
    shown.chmod(0o700)
    with own_servers.own_postgres(programs) as port:
        url = own_servers.database(port, "one", with_pgvector=True)
        (tmp_path / "database_url").write_text(f"{url}?connect_timeout=10\n")
        path = f"{tmp_path}:{programs}:{os.environ['PATH']}"
        done = subprocess.run(
            script(tmp_path), env={"PATH": path}, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "backups").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listed = subprocess.run(
        [programs / "pg_restore", "--list", file], capture_output=True, text=True, check=True
    )
    assert "EXTENSION - vector" in listed.stdout
    arguments = (tmp_path / "arguments").read_text()
    assert "postgresql://one@127.0.0.1" in arguments
    assert url.partition("one:")[2].partition("@")[0] not in arguments
    assert own_servers.PASSWORD not in arguments
