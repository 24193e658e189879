"""A beat that starts: it asks for all work at once, and needs no file to do so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from kombu.exceptions import OperationalError

from config.beat import AtOnce
from config.celery import QUEUES, TIMETABLE, app
from tests.config.own_servers import own_redis
from tests.processes import PROJECT, Instance, free_port, wait_for
from tests.watch.test_broker import at

pytestmark = pytest.mark.processes

OFTEN, DAILY = "briefings.tasks.sweep_questions", "users.tasks.forget_mail_reports"


def rung(queues: redis.Redis) -> list[str]:
    waiting = [json.loads(one) for queue in QUEUES for one in queues.lrange(queue, 0, -1)]  # type: ignore[union-attr]
    return sorted(one["headers"]["task"] for one in waiting)


def test_it_says_once_by_its_settings_name_what_is_away(caplog: pytest.LogCaptureFixture) -> None:
    before = app.conf.broker_connection_max_retries
    with at(f"redis://:sesame@127.0.0.1:{free_port()}/0"):
        app.conf.broker_connection_max_retries = 2
        try:
            with pytest.raises(OperationalError):
                AtOnce(app=app, lazy=True)._ensure_connected()
        finally:
            app.conf.broker_connection_max_retries = before
    (line,) = [record.getMessage() for record in caplog.records if record.name == "config.beat"]
    assert line.startswith("CELERY_BROKER_URL: cannot reach redis://")
    assert "sesame" not in line


def test_it_rings_every_sweep_at_once_and_leaves_no_file(tmp_path: Path) -> None:
    before = set(PROJECT.glob("*beat*"))
    with own_redis() as url:
        instance = Instance(tmp_path, {"CELERY_BROKER_URL": url, "DATABASE_URL": os.environ["DATABASE_URL"]})
        beat = subprocess.Popen(
            [sys.executable, "-m", "celery", "--quiet", "-A", "config", "beat", "--pidfile", ""],
            env=instance.environment,
            cwd=PROJECT,
        )
        try:
            queues = redis.Redis.from_url(url)
            every = {one["task"] for one in TIMETABLE.values()}
            wait_for(lambda: set(rung(queues)) == every, 30, "all sweeps, those of each day among them")
            wait_for(lambda: rung(queues).count(OFTEN) > 2, 30, "the sweep of each five seconds again")
            assert rung(queues).count(DAILY) == 1
        finally:
            beat.terminate()
            assert beat.wait(20) == 0
    assert not list(tmp_path.glob("*beat*"))
    assert set(PROJECT.glob("*beat*")) == before
