"""Today's edition over the API by real processes: against 10 ms, 3 ms where nothing changed, 600 requests a second.

.venv/bin/python bench/api.py     prints JSON; starts a Postgres and a web process of its own in a temporary folder

The clients are on the same machine and take their part of it: four processes that keep their connections and ask one
thing after the other, each for readers of its own, who are as many as their limits ask for. `bare` is the same server
answering 401 to the same clients without a look at the database, what all that is not ours costs. The first answer to
each reader is not counted: a web process keeps it for a minute (`first_ms` tells what it takes).
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
LIMIT_MS, SAME_MS, LIMIT_RATE = 10.0, 3.0, 600.0
TIMES, SECONDS, CLIENTS, READERS, BRIEFS = 200, 8.0, 4, 160, 10
WORKERS = "2"


def main(var: str) -> int:
    tokens = prepare()
    port = _free_port()
    server = serve(var, port)
    try:
        _await(port)
        # A device each: one may not ask as often in a minute as all of this does.
        first, second, third, fourth = (_headers(token) for token in tokens[:4])
        today = measure(port, "/api/v1/editions/today", first)
        _, etag = _ask(http.client.HTTPConnection("127.0.0.1", port), "/api/v1/editions/today", second, 200)
        tag = {**second, "If-None-Match": etag}
        same = measure(port, "/api/v1/editions/today", tag, 304)
        small = measure(port, "/api/v1/editions/today?fields=headline,takeaways", third)
        sync = measure(port, "/api/v1/sync", fourth)
        bare = measure(port, "/api/v1/editions/today", {}, 401)
        rates = {
            "edition": rate(port, "/api/v1/editions/today", tokens[4:]),
            "bare": rate(port, "/api/v1/editions/today", [""], 401),
        }
    finally:
        server.terminate()
        server.wait(20)
    result = {
        "today": today, "not_modified": same, "compact": small, "sync": sync, "bare": bare, "a_second": rates,
        "limits": {"today_ms": LIMIT_MS, "not_modified_ms": SAME_MS, "a_second": LIMIT_RATE},
        "today_to_limit": round(today["median_ms"] / LIMIT_MS, 2),
        "not_modified_to_limit": round(same["median_ms"] / SAME_MS, 2),
        "rate_to_limit": round(rates["edition"] / LIMIT_RATE, 2),
        "today_to_bare": round(today["median_ms"] / bare["median_ms"], 2),
        "rate_to_bare": round(rates["edition"] / rates["bare"], 2),
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    held = today["median_ms"] <= LIMIT_MS and same["median_ms"] <= SAME_MS and rates["edition"] >= LIMIT_RATE
    return 0 if held else 1


def prepare() -> list[str]:
    """Readers with an edition of ten full briefs of today; their tokens."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from bench.page import _grow
    from ingest.models import Article, Story
    from tests.briefings import factories, rows
    from users import tokens

    first, lens = factories.launch()
    _grow(first)
    briefs = [(first, lens)]
    articles = list(Article.objects.filter(pk__in=[key for key, _ in first.articles]))
    for number in range(1, BRIEFS):
        story = Story.objects.create(title=f"Story {number}", happened_at=rows.NOON, last_at=rows.NOON)
        briefs.append((rows.ready_brief(story, articles, first.body), None))
    found = []
    for number in range(READERS):
        reader = rows.reader(f"reader{number}@bank.example")
        rows.ready_edition(reader, timezone.now().date(), briefs)
        found.append(tokens.issue(reader, "Bench")[1])
    connection.close()
    return found


def serve(var: str, port: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "NUTGRAF_VAR": var, "LOG_LEVEL": "ERROR", "DEBUG": "false"}
    environment |= {"SECRET_KEY": "bench" * 20, "ALLOWED_HOSTS": "127.0.0.1"}
    environment |= {"NUTGRAF_URL": f"http://127.0.0.1:{port}", "EMAIL_URL": "smtp://127.0.0.1:1"}
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += [
        "--workers",
        WORKERS,
        "--blocking-threads",
        "2",
        "--no-ws",
        "--log-level",
        "error",
        "config.wsgi:application",
    ]
    return subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL)


def measure(port: int, path: str, headers: dict[str, str], status: int = 200) -> dict[str, float]:
    """Milliseconds until the whole answer was there, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    took, size, first = [], 0, 0.0
    for number in range(TIMES + 20):
        began = time.perf_counter()
        size, _ = _ask(connection, path, headers, status)
        spent = (time.perf_counter() - began) * 1000
        if not number:
            first = spent
        elif number >= 20:
            took.append(spent)
    took.sort()
    told = {
        "first_ms": first,
        "best_ms": took[0],
        "median_ms": statistics.median(took),
        "p95_ms": took[int(len(took) * 0.95)],
    }
    return {**{name: round(value, 2) for name, value in told.items()}, "bytes": size}


def rate(port: int, path: str, tokens: list[str], status: int = 200) -> float:
    """Requests a second by clients that ask at once, each for its own readers."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(CLIENTS) as pool:
        parts = [tokens[number::CLIENTS] or tokens for number in range(CLIENTS)]
        return round(sum(pool.starmap(_load, [(port, path, part, status, SECONDS) for part in parts])), 1)


def _load(port: int, path: str, tokens: list[str], status: int, seconds: float) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for token in tokens:
        _ask(connection, path, _headers(token), status)
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        token = tokens[done % len(tokens)]
        _ask(connection, path, _headers(token), status)
        done += 1
    return done / (time.perf_counter() - began)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"} if token else {}


def _ask(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str], status: int
) -> tuple[int, str]:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == status, (answer.status, body[:300])
    return len(body), answer.headers.get("ETag", "")


def _free_port() -> int:
    from tests.processes import free_port

    return free_port()


def _await(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/openapi.json")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the web process did not start")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nutgraf-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ |= {
            "NUTGRAF_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CELERY_BROKER_URL": "memory://",
        }
        from config.embedded import ensure_database

        ensure_database(Path(folder))
        raise SystemExit(main(folder))
