"""Two thousand pieces of work while everything goes wrong, and then: do the books say what the provider's log says?

A whole Nutgraf (embedded Postgres, `manage.py up`, a second worker) writes lenses and briefs by a provider on loopback
that answers wrongly in every way at random. Meanwhile workers are killed with -9, the database crashes and restarts,
and the broker loses its messages. When all is at rest, every request that was received must have one attempt that was
marked as sent before, every answer that arrived must be settled at its bill, the rest must be held as unknown, no
budget may have been passed at any sampled instant, `ledger verify` must be clean, and no piece lost or done twice.
At last the provider's usage report closes the unknown calls, and the totals must agree to the nano-dollar.

Prints one JSON document, discrepancies by id; ends with 1 when there are any.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.chaos.books import judge_books, open_database
from tests.chaos.brokers import BROKERS, Broker, started
from tests.chaos.provider import DEADLINE, Moods
from tests.chaos.trouble import CALLS, Troublemaker, bills_on_disk
from tests.chaos.watch import Watch
from tests.fakes.model_server import ModelServer
from tests.processes import Instance, Running, state_directory, wait_for

SETTINGS = "tests.chaos.settings"
LONGEST = DEADLINE + 6.0  # seconds from sending a call to having written down its outcome, on a busy machine
DOLLARS_A_PIECE = 0.00066  # the budget: somewhat less than all pieces would take with what stays held,
DOLLARS = 0.03  # and what some calls hold at once
STARTING = 15.0  # seconds that the workers may take to begin
STALLED = 4.0  # seconds without progress after which the leases of the dead are ended
PATIENCE = 1500.0


def main() -> int:
    asked = _arguments()
    began = time.monotonic()
    with ExitStack() as stack:
        result = _run(asked, stack)
    result["seconds"] = round(time.monotonic() - began)
    print(json.dumps(result, indent=1))
    return 1 if result["discrepancies"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--pieces", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--kills", type=int, default=16, help="of workers or their children")
    parser.add_argument("--restarts", type=int, default=8, help="of the database")
    parser.add_argument(
        "--losses", type=int, default=4, help="of all the broker's messages, or of all leases"
    )
    parser.add_argument("--broker", choices=list(BROKERS), default="pgmq")
    parser.add_argument("--logs", type=Path, help="a folder for what the processes said")
    asked = parser.parse_args()
    asked.seed = asked.seed if asked.seed is not None else int(time.time()) % 100_000
    return asked


def events(asked: argparse.Namespace, random: Random) -> list[tuple[int, str]]:
    """What happens after how many pieces: at random between the first twentieth and the last."""
    wanted = [("worker", "child", "second worker", "child")[n % 4] for n in range(asked.kills)]
    wanted += [("crash", "stop", "backend", "postmaster")[n % 4] for n in range(asked.restarts)]
    wanted += [("broker", "leases")[n % 2] for n in range(asked.losses)]
    return sorted((random.randint(asked.pieces // 20, asked.pieces * 9 // 10), kind) for kind in wanted)


def _run(asked: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    random = Random(asked.seed)
    var = stack.enter_context(state_directory())
    server = open_database(var, SETTINGS)
    from tests.chaos import pieces
    from tests.fakes.characters import Honest

    provider = stack.enter_context(ModelServer())
    provider.reply, provider.choose = Honest(asked.seed), (moods := Moods(asked.seed))
    broker = started(asked.broker)
    stack.callback(broker.stop)
    work = pieces.queue(asked.pieces, asked.seed)
    instance = Instance(var, _environment(asked.pieces, provider, broker))
    watch = stack.enter_context(Watch(instance))
    with instance.up("--no-sample", "--no-catalogue") as running:
        trouble = Troublemaker(running, server, broker, random)
        trouble.start_more()
        stack.callback(trouble.stop_more)
        began = time.monotonic()
        stuck = _until_at_rest(work, moods.seen, trouble, events(asked, random))
        working = round(time.monotonic() - began)
        _close_abandoned(running, trouble)
    trouble.stop_more()
    _keep_logs(var, asked.logs)
    became, wrong = pieces.at_rest(work)
    found = {
        "seed": asked.seed,
        "broker": asked.broker,
        "seconds_until_at_rest": working,
        "pieces": became,
        "trouble": trouble.done,
        "budgets": watch.said(),
    }
    return _held_against(provider, moods, trouble, found, [*stuck, *wrong, *watch.passed])


def _held_against(
    provider: ModelServer, moods: Moods, trouble: Troublemaker, found: dict[str, Any], wrong: list[str]
) -> dict[str, Any]:
    """The books against the provider's log, before and after its report; `wrong` is what was found before."""
    instance = trouble.running.instance
    verified = instance.json("ledger", "verify")
    verdict = judge_books(provider, moods.seen, trouble.trouble, LONGEST)
    closed = _reconcile(provider, moods)
    wrong = [*wrong, *verdict.discrepancies, *closed.pop("wrong")]
    wrong += [f"ledger verify: {broken}" for broken in verified["broken"]]
    wrong += [f"{left} bills wait on disk"] if (left := bills_on_disk(instance.var)) else []
    return {
        **found,
        "requests": len(moods.seen),
        "answers": dict(Counter(one.kind for one in moods.seen).most_common()),
        "cut_off": verdict.cut_off,
        "marked_as_sent_but_never_received": verdict.unsent,
        **closed,
        "discrepancies": wrong,
    }


