"""The door to parsing: bytes in, checked values out, through guarded children that are killed at any breach.

Children are started when first needed, kept for the next job, never shared with a forked process, and end by
themselves when this process does. Must not know what is done with a feed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest import frames
from ingest.asks import NOTHING, Asks

WALL_SECONDS = 10.0
MOST_CHILDREN = 2
PROJECT = Path(__file__).resolve().parent.parent


class ParseError(Exception):
    """The bytes could not be read as what they should be: `code` for programs, `words` for people."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True)
class ParsedItem:
    """One entry as the feed gives it: visible plain text, web links only, times in UTC or None."""

    guid: str
    url: str
    title: str
    author: str
    published: datetime | None
    updated: datetime | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class ParsedFeed:
    """A readable feed; `left_out` counts entries beyond the newest 2,000, `format` is for people ("RSS 2.0")."""

    title: str
    site_url: str
    language: str
    items: tuple[ParsedItem, ...]
    left_out: int = 0
    format: str = ""
    asks: Asks = NOTHING


@dataclass(frozen=True)
class PageText:
    """The main text of a page."""

    paragraphs: tuple[str, ...]


def parse_feed(body: bytes, url: str, content_type: str) -> ParsedFeed:
    """The feed in `body`, which came from `url`; ParseError: not_a_feed, empty, broken, too_big, too_slow."""
    found = _ask("feed", body, url, content_type)
    items = tuple(_item(one) for one in found["items"])
    asks = found.get("asks", {})
    return ParsedFeed(
        found["title"],
        found["site_url"],
        found["language"],
        items,
        found["left_out"],
        found.get("format", ""),
        Asks(asks.get("ttl"), tuple(asks.get("skip_hours", ())), tuple(asks.get("skip_days", ()))),
    )


def extract_page(body: bytes, url: str, charset: str, title: str = "", author: str = "") -> PageText:
    """The article text of an HTML page; ParseError: no_text, broken, too_big, too_slow.

    `title` and `author` are what we know already, so that the text is free of headline and byline.
    """
    found = _ask("page", body, url, charset, title, author)
    return PageText(tuple(found["paragraphs"]))


@dataclass(frozen=True)
class Outline:
    """A feed in an OPML file; `folders` are those it lies in and the categories it names."""

    url: str
    title: str
    folders: tuple[str, ...] = ()


def parse_opml(body: bytes) -> list[Outline]:
    """Every feed in an OPML file; ParseError: not_opml, broken, too_big, too_slow."""
    found = _ask("opml", body, "", "")
    return [Outline(one["url"], one["title"], tuple(one["folders"])) for one in found["feeds"]]


def parse_links(body: bytes, url: str, charset: str) -> list[str]:
    """Addresses of the feeds that an HTML page names, the likeliest first; ParseError: broken, too_big, too_slow."""
    links: list[str] = _ask("links", body, url, charset)["links"]
    return links


def judge_robots(body: bytes, agent: str, urls: Sequence[str]) -> tuple[frozenset[str], float]:
    """Which of `urls` a robots.txt lets `agent` read, and the seconds it asks between two requests.

    ParseError: broken, too_big, too_slow.
    """
    found = _ask("robots", body, "", agent, *urls)
    return frozenset(found["allowed"]), float(found["delay"])


def _item(one: dict[str, Any]) -> ParsedItem:
    return ParsedItem(
        guid=one["guid"],
        url=one["url"],
        title=one["title"],
        author=one["author"],
        published=_when(one["published"]),
        updated=_when(one["updated"]),
        paragraphs=tuple(one["paragraphs"]),
    )


def _when(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


class _Child:
    """One guarded process and the pipe to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        # Nothing of our environment but where Python finds its modules: a subverted parser must find no secrets.
        env = {
            "PYTHONPATH": os.pathsep.join([str(PROJECT), *filter(None, sys.path)]),
            "PYTHONIOENCODING": "utf-8",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.parse_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=PROJECT,
            env=env,
            start_new_session=True,
        )

    def ask(self, job: dict[str, Any], body: bytes) -> dict[str, Any]:
        """The child's answer; TimeoutError or EOFError (also BrokenPipeError) when it breached a limit."""
        deadline = time.monotonic() + WALL_SECONDS
        killer = threading.Timer(WALL_SECONDS, self.process.kill)
        killer.daemon = True
        killer.start()
        try:
            assert self.process.stdin is not None and self.process.stdout is not None  # noqa: S101, PT018
            self._send(frames.pack(job, body))
            return frames.read(self.process.stdout)[0]
        except (EOFError, BrokenPipeError):
            if time.monotonic() >= deadline:
                raise TimeoutError from None
            raise
        finally:
            killer.cancel()

    def _send(self, frame: bytes) -> None:
        stdin = self.process.stdin
        view = memoryview(frame)
        while view and stdin is not None:
            view = view[stdin.write(view) or 0 :]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class _Children:
    """At most MOST_CHILDREN, lent one job at a time, none of them inherited over a fork."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.room = threading.Semaphore(MOST_CHILDREN)
        self.idle: list[_Child] = []

    def take(self) -> _Child:
        with self.lock:
            while self.idle:
                child = self.idle.pop()
                if child.process.poll() is None:
                    return child
                child.end()
        return _Child()

    def give(self, child: _Child) -> None:
        with self.lock:
            self.idle.append(child)


_children = _Children()


def _renew() -> None:
    # A forked process must not speak on its parent's pipes; locks held at the fork would never open again.
    global _children
    for child in _children.idle:
        child.process.returncode = 0  # not ours to wait for
        for pipe in (child.process.stdin, child.process.stdout):
            if pipe is not None:
                pipe.close()
    _children = _Children()


os.register_at_fork(after_in_child=_renew)


def _ask(kind: str, body: bytes, url: str, hint: str, *about: str) -> dict[str, Any]:
    job = {"job": kind, "url": url, "hint": hint, "about": about}
    children = _children
    with children.room:
        child = children.take()
        try:
            answer = child.ask(job, body)
        except TimeoutError:
            child.end()
            raise ParseError("too_slow", "reading it took longer than allowed") from None
        except (EOFError, BrokenPipeError, ValueError):
            child.end()
            raise ParseError("too_big", "reading it took more time or memory than allowed") from None
        except BaseException:
            child.end()
            raise
        children.give(child)
    if "error" in answer:
        raise ParseError(answer["error"], answer["words"])
    found: dict[str, Any] = answer["ok"]
    return found


def stop() -> None:
    """End this process's children now; the next job starts new ones."""
    with _children.lock:
        while _children.idle:
            _children.idle.pop().end()
