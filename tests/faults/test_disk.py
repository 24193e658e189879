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
from tests.ingest.newsroom import article, source

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
