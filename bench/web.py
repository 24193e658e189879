"""Pages a second and milliseconds of the web process, with 100,000 articles stored, beside a bare Django page.

    bench/web.py [--articles N] [--seconds S] [--connections N]     prints JSON

The server is granian as `manage.py up` starts it, with DEBUG off and a Postgres of its own; fifty readers ask for their
edition and its briefs, each on a connection that stays open, from a process of its own, and take gzip as browsers do.
They come again and again: what is kept of pages (`briefings/web/kept.py`) was made in the first seconds, which are not
counted.
The bare page is a view without middleware that makes as many queries by primary key and renders as many lines, in the
same server with the same pool. Both are up together and asked in turn, some seconds each, as what else a machine does
comes and goes: `to_bare` is the median of the turns. One request at a time tells the server's time: `*_ms`.

On a machine that others use as well only the ratio and the number of queries mean something; these alone decide the
exit status. `load` is what waited for a core meanwhile, this bench's own share included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import multiprocessing
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

READERS, BRIEFS, ONCE, TURNS = 50, 7, 60, 5
LIMITS = {
    "today_ms": 30.0,
    "brief_ms": 30.0,
    "evidence_ms": 20.0,
    "queries": 11,
    "pages_per_second": 400,
    "p99_ms": 100.0,
    "to_bare": 0.5,
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--articles", type=int, default=100_000)
    asked.add_argument("--seconds", type=float, default=15.0)
    asked.add_argument("--connections", type=int, default=16)
    options = asked.parse_args()
    logging.disable(logging.WARNING)
    readers, evidence = _fill(options.articles)
    queries = {
        name: _queries(readers[0], path)
        for name, path in zip(("today", "brief"), readers[0][1], strict=False)
    }
    pages = [
        (cookie, path) for cookie, paths in readers for path in paths for _ in range(1 + path.count("today"))
    ]
    lines = [("", f"/{max(queries.values())}/")]
    with (
        _served("config.wsgi:application") as ours,
        _served("bench.web:application", NUTGRAF_BARE="1") as bare,
    ):
        once = {
            "today_ms": _one_at_a_time(ours, [(cookie, paths[0]) for cookie, paths in readers]),
            "brief_ms": _one_at_a_time(ours, [(cookie, paths[1]) for cookie, paths in readers]),
            "evidence_ms": _one_at_a_time(ours, evidence),
        }
        turns = _in_turn({ours: pages, bare: lines}, options)
    ratio = statistics.median(
        len(one) / len(other) for one, other in zip(turns[ours], turns[bare], strict=True)
    )
    told = {
        "queries": queries,
        **once,
        **_figures(turns[ours], options),
        "bare": _figures(turns[bare], options),
    }
    load = {"to_bare": round(ratio, 2), "load": os.getloadavg()[0], "limits": LIMITS}
    print(json.dumps({"articles": options.articles, **told, **load}, indent=1))
    return 0 if ratio >= LIMITS["to_bare"] and max(queries.values()) <= LIMITS["queries"] else 1


def _fill(articles: int):  # type: ignore[no-untyped-def]
    """Readers as (cookie, their pages), and the evidence sheets of one of them as (cookie, page)."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from bench import page
    from ingest.models import Article, Story
    from tests.briefings import factories, rows

    _store(articles)
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE"
        )  # as in a database that lives; else it is done while pages are asked for
    first, lens = factories.launch()
    page._grow(first)
    told = [(first, lens)]
    cited = Article.objects.filter(story=first.story)
    while len(told) < BRIEFS:
        story = Story.objects.create(title=f"Story {len(told)}", happened_at=rows.NOON, last_at=rows.NOON)
        brief = rows.ready_brief(story, list(cited), first.body)
        told.append((brief, rows.ready_lens(brief, lens.body)))
    readers = []
    for number in range(READERS):
        user = rows.reader(f"reader{number}@bank.example")
        rows.ready_edition(user, timezone.now().date(), told)
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        paths = ["/today/", *(f"/brief/{brief.pk}/" for brief, _ in told)]
        readers.append((f"{name}={client.cookies[name].value}", paths))
    cookie, paths = readers[0]
    return readers, [(cookie, f"{paths[1]}evidence/{mark}/") for mark in range(1, 9)]


