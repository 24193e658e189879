"""kill -9 in the middle of each kind of work: it is found again, and done once.

Real processes and a real queue. The outside holds a worker in the middle (a server that does not answer, a lock), the
worker and its children die without a word, and the sweeps find what they left. The one thing shortened is waiting: the
leases of the dead are made to end.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, LiteralString

import pytest
from kombu import Connection

from config.celery import app
from tests.fakes import honest
from tests.fakes.doors import Door
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.model_server import ModelServer
from tests.fakes.newspaper import announced, reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, Running, noon, state_directory, wait_for

pytestmark = pytest.mark.processes

PATIENCE = 120.0  # seconds; a worker's restart and a sweep take ten to twenty, on a busy machine more
PLACING = 0x4E757467  # the lock of ingest/place.py
LEASED: tuple[LiteralString, ...] = (
    "UPDATE ingest_source SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE ingest_article SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_brief SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_lens SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_turn SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_edition SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_delivery SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_pushdelivery SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE inference_call SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
)
QUEUES: dict[str, tuple[LiteralString, LiteralString]] = {
    "fetch": (
        "UPDATE pgmq.q_fetch SET vt = now() WHERE vt > now() RETURNING msg_id",
        "SELECT msg_id FROM pgmq.q_fetch",
    ),
    "write": (
        "UPDATE pgmq.q_write SET vt = now() WHERE vt > now() RETURNING msg_id",
        "SELECT msg_id FROM pgmq.q_write",
    ),
    "deliver": (
        "UPDATE pgmq.q_deliver SET vt = now() WHERE vt > now() RETURNING msg_id",
        "SELECT msg_id FROM pgmq.q_deliver",
    ),
    "answer": (
        "UPDATE pgmq.q_answer SET vt = now() WHERE vt > now() RETURNING msg_id",
        "SELECT msg_id FROM pgmq.q_answer",
    ),
}
READER = """
from django.utils import timezone
from briefings import edition
from users.models import Profile, User
reader = User.objects.create_user("{email}")
Profile.objects.create(user=reader, role="cto", industry="finance", time_zone="{zone}", hour=7, digest={digest})
edition.request(reader, edition.local_date_of(reader, timezone.now()))
"""


def rows(running: Running, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    with running.instance.connect() as connection:
        return connection.execute(query, values).fetchall()


def one(running: Running, query: LiteralString, *values: object) -> tuple[Any, ...] | None:
    found = rows(running, query, *values)
    assert len(found) <= 1, found
    return found[0] if found else None


def kill_the_worker(running: Running, door: Door | None = None) -> None:
    """Parent and children die at once; then the door opens and the leases end before the next worker is there."""
    family = running.children(" worker ")
    assert len(family) == 3, family
    for process in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    if door:
        door.open()
    with running.instance.connect() as connection:
        for end in LEASED:
            connection.execute(end)


def nudge(running: Running, *sweeps: str) -> None:
    """Sweeps that beat would send within seconds, now. Only to come to the middle sooner: beat finds what was lost."""
    with running.instance.connect() as own:
        where = own.info.dsn
    with Connection("pgmq://", transport_options={"init_extension": False, "conn_string": where}) as queue:
        for sweep in sweeps:
            app.send_task(sweep, connection=queue)


def redeliver(running: Running) -> int:
    """Let the queue give out again what the dead never acknowledged, as it does when its own time-out ends, and wait
    until that is done with. How many messages it was."""
    with running.instance.connect() as connection:
        given = {queue: connection.execute(again).fetchall() for queue, (again, _) in QUEUES.items()}

        def done() -> bool:
            left = {queue: connection.execute(all_).fetchall() for queue, (_, all_) in QUEUES.items()}
            return not any(set(given[queue]) & set(left[queue]) for queue in QUEUES)

        wait_for(done, PATIENCE, "the queue to be rid of it")
    return sum(map(len, given.values()))


def waits_for_a_lock(running: Running) -> bool:
    return bool(rows(running, "SELECT 1 FROM pg_locks WHERE NOT granted"))


def add_source(running: Running, url: str, hurry: bool = True) -> None:
    added = running.instance.manage("sources", "add", url)
    assert added.returncode == 0, added.stderr
    if hurry:
        nudge(running, "ingest.tasks.sweep_sources")


# ---------------------------------------------------------------- feeds and articles

SETTLEMENT, AI_ACT, ACTION_PLAN = reports("docket")
FIRST_DAY, GPT_OSS = reports("labnotes")


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture(scope="module")
def reading() -> Iterator[Running]:
    with state_directory() as var:
        instance = Instance(var, {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
        with instance.up("--no-sample", "--no-catalogue") as running:
            yield running


ARTICLE = """
    SELECT stage, text_from_page, attempt, story_id, error, id FROM ingest_article WHERE title = %s AND stage = 'placed'
