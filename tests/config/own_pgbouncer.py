"""A PgBouncer before a Postgres, as a user would run it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.config.own_servers import nobody, running
from tests.processes import free_port, state_directory, wait_for

CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {connections}
max_client_conn = 200
server_reset_query_always = 0
ignore_startup_parameters = {ignored}
logfile = {folder}/log
"""


@contextlib.contextmanager
def own_pgbouncer(
    database: str, connections: int, mode: str = "transaction", ignored: str = ""
) -> Iterator[str]:
    """The address of that database behind it, with so many connections. Skips where there is none.

    `ignored`: parameters of a connection's start that it does not refuse, with commas between them.
    """
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if not program:
        pytest.skip("no pgbouncer here; tests/system_packages.sh installs it where it can")
    parts, port = urlsplit(database), free_port()
    with psycopg.connect(database) as own:
        user, password = own.info.user, own.info.password
    with state_directory() as folder:
        (folder / "users").write_text(f'"{user}" "{password}"\n')
        (folder / "pgbouncer.ini").write_text(
            CONFIGURATION.format(
                server=parts.port,
                port=port,
                folder=folder,
                connections=connections,
                mode=mode,
                ignored=ignored,
            )
        )
        if who := nobody():
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, who)
        address = database.replace(f":{parts.port}/", f":{port}/")
        with running(program, str(folder / "pgbouncer.ini"), user=nobody()):
            wait_for(lambda: _answers(address), 20, "PgBouncer")
            yield address


def _answers(address: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address):
        return True
    return False
