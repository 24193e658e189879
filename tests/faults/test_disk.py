"""F42 and F43: full disks. Nothing new is taken in, pages stay, and all goes on by itself once there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import signals
from django.utils import timezone

from briefings.write.brief import write
from inference import disk
from inference.models import Call
from ingest.tasks import sweep_articles, sweep_pages, sweep_sources
from tests.briefings.stories import MATERIAL
from tests.fakes.model_server import ModelServer
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.ingest.newsroom import article, source
from tests.processes import Instance, Running, wait_for

MEGABYTE = 2**20


def fill(disk: Path, left: int = 0) -> Path:
    """A file that leaves so many bytes of the disk, or none at all."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * MEGABYTE)
    if left:
        with filler.open("r+b") as file:
            file.truncate(filler.stat().st_size - left)
    return filler


@contextmanager
def nudges() -> Iterator[list[str]]:
    """The tasks that go into the queue meanwhile."""
    sent: list[str] = []

    def note(sender: str, **_: Any) -> None:
        sent.append(sender)

    signals.before_task_publish.connect(note)
    yield sent
    signals.before_task_publish.disconnect(note)


@pytest.mark.django_db
def test_nearly_full_it_reads_no_feed_and_asks_no_model(
    small_disk: Path, provider: ModelServer, settings: Any
) -> None:
    settings.NUTGRAF_DISKS = [small_disk / "not there yet", small_disk]
    filler = fill(small_disk, left=MEGABYTE // 2)
    new = source("paper", due_at=timezone.now() - timedelta(minutes=1))
    item = article(new, "OpenAI launches GPT-5")
    with nudges() as sent:
        for sweep in (sweep_sources, sweep_articles, sweep_pages):
            sweep()
    assert sent == ["ingest.tasks.place_articles"], "what has been read finds its story"
    assert write(MATERIAL, "brief:b1").writer == "extractive"
    assert (provider.requests, Call.objects.count()) == ([], 0)
    filler.unlink()
    with nudges() as sent:
        sweep_sources()
    assert sent == ["ingest.tasks.refresh_sources"]
    assert write(MATERIAL, "brief:b1").writer == "model"
    assert item.pk


def test_a_tenth_of_a_disk_is_kept_free_but_of_a_large_one_two_gigabytes(
    small_disk: Path, settings: Any
) -> None:
    settings.NUTGRAF_DISKS = [small_disk]
    assert not disk.full()
    fill(small_disk, left=MEGABYTE)
    assert not disk.full(), "an eighth is free"
    fill(small_disk, left=MEGABYTE // 2)
    assert disk.full()


@pytest.mark.processes
@pytest.mark.parametrize("small_disk", [700], indirect=True)
def test_a_whole_nutgraf_outlives_a_full_disk(small_disk: Path) -> None:
    """Its database's disk is filled to the last byte; pages are served, and it goes on unaided when there is room."""
    instance = Instance(small_disk / "var", {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
    log = small_disk.parent / "log"
    with WebServer() as web, instance.up("--no-catalogue", "--no-sample", stderr=log) as running:
        first = web.put("/first.xml", whole(*reports("docket")))
        assert instance.manage("sources", "add", first).returncode == 0
        wait_for(lambda: len(instance.json("stories")) == 3, 90, "stories")
        wait_for(lambda: _shows_a_brief(running), 90, "a brief")
        filler = fill(small_disk)
        second = web.put("/second.xml", whole(*reports("labnotes")))
        instance.manage("sources", "add", second)  # it may be refused: there is no room for it
        wait_for(lambda: "MB are free" in log.read_text(), 90, "a word about the disk")
        assert _shows_a_brief(running), "what was there can be read"
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
    full = Path("/dev/full")  # each write to it fails as on a full disk
    with WebServer() as web, instance.up("--no-catalogue", "--no-sample", stderr=full) as running:
        fill(small_disk)
        feed = web.put("/feed.xml", whole(*reports("docket")))
        assert instance.manage("sources", "add", feed).returncode == 0
        wait_for(lambda: len(instance.json("stories")) == 3, 90, "stories")
        wait_for(lambda: _shows_a_brief(running), 90, "a brief")
