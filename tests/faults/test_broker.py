"""F05, F06, F07: the broker goes in the middle, says nothing, and comes back empty. Rows are the truth."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from config.celery import TIMETABLE
from tests.chaos.brokers import BROKERS, Broker, started
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import PATIENCE, Instance, Running, noon, state_directory, wait_for

TWO_MINUTES = 120 / PATIENCE  # what `wait_for` waits for is two minutes then, and not more
SOON = 2.0  # seconds in which a page has to answer
# Whose hour is far, so that nobody prepares an edition before it is asked for.
READER = f"""
from django.conf import settings
from django.test import Client
from users.models import Profile, User
reader = User.objects.create_user("ada@bank.example")
Profile.objects.create(user=reader, role="cto", industry="finance", time_zone="{noon()}", hour=23, digest=False)
client = Client()
client.force_login(reader)
print(f"{{settings.SESSION_COOKIE_NAME}}={{client.cookies[settings.SESSION_COOKIE_NAME].value}}")
"""


@pytest.fixture(scope="module", params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    if not BROKERS[request.param].is_here():
        pytest.skip(f"no {request.param} here; tests/system_packages.sh installs it where it can")
    server = started(request.param)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture(scope="module")
def running(broker: Broker, web: WebServer) -> Iterator[Running]:
    """A whole Nutgraf whose queue lies in a broker that keeps nothing, with three stories."""
    with state_directory() as var:
        instance = Instance(var, {"CELERY_BROKER_URL": broker.url, "NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
        with instance.up("--no-sample", "--no-catalogue") as up:
            feed = web.put("/first.xml", whole(*reports("docket")))
            assert instance.manage("sources", "add", feed).returncode == 0
            wait_for(lambda: len(instance.json("stories")) == 3, 60, "stories")
            yield up


@pytest.mark.processes
def test_a_broker_that_comes_back_empty_loses_no_work(
    running: Running, broker: Broker, web: WebServer
) -> None:
    workers = {one.pid for one in running.children(" worker ")}
    parent, before = min(workers), web.seen["/second.xml"]
    broker.kill()
    feed = web.put("/second.xml", whole(*reports("labnotes")))
    assert running.instance.manage("sources", "add", feed).returncode == 0
    time.sleep(6)  # long enough for worker and beat to miss it
    assert len(running.instance.json("stories")) == 3, "nobody heard of it"
    broker.start()
    wait_for(lambda: len(running.instance.json("stories")) > 3, TWO_MINUTES, "the second feed's stories")
    assert parent in {one.pid for one in running.children(" worker ")}, "the worker heard again by itself"
    assert web.seen["/second.xml"] - before == 2, "added and looked at once each"


@pytest.mark.processes
@pytest.mark.parametrize("how", ["dead", "mute"])
def test_a_reader_who_asks_meanwhile_is_answered_at_once_and_served_later(
    running: Running, broker: Broker, how: str
) -> None:
    browser = signed_in(running, f"{how}@bank.example")
    token = re.search(
        r'csrfmiddlewaretoken" value="([^"]+)', browser.get(f"{running.url}/settings/", timeout=30).text
    )
    assert token
    broker.kill() if how == "dead" else broker.hush()
    try:
        began = time.monotonic()
        asked = browser.post(
            f"{running.url}/today/prepare/",
            {"csrfmiddlewaretoken": token[1]},
            headers={"Referer": f"{running.url}/today/"},
            timeout=30,
            allow_redirects=False,
        )
        took = time.monotonic() - began
        assert (asked.status_code, asked.headers["Location"]) == (302, "/today/")
        assert took < SOON
        with running.instance.connect() as database:
            query = """SELECT e.state FROM briefings_edition e JOIN users_user u ON u.id = e.reader_id
                       WHERE u.email = %s"""
            assert database.execute(query, [f"{how}@bank.example"]).fetchall() == [("queued",)]
    finally:
        broker.start() if how == "dead" else broker.speak()
    page = f"{running.url}/today/"
    wait_for(lambda: 'class="story' in browser.get(page, timeout=30).text, TWO_MINUTES, "the edition")


def test_whatever_finds_work_again_looks_every_minute_at_least() -> None:
    found = {name: entry for name, entry in TIMETABLE.items() if not name.startswith(("forget", "compare"))}
    assert len(found) >= 12
    for name, entry in found.items():
        assert timedelta(seconds=entry["schedule"]) <= timedelta(minutes=1), name


def signed_in(running: Running, email: str) -> requests.Session:
    done = running.instance.manage("shell", "-c", READER.replace("ada@bank.example", email))
    assert done.returncode == 0, done.stderr
    browser = requests.Session()
    browser.cookies.set(*done.stdout.strip().splitlines()[-1].split("=", 1))
    return browser
