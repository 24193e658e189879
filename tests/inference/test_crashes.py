"""What is left of the money when a process dies, or the database does, in the middle of a call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now

from inference import audit, gateway, ledger, spool
from inference.errors import LedgerDown
from inference.gateway import Ask
from inference.models import Budget, Call
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer

PROJECT = Path(__file__).resolve().parent.parent.parent
CHILD = """
import django; django.setup()
from inference.gateway import Ask, generate
generate(Ask("brief", "brief:b1", "write", "You write briefs.", "OpenAI released GPT-5."))
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_it_keeps_the_hold_of_a_call_whose_process_was_killed(provider: ModelServer, ask: Ask) -> None:
    provider.script(fake.Variant(delay=20.0))
    child = subprocess.Popen([sys.executable, "-c", CHILD], cwd=PROJECT, env=environment(provider))
    try:
        _wait(lambda: bool(provider.requests))
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    call = Call.objects.get()
    assert call.state == "sent"
    assert ledger.sweep() == {"released": 0, "unknown": 0}, "its lease still runs"
    Call.objects.update(lease_until=Now() - timedelta(seconds=61))
    assert ledger.sweep() == {"released": 0, "unknown": 1}
    assert _day().held == call.hold >= provider.billed > 0
    again = gateway.generate(ask)
    assert Call.objects.get(pk=again.call).number == 2
    assert len(provider.requests) == 2
    assert audit.verify() == []


@pytest.mark.django_db
def test_it_calls_nobody_while_the_ledger_is_away(provider: ModelServer, ask: Ask) -> None:
    with connection.execute_wrapper(_gone), pytest.raises(LedgerDown):
        gateway.generate(ask)
    assert provider.requests == []


@pytest.mark.django_db
def test_a_bill_that_comes_while_the_database_is_away_is_posted_once_it_is_back(
    provider: ModelServer, ask: Ask, settings: Any, tmp_path: Path
) -> None:
    settings.NUTGRAF_VAR = tmp_path
    with connection.execute_wrapper(_gone_once_asked(provider)), pytest.raises(LedgerDown):
        gateway.generate(ask)
    assert Call.objects.get().state == "sent"
    assert spool.drain() == 1
    assert Call.objects.get().cost == provider.billed > 0
    assert _day().held == 0
    assert audit.verify() == []


@pytest.mark.django_db
def test_a_bill_that_neither_the_database_nor_the_disk_takes_keeps_its_hold(
    provider: ModelServer, ask: Ask, settings: Any, tmp_path: Path
) -> None:
    settings.NUTGRAF_VAR = tmp_path
    (tmp_path / "unposted-bills").write_text("no folder can be made here")
    with connection.execute_wrapper(_gone_once_asked(provider)), pytest.raises(LedgerDown):
        gateway.generate(ask)
    Call.objects.update(lease_until=Now() - timedelta(seconds=61))
    assert ledger.sweep() == {"released": 0, "unknown": 1}
    assert _day().held == Call.objects.get().hold >= provider.billed > 0
    assert audit.verify() == []


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_goes_while_the_model_thinks_leaves_the_cost_behind(
    provider: ModelServer, ask: Ask, django_user_model: Any
) -> None:
    ada = django_user_model.objects.create_user("ada@bank.example")

    def reply(body: dict[str, Any]) -> str:
        django_user_model.objects.all().delete()
        connection.close()
        return "hello"

    provider.reply = reply
    gateway.generate(replace(ask, reader=ada.pk))
    call = Call.objects.get()
    assert (call.state, call.cost, call.reader) == ("settled", provider.billed, None)
    assert audit.verify() == []


def environment(provider: ModelServer) -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return {**os.environ, "DATABASE_URL": url, "OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-test"}


def _day() -> Budget:
    return Budget.objects.get(scope="service", period__regex="-..-..$")


def _wait(condition: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)


def _gone(*_: Any) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def _gone_once_asked(provider: ModelServer) -> Any:
    def wrapper(execute: Any, *query: Any) -> Any:
        if provider.requests:
            _gone()
        return execute(*query)

    return wrapper