"""


def test_a_feed_is_taken_in_once(reading: Running, web: WebServer) -> None:
    door = Door(lets=1)  # adding a source looks at it
    feed = web.misbehave("/feed.xml", door.before(whole(SETTLEMENT, GPT_OSS)))
    add_source(reading, feed)
    door.await_somebody()
    kill_the_worker(reading, door)
    for report in (SETTLEMENT, GPT_OSS):
        assert wait_for(lambda title=report.title: one(reading, ARTICLE, title), PATIENCE, report.title)  # type: ignore[misc]
    assert rows(reading, "SELECT count(*) FROM ingest_article") == [(2,)]
    source = one(
        reading, "SELECT lease_until, attempt, failures, error FROM ingest_source WHERE url = %s", feed
    )
    assert source == (None, 0, 0, "")
    assert web.seen["/feed.xml"] == 3


def test_a_page_is_read_once(reading: Running, web: WebServer) -> None:
    door = Door()
    link = web.misbehave("/ai-act", door.before(AI_ACT.page, "text/html"))
    add_source(reading, web.put("/teasers.xml", announced(AI_ACT, link)))
    door.await_somebody()
    kill_the_worker(reading, door)
    article = wait_for(lambda: one(reading, ARTICLE, AI_ACT.title), PATIENCE, "the article")
    assert article[1:3] == (True, 0)
    assert web.seen["/ai-act"] == 2
    text, spans = (
        rows(reading, "SELECT text FROM ingest_article WHERE id = %s", article[5]),
        rows(
            reading,
            'SELECT number, start, "end" FROM ingest_passage WHERE article_id = %s ORDER BY number',
            article[5],
        ),
    )
    assert [number for number, _, _ in spans] == list(range(len(spans)))
    assert all(end <= after for (_, _, end), (_, after, _) in pairwise(spans))
    assert spans[-1][2] == len(text[0][0])


def test_an_article_finds_its_story_once(reading: Running, web: WebServer) -> None:
    with reading.instance.connect() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [PLACING])
        add_source(reading, web.put("/plan.xml", whole(ACTION_PLAN)))
        wait_for(lambda: waits_for_a_lock(reading), PATIENCE, "a worker that places")
        kill_the_worker(reading)
    article = wait_for(lambda: one(reading, ARTICLE, ACTION_PLAN.title), PATIENCE, "the article in its story")
    story = one(reading, "SELECT count(*) FROM ingest_article WHERE story_id = %s", article[3])
    assert story == (1,)
    assert rows(reading, "SELECT count(*) FROM ingest_story WHERE title = %s", ACTION_PLAN.title) == [(1,)]


def test_what_the_queue_gives_out_again_changes_nothing(reading: Running, web: WebServer) -> None:
    tables = "SELECT id, stage, text, story_id, attempt FROM ingest_article ORDER BY id"
    before, asked = rows(reading, tables), dict(web.seen)
    assert redeliver(reading) >= 3
    assert rows(reading, tables) == before
    assert dict(web.seen) == asked


def test_work_goes_on_when_beat_and_web_are_killed(reading: Running, web: WebServer) -> None:
    dead = [*reading.children(" beat "), *reading.children("granian")]
    for process in dead:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    add_source(reading, web.put("/later.xml", whole(FIRST_DAY)), hurry=False)
    # Adding a source looks at it; then the worker does, once.
    wait_for(lambda: web.seen["/later.xml"] == 2, PATIENCE, "beat's sweep to find the new source")
    wait_for(lambda: one(reading, ARTICLE, FIRST_DAY.title), PATIENCE, FIRST_DAY.title)
    wait_for(lambda: reading.status("/") == 200, PATIENCE, "the page")
    assert web.seen["/later.xml"] == 2


# ---------------------------------------------------------------- briefs, editions and mails


class Desk:
    """The provider's side: holds the first request of a kind for which a door stands."""

    def __init__(self) -> None:
        self.doors: dict[str, Door] = {}

    def __call__(self, body: dict[str, Any]) -> dict[str, Any]:
        if door := self.doors.get(honest.asked_for(body)):
            door.wait()
        return honest.answer(body)


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with ModelServer() as server:
        server.reply = Desk()
        yield server


