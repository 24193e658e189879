"""The proxy of compose.yaml, run as its Caddyfile says, in front of nobody."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.processes import free_port, wait_for

CADDYFILE = Path(__file__).resolve().parents[2] / "deploy" / "Caddyfile"
SECRET = "7h3-s3cr37-0f-a-5har3"


def ask(port: int, referer: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", f"/s/{SECRET}?key={SECRET}", headers={"Referer": referer})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.mark.processes
def test_no_line_of_its_log_has_an_address_that_is_a_secret(tmp_path: Path) -> None:
    """Nor one of a request that went wrong, which goes to another log than the others."""
    program = shutil.which("caddy")
    if not program:
        pytest.skip("no caddy here")
    port, said = free_port(), tmp_path / "said"
    own = (
        CADDYFILE.read_text()
        .replace("{", "{\n\tadmin off", 1)
        .replace("web:8000", f"127.0.0.1:{free_port()}")
    )
    (tmp_path / "Caddyfile").write_text(own)
    environment = {**os.environ, "NUTGRAF_HOST": f"http://127.0.0.1:{port}", "HOME": str(tmp_path)}
    run = [program, "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    with said.open("w") as file, subprocess.Popen(run, env=environment, stderr=file, stdout=file) as proxy:
        try:
            wait_for(lambda: ask(port) >= 500, 20, "the proxy")
            ask(port, referer=f"https://news.example.org/mail/{SECRET}/")
            wait_for(lambda: "http.log.access" in (log := said.read_text()) and "http.log.error" in log)
        finally:
            proxy.terminate()
    assert SECRET not in said.read_text()


def test_it_compresses_nothing_that_the_pages_leave_alone() -> None:
    assert "encode" not in CADDYFILE.read_text()
