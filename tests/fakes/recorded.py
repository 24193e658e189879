"""Serves a folder of recorded feeds and pages on loopback, and lists its feeds."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from tests.fakes.web_server import WebServer

TYPES = {".xml": "application/xml", ".html": "text/html; charset=utf-8"}


def serve(web: WebServer, folder: Path) -> list[str]:
    """Serve every feed and page under `folder` at its relative path; the feeds' addresses."""
    feeds = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in TYPES:
            at = "/" + quote(str(path.relative_to(folder)))
            address = web.put(at, path.read_bytes(), content_type=TYPES[path.suffix])
            if path.suffix == ".xml":
                feeds.append(address)
    return feeds
