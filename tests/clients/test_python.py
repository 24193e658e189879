"""The reference client: its shapes are those of the description, and its commands read a real Nutgraf."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NotRequired, get_origin, get_type_hints, is_typeddict

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from pytest_django.live_server_helper import LiveServer

from briefings.api import docs
from briefings.api.urls import api
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.web_server import WebServer
from tests.processes import PROJECT, Instance, Running, state_directory, wait_for
from tests.test_journey import CODE
from users.models import User

PACKAGE = PROJECT / "clients" / "python"
sys.path.insert(0, str(PACKAGE))
from nutgraf import Client, Problem, documents  # noqa: E402

SHAPES = [one for one in vars(documents).values() if is_typeddict(one)]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_its_shapes_are_those_of_the_description(shape: Any) -> None:
    described = docs.of(api)["components"]["schemas"][shape.__name__]
    hints = get_type_hints(shape, include_extras=True)
    assert set(hints) == set(described["properties"])
    always = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    assert always == set(described.get("required", ()))


# Where a method is named by what it does for its caller.
OTHERWISE = {
    "confirm_second": "second_code",
    "list_devices": "devices",
    "prepare_today": "today",
    "list_editions": "editions",
    "list_evidence": "evidence",
    "evidence": "evidence_of",
    "list_turns": "turns",
    "turn_events": "answer",
    "ask_lens": "lens",
    "list_learned": "learned",
    "list_saved": "saved",
    "list_read": "read",
    "list_shares": "shares",
    "list_sources": "sources",
    "list_push_subscriptions": "push_subscriptions",
    "list_topics": "topics",
}


def test_it_has_a_method_for_all_that_the_description_offers() -> None:
    paths = docs.of(api)["paths"].values()
    operations = {one["operationId"] for path in paths for one in path.values()}
    assert not [one for one in operations if not callable(getattr(Client, OTHERWISE.get(one, one), None))]


def test_its_token_does_not_follow_to_where_the_server_leads() -> None:
    with WebServer() as server, WebServer("localhost") as elsewhere:
        elsewhere.put("/api/v1/devices", b"[]")
        server.put("/api/v1/devices", b"", status=302, location=elsewhere.url("/api/v1/devices"))
        assert Client(server.url(""), "a-token")._ask("GET", "/devices") == []
        assert server.last_headers["Authorization"] == "Bearer a-token"
        assert "Authorization" not in elsewhere.last_headers


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def running(mail: MailServer) -> Iterator[Running]:
    with state_directory() as var, Instance(var, {"EMAIL_URL": mail.url}).up("--no-catalogue") as running:
        yield running


def command(home: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "XDG_CONFIG_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "nutgraf.reader", *words],
        env=environment, input=typed, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def code_of(mail: MailServer) -> str:
    """Of the last letter with one: the reader's edition may come as well, by the hour of the day."""

    def told() -> str | None:
        while mail.accepted:
            letter: Any = mail.accepted.pop()
            if found := CODE.search(letter.get_body(("plain",)).get_content()):
                return found[1]
        return None

    code: str = wait_for(told, 30, "the code")
    return code


@pytest.mark.processes
def test_it_signs_in_reads_and_asks(running: Running, mail: MailServer, tmp_path: Path) -> None:
    before = command(tmp_path, "today")
    assert (before.returncode, "sign in first" in before.stderr) == (1, True)
    client = Client(running.url)
    session = client.request_code("ada@bank.example")
    with pytest.raises(Problem) as wrong:
        client.confirm_code(session, "0000-0001", "Desk")
    assert (wrong.value.status, wrong.value.code) == (401, "wrong_code")
    signed_in = client.confirm_code(session, code_of(mail), "Desk")
    assert signed_in["device"]["current"]
    assert client.change_profile(role="cto", industry="finance")["role"] == "cto"
    edition = client.today(patience=150)
    brief = edition["items"][0]["brief"]
    turn = client.ask(brief["id"], brief["headline"]["text"])
    sentences = list(client.answer(brief["id"], turn["number"]))
    assert client.turn(brief["id"], turn["number"])["answer"] == sentences
    client.save(brief["id"])
    (*_, last) = client.sync()
    assert [one["brief"] for one in last["saved"]] == [brief["id"]]
    client.unsave(brief["id"])
    assert {(one["kind"], one["key"]) for part in client.sync(last["cursor"]) for one in part["gone"]} == {
        ("saved", brief["id"])
    }
    kept = tmp_path / "nutgraf" / "device.json"
    kept.parent.mkdir()
    kept.write_text(f'{{"url": "{running.url}", "token": "{client.token}"}}')
    shown = command(tmp_path, "today")
    assert shown.returncode == 0, shown.stderr
    assert f"1. {brief['headline']['text']}" in shown.stdout
    asked = command(tmp_path, "ask", "1", "What", "does", "it", "say?")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.strip()
    look = client.lens(brief["id"], "investor", "retail", patience=150)
    assert (look["role"], look["stage"]) == ("investor", "ready")
    client.sign_out()
    out = command(tmp_path, "today")
    assert (out.returncode, "unauthenticated" in out.stderr) == (1, True)


@pytest.mark.processes
def test_its_sign_in_keeps_the_token_for_its_user_alone(
    running: Running, mail: MailServer, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "XDG_CONFIG_HOME": str(tmp_path)}
    shell = subprocess.Popen(
        [sys.executable, "-m", "nutgraf.reader", "sign-in", running.url, "ben@fund.example"],
        env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    _, errors = shell.communicate(f"{code_of(mail)}\n", timeout=60)
    assert shell.returncode == 0, errors
    kept = tmp_path / "nutgraf" / "device.json"
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_it_shows_a_second_factor_where_one_is_asked_for(live_server: LiveServer, mailoutbox: Any) -> None:
    secret = generate_totp_secret()
    TOTP.activate(User.objects.create_user("ada@bank.example"), secret)
    client = Client(live_server.url)
    session = client.request_code("ada@bank.example")
    code = CODE.search(mailoutbox[-1].body)
    assert code
    with pytest.raises(Problem) as first:
        client.confirm_code(session, code[1], "Desk")
    assert (first.value.code, client.token) == ("second_factor_needed", "")
    now = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.second_code(session, now, "Desk")["device"]["name"] == "Desk"
    client.sign_out()
