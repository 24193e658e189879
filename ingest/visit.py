"""One visit to the pages of articles: politely lent hosts, their robots.txt obeyed, no transaction open meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import datetime

from ingest import hosts, robots_rows
from ingest.pages import Page, Run, Wanted, read_pages

TOGETHER = 100  # pages that are in memory at once, to be stored by few statements


def visit(
    wanted: Sequence[Wanted], now: datetime, not_now: Callable[[Sequence[int]], object]
) -> Generator[list[Page]]:
    """The pages as they come, in any order and some at a time, so that a host that hangs holds up its own alone.

    `not_now` is called first, with the articles whose host another process is asking just now.
    To be closed (`contextlib.closing`) where it may be left before its end: until then the hosts are lent.
    """
    with hosts.lent(hosts.host_of(one.url) for one in wanted) as ours:
        not_now([one.pk for one in wanted if hosts.host_of(one.url) not in ours])
        mine = [one for one in wanted if hosts.host_of(one.url) in ours]
        with robots_rows.opened([one.url for one in mine], now) as gate:
            some: list[Page] = []
            for page in read_pages(mine, Run(), gate):
                some.append(page)
                if len(some) == TOGETHER:
                    yield some
                    some = []
            if some:
                yield some
