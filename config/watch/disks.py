"""How much room the disks of this machine have, beside what they need (`inference/disk.py`)."""

from __future__ import annotations

from inference.disk import Room, rooms

NEARLY = 2.0  # of what is needed: nearly full


def nearly_full() -> list[Room]:
    return [room for room in rooms() if room.free < NEARLY * room.needed]
