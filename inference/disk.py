"""Whether the disks that our state lies on have room: near their end nothing new is taken in, so that all else goes on.

A Postgres without room on its disk takes nothing at all any more, and one without room for its log stops.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

USED = 0.9  # of a disk; but of a large one
SPARE = 2 * 2**30  # so many bytes are room enough

log = logging.getLogger(__name__)


def full() -> bool:
    """Whether to take nothing new in until there is room again; says so in the log.

    It cannot see the disks of servers of your own.
    """
    for room in rooms():
        if room.free < room.needed:
            log.error(
                "%s: only %s MB are free: no feed is read and no model asked", room.folder, room.free // 2**20
            )
            return True
    return False


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that are free where `folder` lies, and below how many nothing new is taken in."""

    folder: Path
    free: int
    needed: float


def rooms() -> Iterator[Room]:
    """Of every disk of ours."""
    for folder in dict.fromkeys(settings.NUTGRAF_DISKS):
        try:
            disk = shutil.disk_usage(folder)
        except OSError:  # not there yet, or taken away: others say so
            continue
        yield Room(folder, disk.free, min(SPARE, (1 - USED) * (disk.used + disk.free)))
