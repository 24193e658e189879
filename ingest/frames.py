"""Frames between a process and its guarded child: two lengths, one JSON document, raw bytes."""

from __future__ import annotations

import json
import struct
from typing import Any, Protocol

_HEAD = struct.Struct(">II")
_MOST = 1 << 20


class Readable(Protocol):
    def read(self, size: int) -> bytes | None: ...


def pack(document: dict[str, Any], body: bytes = b"") -> bytes:
    """One frame."""
    text = json.dumps(document).encode("utf-8", "replace")
    return _HEAD.pack(len(text), len(body)) + text + body


def read(stream: Readable) -> tuple[dict[str, Any], bytes]:
    """The next frame of an unbuffered stream, of which not one byte more is read; EOFError when the stream ends."""
    text_size, body_size = _HEAD.unpack(_exactly(stream, _HEAD.size))
    return json.loads(_exactly(stream, text_size)), _exactly(stream, body_size)


def _exactly(stream: Readable, size: int) -> bytes:
    parts = []
    while size:
        part = stream.read(min(size, _MOST))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
