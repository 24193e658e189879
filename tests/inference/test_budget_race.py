"""Thirty-two workers at one budget: the limit is never passed, at no instant."""

from __future__ import annotations

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

WORKERS, ASKS = 32, 96


@pytest.mark.django_db(transaction=True)
def test_it_never_passes_the_limit_with_many_workers(provider: ModelServer, ask: Ask, settings: Any) -> None:
    settings.NUTGRAF_BUDGET_DAY_USD = "0.006"
    limit = nano(Decimal("0.006"))
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


def _watch(limit: int, over: list[tuple[int, int]], done: threading.Event) -> None:
    while not done.wait(0.005):
        for settled, held in Budget.objects.filter(period__regex="-..-..$").values_list("settled", "held"):
            if settled + held > limit:
                over.append((settled, held))
    connection.close()