def _store(articles: int) -> None:
    """Articles of the last year in stories of five, with a text and a passage each."""
    from datetime import timedelta

    from django.utils import timezone

    from ingest.models import Article, Passage, Source, Stage, Story

    source = Source.objects.create(url="https://archive.example/feed", title="The Archive")
    text, now = "Words of an article about machine learning. " * 25, timezone.now()
    for start in range(0, articles, 5_000):
        at = [now - timedelta(minutes=5 * number) for number in range(start, min(start + 5_000, articles))]
        stories = Story.objects.bulk_create(
            Story(title=f"Story {start}.{one}", happened_at=when, last_at=when)
            for one, when in enumerate(at[::5])
        )
        rows = Article.objects.bulk_create(
            Article(
                source=source,
                identity=f"{start}.{number}",
                url=f"https://archive.example/{start}/{number}",
                title=f"Article {start}.{number}",
                text=text,
                content_hash=f"{start}.{number}",
                published_at=when,
                happened_at=when,
                stage=Stage.PLACED,
                story=stories[number // 5],
            )
            for number, when in enumerate(at)
        )
        Passage.objects.bulk_create(Passage(article=one, number=0, start=0, end=len(text)) for one in rows)


def _queries(reader, path: str) -> int:  # type: ignore[no-untyped-def]
    from django.db import connection
    from django.test import Client

    seen = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        seen.append(sql)
        return execute(sql, params, many, context)

    client = Client(headers={"cookie": reader[0], "host": "127.0.0.1"})
    client.get(path)  # prices and the like are looked up once
    with connection.execute_wrapper(note):
        assert client.get(path).status_code == 200, path
    return len(seen)


@contextmanager
def _served(application: str, **environment: str):  # type: ignore[no-untyped-def]
    from config.management.commands.up import web_command

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*web_command(port)[:-1], application]
    server = subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ, **environment, "PYTHONPATH": str(PROJECT)}
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def _one_at_a_time(port: int, pages: list[tuple[str, str]]) -> float:
    took = asyncio.run(_ask(port, pages, time.monotonic() + 60, ONCE))
    return round(statistics.median(took[10:]) * 1000, 1)


def _in_turn(
    pages: dict[int, list[tuple[str, str]]], options: argparse.Namespace
) -> dict[int, list[list[float]]]:
    """What each page of each turn took, in seconds, by port; in every turn all ports have the same time."""
    turns: dict[int, list[list[float]]] = {port: [] for port in pages}
    with multiprocessing.get_context("spawn").Pool(1) as apart:
        for port in pages:
            apart.apply(_rush, (port, pages[port], 3.0, options.connections))  # warm
        for _ in range(TURNS):
            for port in pages:
                asked = (port, pages[port], options.seconds / TURNS, options.connections)
                turns[port].append(apart.apply(_rush, asked))
    return turns


def _figures(turns: list[list[float]], options: argparse.Namespace) -> dict[str, float]:
    """Pages a second over all connections, and the 50th and 99th percentile of what each waited."""
    took = sorted(each for turn in turns for each in turn)
    return {
        "pages_per_second": round(len(took) / options.seconds, 1),
        "p50_ms": round(took[len(took) // 2] * 1000, 1),
        "p99_ms": round(took[int(len(took) * 0.99)] * 1000, 1),
    }


def _rush(port: int, pages: list[tuple[str, str]], seconds: float, connections: int) -> list[float]:
    async def together() -> list[float]:
        until = time.monotonic() + seconds
        every = await asyncio.gather(*(_ask(port, pages, until) for _ in range(connections)))
        return [each for one in every for each in one]

    return asyncio.run(together())


async def _ask(port: int, pages: list[tuple[str, str]], until: float, most: int = 10**9) -> list[float]:
    """Seconds that each page took, asked for one after the other on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took: list[float] = []
    while time.monotonic() < until and len(took) < most:
        cookie, path = random.choice(pages)
        began = time.perf_counter()
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert answer.startswith(b"http/1.1 200"), (path, answer[:200])
        await reader.readexactly(int(answer.split(b"content-length: ")[1].split(b"\r\n")[0]))
        took.append(time.perf_counter() - began)
    writer.close()
    return took


# ---------------------------------------------------------------- the bare page, in a server of its own


def _bare():  # type: ignore[no-untyped-def]
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.template import Context, Template
    from django.urls import path

    os.environ["NUTGRAF_POOL"] = "1"
    django.setup()
    settings.MIDDLEWARE, settings.ROOT_URLCONF = [], "bench.web"
    from ingest.models import Article

    lines = Template(
        "<!doctype html><title>Bare</title>{% for one in rows %}<p>{{ one.title }}</p>{% endfor %}"
    )

    def view(request, queries: int):  # type: ignore[no-untyped-def]
        rows = [Article.objects.only("title").get(pk=random.randint(1, 1000)) for _ in range(queries)]
        page = lines.render(Context({"rows": rows}))
        return HttpResponse(page, headers={"Content-Length": len(page)})

    global urlpatterns
    urlpatterns = [path("<int:queries>/", view)]
    return WSGIHandler()


if os.environ.get("NUTGRAF_BARE"):
    application = _bare()

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nutgraf-bench-") as var:
        Path(var).chmod(0o755)
        (Path(var) / "static").mkdir()
        os.environ |= {
            "NUTGRAF_VAR": var,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CELERY_BROKER_URL": "memory://",
            "DEBUG": "false",
            "SECRET_KEY": "bench-" + "x" * 60,
            "ALLOWED_HOSTS": "127.0.0.1",
            "NUTGRAF_URL": "http://127.0.0.1:8000",
            "EMAIL_URL": "smtp://127.0.0.1:9",
        }
        from config.embedded import ensure_database

        ensure_database(Path(var))
        import django

        django.setup()
        sys.exit(main())
