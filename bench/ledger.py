"""How many calls a second the ledger can reserve, send and settle at one budget, against bare commits.

A call is three durable transactions, and two of them lock the same budget rows: these are the limit. Asked by one
process, by eight threads of one, and by two processes of four threads, as workers are; a reservation by itself is
timed where nothing else runs. Prints one JSON document; starts a Postgres of its own in a temporary folder.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

WORKERS, CALLS, COMMITS = 8, 1600, 2000
PROCESSES = 2


def main() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (n int); INSERT INTO bare VALUES (0)")
    bare = _rate(_commit, COMMITS)
    _rate(_call, WORKERS * 4)  # the day's rows, and whatever is loaded at first use
    alone = _rate(_call, CALLS // 4, workers=1)
    together = _rate(_call, CALLS)
    apart = _rate_of_processes()
    from inference import audit

    result = {
        "calls_per_second": {"1": round(alone), str(WORKERS): round(together), "2 x 4": round(apart)},
        "reservation_ms": _reservation(),
        "bare_commits_per_second": round(bare),
        "ratio_to_bare_commits": round(together / bare, 3),
        "broken": [broken.name for broken in audit.verify()],
    }
    print(json.dumps(result))
    connection.close()


def _rate(job: object, times: int, workers: int = WORKERS) -> float:
    share = times // workers
    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda _: _repeat(job, share), range(workers)))
    return share * workers / (time.perf_counter() - began)


def _repeat(job: object, times: int) -> None:
    from django.db import connection

    for _ in range(times):
        job()  # type: ignore[operator]  # one of the two below
    connection.close()


def _rate_of_processes() -> float:
    """Calls a second of processes that have done a few before they all begin at once."""
    from django.db import connection

    connection.close()
    gate, opener = os.pipe()
    ready, done = os.pipe()
    children = []
    for _ in range(PROCESSES):
        if (child := os.fork()) == 0:
            status = 1
            try:
                os.close(opener)
                _rate(_call, WORKERS, WORKERS // PROCESSES)
                os.write(done, b".")
                os.close(done)
                os.read(gate, 1)  # falls shut for all at once
                _rate(_call, CALLS // PROCESSES, WORKERS // PROCESSES)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    os.close(done)
    for _ in children:
        os.read(ready, 1)  # or its end, where one has died
    began = time.perf_counter()
    os.close(opener)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise SystemExit("a process of the bench failed")
    return CALLS / (time.perf_counter() - began)


def _reservation() -> dict[str, float]:
    """Milliseconds of a reservation by itself: the median, and what 95 of 100 stay under."""
    from inference import ledger

    took = []
    for n in range(CALLS // 4):
        attempt = ledger.Attempt("brief", f"alone:{n}", "write", "gpt-5-mini", hold=10**6)
        began = time.perf_counter()
        ledger.reserve(attempt)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return {"median": round(took[len(took) // 2], 2), "p95": round(took[len(took) * 95 // 100], 2)}


def _commit() -> None:
    """What the budget row costs at least: one locked update, durably committed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE bare SET n = n + 1")


def _call() -> None:
    from inference import ledger, prices
    from inference.evidence import Evidence
    from inference.tokens import Tokens

    tariff = prices.tariff("gpt-5-mini")
    tokens = Tokens(input=1000, output=200)
    usage = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}
    call = ledger.reserve(
        ledger.Attempt("brief", f"bench:{time.perf_counter_ns()}", "write", "gpt-5-mini", hold=10**6)
    )
    ledger.mark_sent(call.pk)
    ledger.settle(call.pk, ledger.Bill(tariff.cost(tokens), tokens, tariff.rows, Evidence(usage=usage)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        os.environ |= {"NUTGRAF_VAR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ |= {"NUTGRAF_BUDGET_DAY_USD": "1000", "NUTGRAF_BUDGET_MONTH_USD": "1000"}
        os.environ.pop("DATABASE_URL", None)
        import django

        from config.embedded import ensure_database

        ensure_database(Path(folder))
        django.setup()
        main()
