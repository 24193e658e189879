"""F42 and F43, with a whole Nutgraf: the disk of its database is full, or that of its logs and temporary files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.faults.test_disk import fill
from tests.processes import Instance, Running, wait_for


@pytest.mark.processes
@pytest.mark.parametrize("small_disk", [700], indirect=True)
def test_a_whole_nutgraf_outlives_a_full_disk(small_disk: Path) -> None:
    """Its database's disk is filled to the last byte; pages are served, and it goes on unaided when there is room."""
    instance = Instance(small_disk / "var", {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
    instance.var.mkdir()
    log = small_disk.parent / "log"
    with WebServer() as web, instance.up("--no-catalogue", "--no-sample", stderr=log) as running:
        first = web.put("/first.xml", whole(*reports("docket")))
        assert instance.manage("sources", "add", first).returncode == 0
        wait_for(lambda: len(instance.json("stories")) == 3, 90, "stories")
        wait_for(lambda: _shows_a_brief(running), 90, "a brief")
        fill(small_disk, left=20 * 2**20)
        wait_for(lambda: "MB are free" in log.read_text(), 90, "a word about the disk")
        filler = fill(small_disk)  # now to the last byte
        second = web.put("/second.xml", whole(*reports("labnotes")))
        instance.manage("sources", "add", second)  # it may be refused: there is no room for it
        wait_for(lambda: _shows_a_brief(running), 60, "what was there, to be read")
        filler.unlink()
        wait_for(lambda: instance.manage("sources", "add", second).returncode == 0, 90, "room for a source")
        wait_for(lambda: len(instance.json("stories")) > 3, 120, "more stories")
        assert _shows_a_brief(running)
        assert instance.manage("ledger", "verify").returncode == 0


def _shows_a_brief(running: Running) -> bool:
    with suppress(OSError):
        return "A brief, exactly as a reader gets it" in running.page("/")
    return False


@pytest.mark.processes
@pytest.mark.parametrize("small_disk", [16], indirect=True)
def test_work_goes_on_where_neither_logs_nor_temporary_files_can_be_written(
    small_disk: Path, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    extra = {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8", "TMPDIR": str(small_disk)}
    instance = Instance(tmp_path / "var", extra)
    instance.var.mkdir()
    full = Path("/dev/full")  # each write to it fails as on a full disk
    with WebServer() as web, instance.up("--no-catalogue", "--no-sample", stderr=full) as running:
        fill(small_disk)
        feed = web.put("/feed.xml", whole(*reports("docket")))
        assert instance.manage("sources", "add", feed).returncode == 0
        wait_for(lambda: len(instance.json("stories")) == 3, 90, "stories")
        wait_for(lambda: _shows_a_brief(running), 90, "a brief")
