"""Thirty-two workers at one budget, as threads and as processes: the limit is never passed, and what fits is used."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from inference import audit, gateway
from inference.errors import OverBudget
from inference.gateway import Ask
from inference.models import Budget, Call
from inference.money import nano
from tests.fakes.model_server import ModelServer
from tests.inference.test_crashes import PROJECT, environment

WORKERS, ASKS = 32, 96
CALLS = 10
# One process forks the workers once everything is imported; each asks until not one more call can fit.
FLOCK = f"""
import os, sys, time
import django; django.setup()
from django.db.models import F
from inference.errors import OverBudget
from inference.gateway import Ask, generate
from inference.models import Budget

def full(hold):
    day = Budget.objects.get(scope="service", period__regex="-..-..$")
    return day.settled + hold > day.limit

def work(worker):
    while True:
        try:
            generate(Ask("brief", f"brief:{{worker % 7}}", "write", "You write briefs.", "OpenAI released GPT-5.",
                         max_output_tokens=200))
        except OverBudget:
            if full(int(sys.argv[1])):
                return
            time.sleep(0.02)  # the rest is held by others, and some of it will come back

gate, opener = os.pipe()
children = []
for worker in range({WORKERS}):
    if (child := os.fork()) == 0:
        os.close(opener)
        os.read(gate, 1)  # all start at once, when the gate falls shut
        status = 1
        try:
            work(worker)
            status = 0
        finally:
            os._exit(status)
    children.append(child)
os.close(opener)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


@pytest.mark.django_db(transaction=True)
def test_it_never_passes_the_limit_with_many_workers(provider: ModelServer, ask: Ask, settings: Any) -> None:
    settings.NUTGRAF_BUDGET_DAY_USD = "0.0015"
    limit = nano(Decimal("0.0015"))
    provider.reply = lambda body: "word " * 150
    ask = replace(ask, max_output_tokens=200)
    over: list[tuple[int, int]] = []
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(limit, over, done))
    watcher.start()
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            outcomes = list(pool.map(lambda n: _one(replace(ask, work_key=f"brief:{n % 7}")), range(ASKS)))
    finally:
        done.set()
        watcher.join()
    assert over == []
    assert 10 < outcomes.count("answered") < ASKS
    assert outcomes.count("refused") == ASKS - outcomes.count("answered")
    assert len(provider.requests) == Call.objects.count() == outcomes.count("answered")
    assert sum(Call.objects.values_list("cost", flat=True)) == provider.billed <= limit
    assert {request.client_id for request in provider.requests} == {
        str(call.attempt) for call in Call.objects.all()
    }
    assert not Budget.objects.filter(limit__lt=F("settled") + F("held")).exists()
    assert audit.verify() == []


def _one(ask: Ask) -> str:
    try:
        gateway.generate(ask)
    except OverBudget:
        return "refused"
    finally:
        connection.close()
    return "answered"


def _watch(
    limit: int, over: list[tuple[int, int]], done: threading.Event, samples: list[int] | None = None
) -> None:
    while not done.wait(0.005):
        for settled, held in Budget.objects.filter(period__regex="-..-..$").values_list("settled", "held"):
            if samples is not None:
                samples.append(settled + held)
            if settled + held > limit:
                over.append((settled, held))
    connection.close()


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_32_processes_share_a_budget_of_ten_calls(provider: ModelServer, ask: Ask, settings: Any) -> None:
    provider.reply = lambda body: "word " * 190
    gateway.generate(replace(ask, max_output_tokens=200))
    first = Call.objects.get()
    one, hold = provider.billed, first.hold
    limit = CALLS * one + one // 2  # the eleventh would be half a call too much
    assert one < hold < 2 * one
    over: list[tuple[int, int]] = []
    samples: list[int] = []
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(limit, over, done, samples))
    watcher.start()
    variables = environment(provider) | {"NUTGRAF_BUDGET_DAY_USD": str(Decimal(limit) / 10**9)}
    try:
        flock = subprocess.run(
            [sys.executable, "-c", FLOCK, str(hold)],
            cwd=PROJECT,
            env=variables,
            timeout=180,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        done.set()
        watcher.join()
    assert flock.returncode == 0, flock.stderr[-2000:]
    assert over == []
    assert len(set(samples)) > CALLS // 2, "it was looked at while it filled"
    day = Budget.objects.get(scope="service", period__regex="-..-..$")
    assert (day.held, day.settled) == (0, provider.billed)
    assert limit - hold < day.settled <= limit, "what fits is used: not one more call would"
    fitting = (limit - hold) // one + 1  # a call starts while its hold fits beside what was settled
    assert len(provider.requests) == Call.objects.filter(state="settled").count() == fitting
    assert {request.client_id for request in provider.requests} == {
        str(attempt) for attempt in Call.objects.values_list("attempt", flat=True)
    }
    assert audit.verify() == []
