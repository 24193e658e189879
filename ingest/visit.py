"""One visit to the pages of articles: politely lent hosts, their robots.txt obeyed, no transaction open meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ingest import hosts, robots_rows
from ingest.pages import Page, Run, Wanted, read_pages


def visit(wanted: Sequence[Wanted], run: Run, now: datetime) -> tuple[list[Page], list[int]]:
    """The pages, in any order, and the articles whose host another process is asking just now."""
    with hosts.lent(hosts.host_of(one.url) for one in wanted) as ours:
        mine = [one for one in wanted if hosts.host_of(one.url) in ours]
        with robots_rows.opened([one.url for one in mine], now) as gate:
            pages = read_pages(mine, run, gate)
    asked = {one.pk for one in mine}
    return pages, [one.pk for one in wanted if one.pk not in asked]
