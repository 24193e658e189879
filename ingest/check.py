"""Looks at feeds without keeping anything: which answer, what they are, and what is wrong with the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from ingest.fetch import Fetched, FetchError, fetch
from ingest.parse import ParsedFeed, ParseError, parse_feed

HOSTS_AT_ONCE = 16


@dataclass(frozen=True)
class Answer:
    """What an address answered: a feed, or in `error` in plain words why it is none. `newest` is aware, UTC.

    `moved_to` is set when the answer came from another address by permanent redirects only.
    """

    url: str
    error: str = ""
    format: str = ""
    title: str = ""
    site_url: str = ""
    entries: int = 0
    newest: datetime | None = None
    moved_to: str = ""
    links: frozenset[str] = frozenset()


def look(url: str, found_at: str = "") -> Answer:
    """What lies at the address now, fetched through the door (`found_at` as there); raises nothing, stores nothing."""
    try:
        fetched = fetch(url, found_at=found_at)
        return described(url, fetched, parse_feed(fetched.body, fetched.url, fetched.content_type))
    except (FetchError, ParseError) as error:
        return Answer(url, error=error.words)


def described(url: str, fetched: Fetched, feed: ParsedFeed) -> Answer:
    """The answer that a feed makes."""
    dates = [when for item in feed.items if (when := item.published or item.updated)]
    return Answer(
        url,
        format=feed.format,
        title=feed.title,
        site_url=feed.site_url,
        entries=len(feed.items) + feed.left_out,
        newest=max(dates, default=None),
        moved_to=fetched.moved_to,
        links=frozenset(item.url for item in feed.items if item.url),
    )


def look_at(urls: Iterable[str], say: Callable[[Answer], object] = lambda _: None) -> list[Answer]:
    """The answers in the order of `urls`: hosts side by side, one look at a time at each; `say` hears them early."""
    wanted = list(dict.fromkeys(urls))
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in wanted:
        hosts[urlsplit(url).netloc.casefold()].append(url)
    found: dict[str, Answer] = {}
    with ThreadPoolExecutor(HOSTS_AT_ONCE, thread_name_prefix="check") as pool:
        for done in as_completed([pool.submit(_lane, lane, say) for lane in hosts.values()]):
            found |= {answer.url: answer for answer in done.result()}
    return [found[url] for url in wanted]


def _lane(urls: list[str], say: Callable[[Answer], object]) -> list[Answer]:
    answers = []
    for url in urls:
        answers.append(look(url))
        say(answers[-1])
    return answers