def _keep_logs(var: Path, folder: Path | None) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("stderr", "second-worker"):
            shutil.copy(var / name, folder / name)


def _environment(count: int, provider: ModelServer, broker: Broker) -> dict[str, str]:
    limits = f"{DOLLARS + count * DOLLARS_A_PIECE:.4f}"
    found = {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-test", "DJANGO_SETTINGS_MODULE": SETTINGS}
    found |= {"NUTGRAF_BUDGET_DAY_USD": limits, "NUTGRAF_BUDGET_MONTH_USD": limits, "LOG_LEVEL": "WARNING"}
    return found | ({"CELERY_BROKER_URL": broker.url} if broker.url else {})


def _until_at_rest(
    work: Any, asked: list[Any], trouble: Troublemaker, ahead: list[tuple[int, str]]
) -> list[str]:
    """Make trouble until every piece is at rest. What is stuck for good is told. `asked`: the requests so far."""
    from django.db import connection
    from django.db.utils import InterfaceError, OperationalError

    from tests.chaos.pieces import unfinished

    end, moved, last = time.monotonic() + PATIENCE, time.monotonic() + STARTING, (0, 0)
    while time.monotonic() < end:
        try:
            queued, claimed = unfinished(work)
        except (OperationalError, InterfaceError):
            connection.close()
            continue
        if (progress := (len(work) - queued, len(asked))) != last:
            moved, last = max(moved, time.monotonic()), progress
        if not queued:
            return []
        while ahead and len(work) - queued >= ahead[0][0]:
            trouble.befall(ahead.pop(0)[1])
            moved = time.monotonic()
        if time.monotonic() - moved > STALLED:
            trouble.befall("leases")
            moved = time.monotonic()
        time.sleep(0.2)
    return [f"{queued} pieces are not at rest after {PATIENCE:g} s, {claimed} of them claimed"]


def _close_abandoned(running: Running, trouble: Troublemaker) -> None:
    """The sweep that beat sends every minute, at once. Calls' leases are ended when nobody is at work any more."""
    time.sleep(DEADLINE + 2.0)
    trouble.end_leases(CALLS)
    trouble.nudge("inference.tasks.sweep_calls")

    def closed() -> bool:
        with running.instance.connect() as own:
            left = own.execute("SELECT 1 FROM inference_call WHERE state IN ('reserved', 'sent') LIMIT 1")
            return left.fetchone() is None and not bills_on_disk(running.instance.var)

    wait_for(closed, 150, "the sweep of calls")


def _reconcile(provider: ModelServer, moods: Moods) -> dict[str, Any]:
    """The provider's usage report of these days, as its log has it, closes the unknown calls."""
    from django.conf import settings
    from django.db.models import Count, Sum

    from inference import audit, reconcile
    from inference.models import Call
    from inference.money import usd
    from tests.fakes.billing_server import BillingServer

    states = Call.objects.values("state").annotate(n=Count("pk"), cost=Sum("cost"), hold=Sum("hold"))
    before = {row["state"]: row for row in states}
    calls = {state: row["n"] for state, row in before.items()}
    settled = (before.get("settled") or {}).get("cost") or 0
    held = (before.get("unknown") or {}).get("hold") or 0
    billing = BillingServer()
    _report(billing, provider, {one.client_id: one.at for one in moods.seen})
    provider.reports = billing.answer
    settings.OPENAI_BASE_URL, settings.OPENAI_ADMIN_KEY = provider.url, billing.key
    settings.MODEL_DEADLINE = 90.0  # nobody is slow any more, but the machine may be
    outcome = reconcile.run(datetime.now(UTC) + timedelta(days=2), days=3)
    total = sum(cost or 0 for cost in Call.objects.values_list("cost", flat=True))
    wrong = [f"reconcile: {statement}: {statement.note}" for statement in outcome.open]
    wrong += [f"ledger verify after the report: {broken}" for broken in audit.verify()]
    if not settled <= provider.billed <= settled + held:
        wrong.append(f"billed {provider.billed}, settled {settled}, held {held}")
    if not wrong and total != provider.billed:
        wrong.append(f"the ledger says {total} nano-dollars after the report, the provider {provider.billed}")
    dollars = {
        "settled": settled,
        "held_as_unknown": held,
        "billed": provider.billed,
        "after_the_report": total,
    }
    return {
        "calls": calls,
        "dollars": {name: usd(amount) for name, amount in dollars.items()},
        "closed_by_the_report": outcome.trued_up,
        "wrong": wrong,
    }


def _report(billing: Any, provider: ModelServer, at: dict[str, float]) -> None:
    lines: dict[tuple[date, str, str], list[Any]] = {}
    for request in provider.requests:
        if request.billed:
            day = datetime.fromtimestamp(at[request.client_id], UTC).date()
            tier = request.body.get("service_tier", "default")
            lines.setdefault((day, request.body["model"], tier), []).append(request)
    for (day, model, tier), of_line in lines.items():
        billing.used(
            day,
            model,
            requests=len(of_line),
            input=sum(request.prompt_tokens for request in of_line),
            cached=sum(request.cached_tokens for request in of_line),
            written=sum(request.written_tokens for request in of_line),
            output=sum(request.completion_tokens for request in of_line),
            tier=tier,
        )
        billing.billed(day, str(Decimal(sum(request.billed for request in of_line)) / 10**9))


if __name__ == "__main__":
    sys.exit(main())
