"""What each thing costs in processor seconds and bytes, all in one run: the slopes that docs/scale.md is made of.

    bench/scale.py [--archive N] [--readers N] [--feeds N]     prints JSON; bench/paper.py writes the paper by it

Milliseconds of a processor, not of the clock, so that others on the machine change little: `_py` of this process and of
the parsing children, `_pg` of the database server with all its processes. Servers that stand for the outside run in
processes of their own and are not counted. Pages are asked of the application itself: what granian adds is not in it.
The recorded feeds serve where they are (NUTGRAF_CORPUS), else the bundled sample.
"""

from __future__ import annotations

import argparse
import ipaddress
import itertools
import json
import logging
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
ENTRIES = 20  # of a feed
TIMES = 60
ALIKE = 30  # readers who differ in nothing
TURNS = 5
OUTSIDE: set[int] = set()  # processes that stand for it
Figures = dict[str, float]


class Spent(NamedTuple):
    """Seconds of a processor."""

    python: float
    postgres: float

    def each(self, name: str, times: float) -> Figures:
        """Milliseconds of one of so many, as the paper names them."""
        return {
            f"{name}_py": max(0.0, self.python) * 1000 / times,
            f"{name}_pg": max(0.0, self.postgres) * 1000 / times,
        }

    def without(self, other: Spent, times: float = 1) -> Spent:
        return Spent(self.python - other.python * times, self.postgres - other.postgres * times)


def spent(work: Callable[[], object]) -> Spent:
    before = Spent(_ours(), _servers())
    work()
    return Spent(_ours() - before.python, _servers() - before.postgres)


def _ours() -> float:
    import psutil

    total, me = time.process_time(), psutil.Process()
    ended = me.cpu_times()
    for child in me.children(recursive=True):
        with suppress(psutil.Error):
            if child.pid not in OUTSIDE:
                total += sum(child.cpu_times()[:2])
    return total + ended.children_user + ended.children_system


def _servers() -> float:
    import psutil
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        parent = psutil.Process(cursor.fetchone()[0]).parent()
    assert parent is not None
    times = parent.cpu_times()
    total = sum(times)  # with that of its processes that ended
    for child in parent.children():
        with suppress(psutil.Error):
            total += sum(child.cpu_times()[:2])
    return float(total)


# ---------------------------------------------------------------- reading


@contextmanager
def served(feeds: list[str]) -> Iterator[list[str]]:
    """The addresses of these feeds, served by a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(theirs, feeds), daemon=True)
    server.start()
    OUTSIDE.add(server.pid or 0)
    try:
        yield ours.recv()
    finally:
        server.terminate()
        server.join()


def _serve(pipe: Any, feeds: list[str]) -> None:
    from tests.fakes.web_server import WebServer

    with WebServer() as web:
        pipe.send([web.put(f"/{number}", feed) for number, feed in enumerate(feeds)])
        pipe.poll(None)


def feeds_of(found: list[tuple[str, Any]], count: int) -> list[str]:
    """Feeds whose entries differ from each other and carry their text, so that no page is asked for."""
    from bench.cluster import invented
    from tests.fakes.web_server import item, rss

    at = datetime.now(UTC) - timedelta(hours=2)
    made = []
    for number in range(count):
        entries = invented(found, number * ENTRIES, ENTRIES, 250)
        items = [
            item(one["title"], "", f"<p>{one['summary']}</p>", f"{number}-{n}", format_datetime(at))
            for n, (_, one) in enumerate(entries)
        ]
        made.append(rss(*items, title=f"Feed {number}"))
    return made


def reading(found: list[tuple[str, Any]], count: int) -> Figures:
    from django.utils import timezone

    from ingest import parse
    from ingest.models import Article, Source
    from ingest.place import place
    from ingest.read import read_many
    from ingest.refresh import refresh_many

    with served(feeds_of(found, count + 4)) as urls:
        Source.objects.bulk_create([Source(url=url, any_topic=True, due_at=timezone.now()) for url in urls])
        ours = Source.objects.filter(url__in=urls)
        keys = list(ours.order_by("pk").values_list("pk", flat=True))
        refresh_many(keys[:4], timezone.now(), True)  # the parsing children are up before anything is counted
        warm, keys, size = Article.objects.count(), keys[4:], _size()
        first = spent(lambda: refresh_many(keys, timezone.now(), True))
        new = list(Article.objects.order_by("pk").values_list("pk", flat=True))[warm:]
        read = spent(lambda: read_many(new, timezone.now()))
        again = spent(lambda: refresh_many(keys, timezone.now(), True))
        place(new, timezone.now())
        parse.stop()
    looks = again.each("look", count)
    taken = Spent(first.python + read.python, first.postgres + read.postgres).without(again)
    _settled()
    print(f"{len(new)} articles of {count} feeds", file=sys.stderr)
    return {**looks, **taken.each("take", len(new)), "article_bytes": (_size() - size) / len(new)}


def placing(found: list[tuple[str, Any]], archive: int) -> Figures:
    """An article's placing while little is stored, and while much is: two points of `bench/cluster.py --curve`."""
    from bench import cluster
    from ingest.place import place

    figures: Figures = {"archive": float(archive)}
    stored = 0
    for name, mark in (("place_small", 1_000), ("place_large", archive)):
        while stored < mark:
            cluster.archive(
                cluster.store(cluster.invented(found, stored, cluster.BATCH, 250), any_topic=True)
            )
            stored += cluster.BATCH
        _settled(clean=True)
        polls = [
            cluster.store(cluster.invented(found, stored + n * 5, 5, 250), any_topic=True) for n in range(20)
        ]
        figures |= spent(lambda polls=polls: [place(ids, cluster.NOW) for ids in polls]).each(name, 100)
        stored += 100
    return figures


