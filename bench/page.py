"""Server time of the reader's pages, against the limit of 30 ms and against the same stack answering 404 to a reader.

Pages as they are seen again; `*_anew` as where nothing of them was kept (`briefings/web/kept.py`, `again.py`).

.venv/bin/python bench/page.py     prints JSON; starts a Postgres of its own in a temporary folder
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

LIMIT_MS = 30.0
TIMES = 200
SENTENCES = 40  # a full brief of 900 words has about that many answers


def main() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    logging.disable(logging.WARNING)
    from tests.briefings import factories, rows

    ada = rows.reader("ada@bank.example")
    edition = factories.edition_of_two(ada, timezone.now().date())
    brief = edition.items.get(rank=1).brief
    _grow(brief)
    client = Client()
    client.force_login(ada)
    bare = _measure(client, "/brief/none/", 404)
    pages = {
        name: _measure(client, path)
        for name, path in {
            "brief": f"/brief/{brief.pk}/",
            "edition": "/today/",
            "archive": "/archive/",
        }.items()
    }
    pages |= {
        f"{name}_anew": _measure(client, path, forget=True)
        for name, path in {"brief": f"/brief/{brief.pk}/", "edition": "/today/"}.items()
    }
    visitor = _measure(Client(), "/")
    result = {
        **pages,
        "landing": visitor,
        "not_found": bare,
        "limit_ms": LIMIT_MS,
        "brief_to_limit": round(pages["brief"]["median_ms"] / LIMIT_MS, 2),
        "brief_to_not_found": round(pages["brief"]["median_ms"] / bare["median_ms"], 2),
    }
    print(json.dumps(result, indent=1))


def _grow(brief) -> None:  # type: ignore[no-untyped-def]
    """Repeat the sections until the brief is as long as a brief gets."""
    told = sum(len(section["answer"]) for section in brief.body["sections"])
    for section in brief.body["sections"]:
        section["answer"] = section["answer"] * (1 + SENTENCES // told)
    brief.save()


def _measure(  # type: ignore[no-untyped-def]
    client, path: str, status: int = 200, forget: bool = False
) -> dict[str, float]:
    for _ in range(10):
        assert client.get(path).status_code == status
    queries, size = _count(client, path)
    took, began_cpu = [], time.process_time()
    for _ in range(TIMES):
        if forget:
            _forget()
        began = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() - began_cpu) / TIMES * 1000
    took.sort()
    return {
        "best_ms": round(took[0], 2),
        "median_ms": round(statistics.median(took), 2),
        "p95_ms": round(took[int(TIMES * 0.95)], 2),
        "cpu_ms": round(cpu, 2),  # the figure to trust on a busy machine
        "queries": queries,
        "bytes": size,
    }


def _forget() -> None:
    from briefings import bodies
    from briefings.templatetags import parts, stories
    from briefings.web import again, kept

    again.forget()
    bodies.forget()
    parts.forget()
    for one in (kept._shared, kept._lens, kept._texts):
        one.cache_clear()
    stories._kept.clear()


def _count(client, path: str) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    from django.db import connection

    seen = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        size = len(client.get(path).content)
    return len(seen), size


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nutgraf-bench-") as var:
        Path(var).chmod(0o755)
        os.environ |= {
            "NUTGRAF_VAR": var,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CELERY_BROKER_URL": "memory://",
        }
        from config.embedded import ensure_database

        ensure_database(Path(var))
        import django

        django.setup()
        from django.conf import settings as chosen

        chosen.DEBUG = False
        main()
