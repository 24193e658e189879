"""Ten thousand publishers in one process: each has an address of 127.0.0.0/8 of its own, some hang, fail or are bombs.

Every healthy feed has a few entries about nothing in particular. Some also tell of events of the AI industry, each of
which several publishers tell in their own words: those of the last twenty hours at once, and a new one every so often.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from bench.polling import kind_of

EVENTS, HOURS = 120, 20.0  # told already when it begins, and in how many hours they happened
TELLERS = 6
EVERY = 30.0  # seconds between two new events
WAITING = 512  # connections that may wait to be taken
FAILURES = (500, 404, 403, 429)
FIRST = (
    "Alder",
    "Birch",
    "Cedar",
    "Dune",
    "Ember",
    "Fjord",
    "Garnet",
    "Harbor",
    "Indigo",
    "Juniper",
    "Kestrel",
)
SECOND = ("Labs", "Works", "Robotics", "Research", "Systems", "Computing", "Intelligence")
MODELS = (
    "Lantern",
    "Compass",
    "Quill",
    "Anchor",
    "Meridian",
    "Sextant",
    "Pilot",
    "Beacon",
    "Harvest",
    "Tiller",
)
FIELDS = ("legal", "insurance", "shipping", "hospital", "banking", "customs", "grid", "mining", "retail")
CITIES = ("Lisbon", "Porto", "Gdansk", "Bergen", "Trieste", "Antwerp", "Riga", "Turku", "Bari")


@dataclass(frozen=True)
class World:
    """The running publishers; `pipe` leads to them."""

    port: int
    count: int
    pipe: Connection

    def url(self, number: int) -> str:
        """The feed's address; its kind stands in it, for those who look at the rows."""
        host = f"127.{1 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
        return f"http://{host}:{self.port}{path(number)}"

    def looks(self) -> dict[str, int]:
        """How often feeds were asked for so far, by their kind."""
        self.pipe.send("looks")
        found: dict[str, int] = self.pipe.recv()
        return found


def path(number: int) -> str:
    return f"/{kind_of(number)}/{number}"


def tellers(event: int, count: int) -> list[int]:
    """The healthy publishers that tell of an event, fewer in a small world."""
    found = dict.fromkeys((event * 37 + turn * 131) % count for turn in range(TELLERS * 3))
    return [number for number in found if kind_of(number) == "well"][:TELLERS]


@contextmanager
def running(count: int, every: float = EVERY) -> Iterator[World]:
    ours, theirs = (context := get_context("spawn")).Pipe()
    process = context.Process(target=_serve, args=(theirs, count, every), daemon=True)
    process.start()
    theirs.close()  # so that its end is noticed
    try:
        yield World(ours.recv(), count, ours)
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection, size: int, every: float) -> None:
    from tests.fakes import hostile, web_server
    from tests.fakes.web_server import WebServer

    hostile.prepare()
    bombs = list(hostile.QUICK.values())
    with WebServer("0.0.0.0") as web:  # noqa: S104 - all of 127.0.0.0/8, each address a host
        web.server.socket.listen(WAITING)
        press = Press(size, datetime.now(UTC))
        for number in range(size):
            kind = kind_of(number)
            if kind == "well":
                web.put(path(number), press.feed(number))
            elif kind == "fail":
                web.put(path(number), b"", FAILURES[number % len(FAILURES)])
            else:
                web.misbehave(
                    path(number), web_server.silent if kind == "hang" else bombs[number % len(bombs)]
                )
        threading.Thread(target=_go_on, args=(web, press, every), daemon=True).start()
        pipe.send(web.port)
        while pipe.recv() == "looks":
            kinds = ("well", "hang", "fail", "bomb")
            seen = web.seen.copy()
            pipe.send(
                {kind: sum(n for one, n in seen.items() if one.startswith(f"/{kind}/")) for kind in kinds}
            )


def _go_on(web: Any, press: Press, every: float) -> None:
    for event in count(EVENTS):
        time.sleep(every)
        for number in press.happens(event, datetime.now(UTC)):
            web.put(path(number), press.feed(number))


class Press:
    """Who has told what so far."""

    def __init__(self, size: int, now: datetime) -> None:
        self.size, self.began = size, now
        self.told: dict[int, list[tuple[int, int, datetime]]] = {}
        for event in range(EVENTS):
            self.happens(event, now - timedelta(hours=HOURS * (1 - event / EVENTS)))

    def happens(self, event: int, at: datetime) -> list[int]:
        """The publishers that tell of it, one after the other within minutes."""
        found = tellers(event, self.size)
        for turn, number in enumerate(found):
            self.told.setdefault(number, []).append((event, turn, at - timedelta(seconds=40 * turn)))
        return found

    def feed(self, number: int) -> str:
        from tests.fakes.web_server import item, rss

        entries = []
        for event, turn, at in reversed(self.told.get(number, [])):
            title, text = article(event, turn)
            entries.append(item(title, "", text, f"{number}-{event}", format_datetime(at)))
        for turn in range(3):
            at = self.began - timedelta(hours=5 + 7 * turn, minutes=number % 60)
            title = f"Street {number * 3 + turn} of {CITIES[number % len(CITIES)]} gets a new pavement"
            text = f"<p>{title}, the town council said. {'Masons lay stones for some weeks. ' * 30}</p>"
            entries.append(item(title, "", text, f"{number}:{turn}", format_datetime(at)))
        return rss(*entries, title=f"The Gazette of {number}")


def article(event: int, turn: int) -> tuple[str, str]:
    """Title and text of an event as its `turn`-th publisher has it. No two events share company and model."""
    company = f"{FIRST[event % len(FIRST)]} {SECOND[event // len(FIRST) % len(SECOND)]}"
    model = f"{MODELS[event % len(MODELS)]} {event // len(MODELS) + 2}"
    field, city = FIELDS[event % len(FIELDS)], CITIES[event * 5 % len(CITIES)]
    people, price, share, firms = 120 + event * 7 % 800, 2 + event % 17, 11 + event * 3 % 70, 12 + event % 40
    title = (
        f"{company} releases {model}, an AI model for {field} documents",
        f"{model}, a large language model from {company}, reads {field} documents",
        f"{company} opens its AI model {model} to {field} firms",
    )[turn % 3]
    first = (
        f"{company} released {model} on Tuesday, a large language model that reads {field} documents.",
        f"With {model}, {company} has released a large language model that reads {field} documents.",
        f"The AI company {company} has opened {model}, its language model for {field} documents, to customers.",
    )[turn % 3]
    others = [
        f"{firms} {field} firms in {city} have tried it since spring, the company said.",
        f"{model} costs {price} dollars per million tokens, according to its price list.",
        f"In a test by the university of {city}, {model} found {share} percent of the errors that readers had found.",
        f"{company} employs {people} people, most of them in {city}.",
        f"Rivals doubt that one artificial intelligence can read the {field} documents of every country.",
        f"The regulator of {city} wants to see how {model} was trained before it allows its use.",
    ]
    begin = turn % len(others)
    told = [first, *others[begin:], *others[:begin]]
    half = len(told) // 2
    return title, f"<p>{' '.join(told[:half])}</p><p>{' '.join(told[half:])}</p>"