def looking(seconds: float) -> Figures:
    """How often a source is looked at in a day, by the schedule that workers keep."""
    from bench.polling import Simulation

    hour = Simulation(1_000, seconds).run()
    return {"looks_a_day": float(str(hour["looks_in_the_hour"])) * 24 / 1_000}


# ---------------------------------------------------------------- writing and sending


def writing(readers: int) -> tuple[Figures, list[Any]]:
    """Briefs, lenses and editions of today's paper; and the readers, who have one each."""
    from django.utils import timezone

    from ingest.models import Source
    from tests.fakes.newspaper import reports, whole
    from users import taxonomy

    names = ("docket", "labnotes", "wire")
    with served([whole(*reports(name), name=name.title()) for name in names]) as urls:
        Source.objects.bulk_create([Source(url=url, any_topic=True, due_at=timezone.now()) for url in urls])
        from ingest import run

        run.ingest(
            list(Source.objects.filter(url__in=urls).values_list("pk", flat=True)),
            timezone.now(),
            True,
            lambda _: None,
        )
    pairs = list(itertools.islice(itertools.product(taxonomy.roles(), taxonomy.industries()), 9))
    alone = spent(lambda: _editions(_readers(pairs[:1], "first")))
    from briefings.models import Brief

    briefs = Brief.objects.filter(state="ready").count()
    some = spent(lambda: _editions(_readers(pairs[1:], "pair")))
    others = _readers([pairs[n % len(pairs)] for n in range(readers)], "reader")
    rows, size = _rows(), _size()
    each = spent(lambda: _editions(others))
    edition = Spent(each.python / readers, each.postgres / readers)
    pair = Spent(some.python / 8, some.postgres / 8).without(edition)
    mails, count = _send()
    _settled()
    figures = alone.without(pair).without(edition).each("brief", max(1, briefs)) | pair.each("pair", 1)
    figures |= edition.each("edition", 1) | mails.each("mail", count)
    stored = {"reader_bytes": (_size() - size) / readers, "reader_rows": (_rows() - rows) / readers}
    return figures | stored, others


def choosing(name: str) -> tuple[Spent, int]:
    """An edition of readers who are all alike, with as many stories to choose from as there are now."""
    alike = ("cto", "finance")
    _editions(_readers([alike], f"{name} first"))  # what is written for them first is not theirs
    readers = _readers([alike] * ALIKE, name)
    each = spent(lambda: _editions(readers))
    return Spent(each.python / ALIKE, each.postgres / ALIKE), _candidates()


def _candidates() -> int:
    from django.utils import timezone

    from briefings import edition

    return len(edition.stories.candidates(timezone.now(), edition.select.WINDOW))


def rereading() -> Figures:
    """What a process takes for each story that it has not read since it changed."""
    from ingest import stories

    def anew() -> None:
        stories._snapshots.clear()
        _candidates()

    many = _candidates()
    known = spent(lambda: [_candidates() for _ in range(TURNS)])
    return spent(lambda: [anew() for _ in range(TURNS)]).without(known).each("reread", many * TURNS)


def _readers(pairs: list[tuple[str, str]], name: str) -> list[Any]:
    from tests.briefings import rows

    return [
        rows.reader(
            f"{name.replace(' ', '-')}{n}@bench.example",
            role,
            industry,
            time_zone="UTC",
            hour=datetime.now(UTC).hour,
        )
        for n, (role, industry) in enumerate(pairs)
    ]


def _editions(readers: list[Any]) -> None:
    """Made as the workers make them, whatever they wait for written here."""
    from django.utils import timezone

    from briefings import edition, tasks
    from briefings.models import Brief, Edition, Lens

    today = timezone.now().date()
    asked = [edition.request(one, today).pk for one in readers]
    for _ in range(40):
        tasks.sweep_editions()
        if Edition.objects.filter(pk__in=asked, state="ready").count() == len(asked):
            return
        for waiting in (Brief, Lens, Edition):
            waiting.objects.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
        tasks.sweep_briefs()
    raise SystemExit(
        f"editions are still waiting: {list(Edition.objects.filter(pk__in=asked).values('state', 'error'))[:2]}"
    )


def _send() -> tuple[Spent, int]:
    from django.utils import timezone

    from briefings import planning
    from briefings.models import Delivery
    from briefings.sending import Postman

    def all_of_them() -> None:
        planning.queue_deliveries(timezone.now())
        with Postman(timezone.now()) as postman:
            while postman.batch():
                pass

    took = spent(all_of_them)
    sent = Delivery.objects.filter(state="sent").count()
    assert sent, list(Delivery.objects.values_list("state", "error")[:3])
    return took, sent


