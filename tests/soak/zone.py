"""A time zone of our own, whose clocks show a full hour at whatever moment a trial needs one."""

from __future__ import annotations

import os
import struct
import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

NAME = "Soak"
HOUR = 7
SYSTEM = (
    "/usr/share/zoneinfo"  # where there is none, Python falls back to the tzdata package, as without a path
)


def make(folder: Path, at: datetime) -> dict[str, str]:
    """A zone in which it is seven in the morning at that moment (aware, UTC; whole seconds), known to this process.

    What comes back is the environment by which other processes know it.
    """
    since_midnight = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
    ahead = timedelta(hours=HOUR) - since_midnight
    if ahead <= timedelta(hours=-12):
        ahead += timedelta(days=1)
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(_file(int(ahead.total_seconds())))
    path = os.pathsep.join(dict.fromkeys((str(folder), SYSTEM, *zoneinfo.TZPATH)))
    zoneinfo.reset_tzpath(path.split(os.pathsep))
    return {"PYTHONTZPATH": path}


def _file(ahead: int) -> bytes:
    """As RFC 8536 has it: a block for old readers, one for new ones, and the rule of a clock that never changes."""
    block = b"TZif2" + b"\0" * 15 + struct.pack(">6l", 0, 0, 0, 0, 1, 5)
    block += struct.pack(">lBB", ahead, 0, 0) + b"SOAK\0"
    sign, seconds = ("-" if ahead >= 0 else "+"), abs(ahead)  # the rule counts westwards
    rule = f"\nSOAK{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}\n"
    return block + block + rule.encode()
