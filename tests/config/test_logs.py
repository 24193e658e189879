"""Log lines: whose they are across web and worker, and that nothing foreign, secret or personal gets into them."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.test import Client

from config import logs
from config.celery import app
from tests.processes import Instance, state_directory, wait_for

ANSWER = "a" * 12


@pytest.fixture(autouse=True)
def _fresh_secrets() -> Iterator[None]:
    logs._secrets.cache_clear()
    yield
    logs._secrets.cache_clear()


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """What the loggers of ours write as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Json())
    root, ours = logging.getLogger(), logging.getLogger("config")
    before = ours.level
    ours.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    ours.setLevel(before)


def line(message: str, *args: object, error: Exception | None = None, formatter: Any = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("ingest.refresh", logging.WARNING, "x", 1, message, args, info)  # type: ignore[arg-type]
    return str((formatter or logs.Line()).format(record))


@pytest.mark.parametrize("formatter", [logs.Line(), logs.Json()])
@pytest.mark.parametrize(
    "foreign",
    [
        "a\r\n2026-11-27 ERROR forged",
        "a\x1b[2Jb",
        "a\x00b",
        "a\u2028b",
        "a\u202eb",
        "a\x85b",
        "a\x7fb",
        "\ud800",
    ],
)
def test_foreign_text_makes_no_line_of_its_own(formatter: logging.Formatter, foreign: str) -> None:
    told = line("%s: no feed", foreign, error=ValueError(foreign), formatter=formatter)
    for one in told.split("\n"):
        assert one == told.split("\n")[0] or one.startswith("  | ")
        assert logs.UNSEEN.search(one) is None
    told.encode("utf-8", "strict" if formatter.__class__ is logs.Json else "backslashreplace")


def test_a_traceback_is_set_apart_and_cannot_forge_a_line() -> None:
    told = line("it failed", error=ValueError("x\n2026-11-27 05:00:00,000 ERROR config: all is well")).split(
        "\n"
    )
    assert len(told) > 1
    assert all(one.startswith("  | ") for one in told[1:])


def test_json_is_one_object_a_line() -> None:
    told = line("it failed: %s", "x\ny", error=ValueError("z\n"), formatter=logs.Json())
    assert "\n" not in told
    assert told.isascii()
    said = json.loads(told)
    assert (said["level"], said["logger"], said["message"]) == (
        "WARNING",
        "ingest.refresh",
        r"it failed: x\ny",
    )
    assert "ValueError" in said["error"]


def test_wrong_arguments_still_make_a_line() -> None:
    assert "%d of %d" in line("%d of %d", "one")


def test_no_secret_of_the_settings_is_told(settings: Any) -> None:
    settings.OPENAI_API_KEY = "key-of-the-house"
    settings.NUTGRAF_MAIL_REPORTS = {"postmark": "name:pass-word"}
    settings.EMAIL_HOST_PASSWORD = "mail-secret"
    told = line("%s %s %s %s", "key-of-the-house", "name:pass-word", "mail-secret", settings.SECRET_KEY)
    assert told.endswith("*** *** *** ***")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Key (email)=(ada@bank.example) already exists", "Key (email)=(<mail address>) already exists"),
        ("Not Found: /s/" + ANSWER * 3 + "/", "Not Found: /s/***/"),
        ("/unsubscribe/MQ:1abc:" + ANSWER * 3, "/unsubscribe/***"),
        ("postgresql://nutgraf:hush@db.internal/x", "postgresql://***@db.internal/x"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
        ("the key sk-proj-0123456789 of ours", "the key sk-*** of ours"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
        ("basic research by task-forces", "basic research by task-forces"),
        ("/mail/reports/postmark/", "/mail/reports/postmark/"),
        (
            "brief 0123456789abcdef of https://news.example/a",
            "brief 0123456789abcdef of https://news.example/a",
        ),
    ],
)
def test_nothing_personal_is_told_and_nothing_that_opens_a_door(text: str, told: str) -> None:
    assert line("%s", text).endswith(f": {told}")


@pytest.mark.django_db
def test_a_request_keeps_a_well_formed_id_and_gets_one_otherwise() -> None:
    for sent in ("request-0001", "no\tid", "short", "x" * 65, ""):
        with listening() as written:
            answer = Client().get("/accuracy/", headers={"X-Request-ID": sent})
        known = answer.headers["X-Request-ID"]
        assert (known == sent) == (sent == "request-0001")
        assert logs.REQUEST_ID.fullmatch(known)
        said = json.loads(written.getvalue().splitlines()[-1])
        assert (said["request"], said["route"], said["status"]) == (known, "accuracy/", 200)
    assert logs.whose() == {}


@pytest.mark.django_db(transaction=True)
def test_a_request_is_known_by_its_id_in_the_worker_it_woke() -> None:
    alone = {"perform_ping_check": False, "pool": "solo", "queues": ["write"], "loglevel": "WARNING"}
    # A worker that starts sets up logging anew.
    with start_worker(app, **alone), listening() as written:
        with logs.by(request="request-0002"):
            sent = app.send_task("briefings.tasks.write_brief", ["nowhere"], queue="write")
        told = wait_for(
            lambda: [one for one in written.getvalue().splitlines() if sent.id in one], 60, "its line"
        )
    said = json.loads(told[0])
    assert said["request"] == "request-0002"
    assert (said["task"], said["name"], said["row"]) == (sent.id, "briefings.tasks.write_brief", "nowhere")


@pytest.mark.processes
def test_every_process_writes_json_where_that_is_set() -> None:
    with state_directory() as var:
        instance = Instance(var, {"LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG"})
        with instance.up("--no-catalogue", "--no-sample", stderr=Path(var) / "stderr") as running:
            assert running.status("/accuracy/") == 200
            wait_for(lambda: "sweep_articles" in instance.said(), 60, "a task's line")
            lines = [json.loads(one) for one in instance.said().splitlines() if one.endswith("}")]
            assert [one for one in instance.said().splitlines()[:-1] if not one.startswith("{")] == []
    assert {"accuracy/"} <= {one.get("route") for one in lines}
    task = next(one for one in lines if one.get("name") == "ingest.tasks.sweep_articles")
    assert task["task"]
    assert task["state"] == "SUCCESS"


def test_a_long_line_of_foreign_text_takes_time_by_its_length_and_not_its_square() -> None:
    def seconds(length: int) -> float:
        foreign = "x://" + ":" * length
        began = time.perf_counter()
        assert logs.clean(foreign) == foreign
        return time.perf_counter() - began

    short, long = (min(seconds(length) for _ in range(7)) for length in (1_000, 16_000))
    assert long < 48 * short