# ---------------------------------------------------------------- showing


def showing(readers: list[Any]) -> Figures:
    from django.test import Client

    from users import tokens

    figures: Figures = {}
    clients = []
    for reader in readers[:10]:
        client = Client()
        client.force_login(reader)
        clients.append(client)
    brief = readers[0].editions.get().items.order_by("rank")[0].brief_id
    for name, path in (("page", "/today/"), ("brief_page", f"/brief/{brief}/")):
        _asks(clients[0], path)
        figures |= spent(
            lambda path=path: [_asks(client, path) for client in clients for _ in range(6)]
        ).each(name, 6 * len(clients))
    app = Client(headers={"authorization": f"Bearer {tokens.issue(readers[0], 'Bench')[1]}"})
    path = "/api/v1/editions/today"
    tag = _asks(app, path).headers["ETag"]
    figures |= spent(lambda: [_asks(app, path) for _ in range(TIMES)]).each("api", TIMES)
    same = spent(lambda: [_asks(app, path, 304, headers={"if-none-match": tag}) for _ in range(TIMES)])
    return figures | same.each("same", TIMES)


def _asks(client: Any, path: str, status: int = 200, **more: Any) -> Any:
    answer = client.get(path, **more)
    assert answer.status_code == status, (path, answer.status_code, answer.content[:300])
    return answer


def counting() -> Figures:
    """The ledger, and connections."""
    import psycopg
    from django.conf import settings

    from bench import ledger

    ledger._call()
    size = _size()
    calls = spent(lambda: [ledger._call() for _ in range(TIMES)])
    address = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("conn_string") or os.environ["DATABASE_URL"]

    def connect() -> None:
        for _ in range(TIMES):
            with psycopg.connect(address) as one:
                one.execute("SELECT 1")

    opened = spent(connect)
    return (
        calls.each("call", TIMES) | opened.each("connect", TIMES) | {"call_bytes": (_size() - size) / TIMES}
    )


def _settled(clean: bool = False) -> None:
    """What the server does by itself some time after so many rows came at once is no part of what follows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if clean else "ANALYZE")


def _size() -> int:
    return _sum(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )


def _rows() -> int:
    """Of all our tables, really counted."""
    from django.db import connection

    names = [name for name in connection.introspection.table_names() if name != "cache"]
    return sum(_sum(f'SELECT count(*) FROM "{name}"') for name in names)  # noqa: S608 - names of ours


def _sum(query: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def main(options: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from bench import cluster
    from config.celery import app

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    settings.ALLOWED_HOSTS = ["testserver"]
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    logging.disable(logging.WARNING)
    recorded = cluster.CORPUS / "feeds" / "2025-08"
    folder = recorded if recorded.is_dir() else PROJECT / "ingest" / "sample"
    found = cluster.varied(cluster.entries(folder)[1])
    figures: Figures = {}
    written, readers = writing(options.readers)
    figures |= written | showing(readers)
    _say(figures)
    least, few = choosing("few")
    figures |= reading(found, options.feeds)
    most, many = choosing("many")
    figures |= most.without(least).each("candidate", (many - few) / 1000) | rereading()
    print(f"{few}, then {many} stories to choose from: {least}, {most}", file=sys.stderr)
    _say(figures)
    figures |= counting() | looking(figures["look_py"] / 1000)
    _say(figures)
    figures |= placing(found, options.archive)
    told = {name: round(value, 4) for name, value in figures.items()}
    print(json.dumps({"entries_of": folder.name, "load": os.getloadavg()[0], "figures": told}, indent=1))


def _say(figures: Figures) -> None:
    print({name: round(value, 2) for name, value in figures.items()}, file=sys.stderr, flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--archive", type=int, default=20_000)
    asked.add_argument("--readers", type=int, default=200)
    asked.add_argument("--feeds", type=int, default=100)
    chosen = asked.parse_args()
    from bench.digest import sink
    from tests.processes import free_port

    with tempfile.TemporaryDirectory(prefix="nutgraf-bench-") as var:
        Path(var).chmod(0o755)
        (Path(var) / "static").mkdir()
        port = free_port()
        taker = multiprocessing.get_context("fork").Process(
            target=sink, args=(port, multiprocessing.Value("i", 0)), daemon=True
        )
        taker.start()
        OUTSIDE.add(taker.pid or 0)
        for name in ("DATABASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "NUTGRAF_PRICES"):
            os.environ.pop(name, None)
        os.environ |= {
            "NUTGRAF_VAR": var,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CELERY_BROKER_URL": "memory://",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}?from=nutgraf@bench.example",
            "NUTGRAF_BUDGET_DAY_USD": "1000",
            "NUTGRAF_BUDGET_MONTH_USD": "1000",
        }
        from config.embedded import ensure_database

        ensure_database(Path(var))
        import django

        django.setup()
        try:
            main(chosen)
        finally:
            taker.terminate()