@pytest.fixture(scope="module")
def writing(web: WebServer, mail: MailServer, provider: ModelServer) -> Iterator[Running]:
    with state_directory() as var:
        extra = {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8", "EMAIL_URL": mail.url}
        extra |= {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-test"}
        with Instance(var, extra).up("--no-sample", "--no-catalogue") as running:
            yield running


def door_for(provider: ModelServer, what: str) -> Door:
    desk = provider.reply
    assert isinstance(desk, Desk)
    return desk.doors.setdefault(what, Door())


def sign_up(running: Running, email: str, digest: bool) -> None:
    done = running.instance.manage("shell", "-c", READER.format(email=email, digest=digest, zone=noon()))
    assert done.returncode == 0, done.stderr
    nudge(running, "briefings.tasks.sweep_editions")


def calls(running: Running, what: str) -> list[str]:
    query = "SELECT state FROM inference_call WHERE purpose = %s ORDER BY number"
    return [state for (state,) in rows(running, query, what)]


@pytest.fixture(scope="module")
def brief(writing: Running, web: WebServer, provider: ModelServer) -> tuple[Any, ...]:
    """The brief of the only story, whose writer was killed while the model thought."""
    door = door_for(provider, honest.BRIEF)
    add_source(writing, web.put("/briefs.xml", whole(SETTLEMENT)))
    wait_for(lambda: one(writing, ARTICLE, SETTLEMENT.title), PATIENCE, "the article")
    nudge(writing, "briefings.tasks.sweep_briefs")
    door.await_somebody()
    kill_the_worker(writing, door)
    query = "SELECT id, version, writer, attempt FROM briefings_brief WHERE state = 'ready'"
    return wait_for(lambda: one(writing, query), PATIENCE, "the brief")


def test_a_brief_is_written_once(writing: Running, brief: tuple[Any, ...], provider: ModelServer) -> None:
    assert brief[1:] == (1, "model", 0)
    assert rows(writing, "SELECT count(*) FROM briefings_brief") == [(1,)]
    # Each step was asked for once more, and not oftener.
    assert [honest.asked_for(request.body) for request in provider.requests].count(honest.BRIEF) == 2
    assert calls(writing, "fact_sheet") == ["settled", "settled"]


def _edition(running: Running, email: str) -> Callable[[], tuple[Any, ...] | None]:
    query: LiteralString = """
        SELECT e.id, e.attempt FROM briefings_edition e JOIN users_user u ON u.id = e.reader_id
        WHERE u.email = %s AND e.state = 'ready'
    """
    return lambda: one(running, query, email)


def test_an_edition_is_prepared_once(writing: Running, brief: tuple[Any, ...], provider: ModelServer) -> None:
    door = door_for(provider, honest.LENS)
    sign_up(writing, "ada@bank.example", digest=False)
    door.await_somebody()
    kill_the_worker(writing, door)
    edition = wait_for(_edition(writing, "ada@bank.example"), PATIENCE, "the edition")
    assert edition[1] == 0
    items = "SELECT rank, brief_id, lens_id IS NOT NULL FROM briefings_editionitem WHERE edition_id = %s"
    assert rows(writing, items, edition[0]) == [(1, brief[0], True)]
    assert rows(writing, "SELECT state, writer FROM briefings_lens") == [("ready", "model")]
    assert [honest.asked_for(request.body) for request in provider.requests].count(honest.LENS) == 2


DELIVERY = """
    SELECT d.state, d.due_at, d.error FROM briefings_delivery d JOIN briefings_edition e ON e.id = d.edition_id
    JOIN users_user u ON u.id = e.reader_id WHERE u.email = %s AND d.state = ANY(%s)
"""
DONE = ["sent", "skipped", "failed", "unknown"]


def _letters(mail: MailServer, to: str) -> int:
    return sum(to in str(message["To"]) for message in mail.accepted)


def test_a_mail_whose_sending_was_cut_off_is_unknown_and_never_sent_again(
    writing: Running, brief: tuple[Any, ...], mail: MailServer
) -> None:
    mail.answers.append("hold")
    sign_up(writing, "ben@fund.example", digest=True)
    wait_for(_edition(writing, "ben@fund.example"), PATIENCE, "the edition")
    nudge(writing, "briefings.tasks.sweep_deliveries")
    assert mail.holding.wait(PATIENCE), "no mail came"
    kill_the_worker(writing)
    mail.release.set()
    state, due_at, error = wait_for(
        lambda: one(writing, DELIVERY, "ben@fund.example", DONE), PATIENCE, "the end of it"
    )
    assert (state, due_at) == ("unknown", None)
    assert "not sent again" in error
    assert _letters(mail, "ben@fund.example") == 1


def test_a_mail_whose_sending_had_not_begun_is_sent_once(
    writing: Running, brief: tuple[Any, ...], mail: MailServer
) -> None:
    greeted = threading.Event()

    def at_the_greeting() -> None:
        if not greeted.is_set():
            greeted.set()
            kill_the_worker(writing)

    mail.at_greeting = at_the_greeting
    sign_up(writing, "dan@fund.example", digest=True)
    wait_for(_edition(writing, "dan@fund.example"), PATIENCE, "the edition")
    nudge(writing, "briefings.tasks.sweep_deliveries")
    assert greeted.wait(PATIENCE), "a worker about to send"
    delivery = wait_for(lambda: one(writing, DELIVERY, "dan@fund.example", DONE), PATIENCE, "the end of it")
    assert delivery[0] == "sent"
    assert _letters(mail, "dan@fund.example") == 1


def test_what_the_dead_had_asked_for_is_unknown_and_stays_on_the_books(
    writing: Running, brief: tuple[Any, ...], provider: ModelServer
) -> None:
    def closed() -> bool:
        return not rows(writing, "SELECT 1 FROM inference_call WHERE state IN ('reserved', 'sent')")

    wait_for(closed, PATIENCE, "the sweep that closes what was abandoned")
    assert calls(writing, "brief") == ["unknown", "settled"]
    assert calls(writing, "lens") == ["unknown", "settled"]
    verified = writing.instance.manage("ledger", "verify", "--json")
    assert (verified.returncode, json.loads(verified.stdout)["broken"]) == (0, [])
    kept = rows(writing, "SELECT sum(hold) FROM inference_call WHERE state = 'unknown'")
    assert (
        rows(writing, "SELECT held FROM inference_budget WHERE scope = 'service' ORDER BY period") == kept * 2
    )
    # One to one: whatever the provider was asked stands in the books under the name it was asked by.
    attempts = {str(attempt) for (attempt,) in rows(writing, "SELECT attempt FROM inference_call")}
    assert attempts == {request.client_id for request in provider.requests}


def test_what_the_queue_gives_out_again_writes_and_sends_nothing(
    writing: Running, brief: tuple[Any, ...], mail: MailServer, provider: ModelServer
) -> None:
    asked, sent = len(provider.requests), len(mail.accepted)
    assert redeliver(writing) >= 4
    assert (len(provider.requests), len(mail.accepted)) == (asked, sent)
