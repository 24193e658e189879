"""Ada takes along all that is held about her, and leaves: nothing of hers stays, and nothing of anybody else's goes."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client

from briefings import feed, personal, read, saved, share
from briefings.converse import answer, ask
from briefings.feedback import accuracy, challenge, learn, opened
from briefings.feedback.models import Challenge
from briefings.models import Brief, Delivery, Edition, EditionItem
from inference.models import Call
from ingest.models import Article, Source, Story
from ingest.place import place
from tests.briefings import factories, rows
from tests.ingest import newsroom
from tests.processes import wait_for
from users import suppressed
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def ada() -> User:
    """A reader of everything there is: editions, one with a brief of her own source, a mail, a question, a share."""
    ada = rows.reader("ada@bank.example", interests="chips, law")
    edition = factories.edition_of_two(ada)
    brief = edition.items.get(rank=1).brief
    Delivery.objects.create(edition=edition, message_id="<1@news.example>", state="sent", sent_at=rows.NOON)
    turn = ask.ask(ada, brief.pk, "What does GPT-5 cost?")
    assert turn
    answer.answer(turn.pk)
    assert saved.save(ada, brief.pk)
    assert share.make(ada, brief.pk)
    feed.renew(ada)
    own = own_brief(ada)
    call(ada, 1_500_000)
    assert opened.mark(ada, brief.pk)
    assert learn.learn(ada, brief.pk, "more")
    assert learn.learn(ada, own.pk, "dismiss")
    for key, mark in ((brief.pk, "6"), (own.pk, "1")):
        report(ada, key, mark)
    return ada


def report(user: User, brief: str, mark: str) -> None:
    reading = read.reading_for(user, brief)
    assert reading
    said = challenge.said(user, reading, mark)
    assert said
    assert challenge.challenge(user, said, "Is that so?", rows.NOON)


def own_brief(user: User) -> Brief:
    own = newsroom.source(f"own-{user.pk}", owner=user, any_topic=True)
    read = newsroom.article(own, "A memo on wafers", "The memo says that 40 wafers were lost in May.")
    place([read.pk], newsroom.NOON)
    story = Story.objects.get(owner=user)
    headline = rows.said(read.title, rows.cite(read, read.title))
    body = {"headline": headline, "takeaways": [], "lead": [], "sections": [], "catch": [], "bottom_line": []}
    brief = rows.ready_brief(story, [read], body)
    EditionItem.objects.create(edition=user.editions.get(), rank=3, brief=brief, why=["It is yours"])
    return brief


def call(reader: User, nano: int) -> Call:
    return Call.objects.create(
        work_key=f"chat:{uuid4()}",
        step="answer",
        number=1,
        purpose="chat",
        reader=reader,
        provider="api.example",
        model="gpt-5-mini",
        state=Call.State.SETTLED,
        hold=nano,
        cost=nano,
        input=100,
        cached=0,
        cache_write=0,
        output=10,
        reasoning=0,
    )


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def archive(user: User) -> dict[str, Any]:
    answer = as_(user).post("/settings/export/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="nutgraf-')
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:  # type: ignore[attr-defined]
        texts = {name: packed.read(name).decode() for name in packed.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in texts.items()}


def test_the_archive_has_everything(ada: User) -> None:
    told = archive(ada)
    assert told["account.json"]["interests"] == "chips, law"
    day = f"editions/{factories.MORNING}.json"
    assert [item["rank"] for item in told[day]["items"]] == [1, 2, 3]
    assert told[day]["items"][0]["brief"]["headline"]["citations"]
    assert [one["brief"] for one in told["read.json"]] == [told[day]["items"][0]["brief"]["id"]]
    assert {"GPT-5", "A memo on wafers"} <= {one["label"] for one in told["learned.json"]}
    assert {(one["reason"], one["outcome"]) for one in told["reports.json"]} == {("Is that so?", "stands")}
    assert {one["text"] for one in told["reports.json"]} >= {"A memo on wafers"}
    (asked,) = told["conversations.json"]
    assert asked["question"] == "What does GPT-5 cost?"
    assert "$1.25 per million" in asked["answer"][0]["text"]
    assert len(told["saved.json"]) == 1
    (shared,) = told["shares.json"]["shares"]
    assert "/s/" in shared["url"]
    assert "/feed/" in told["shares.json"]["private_feed"]
    assert [one["title"] for one in told["articles.json"]] == ["A memo on wafers"]
    assert "own-" in told["sources.opml"]
    assert told["mails.json"][0]["state"] == "sent"
    assert {"purpose": "chat", "usd": "0.001500", "calls": 1} in told["spending.json"]
    assert told["sign_in.json"] == {"devices": [], "factors": [], "accounts": []}
    listed = told["README.txt"]
    assert all(name in listed for name in told if "/" not in name and name != "README.txt")


def test_the_archive_names_devices_and_passkeys_and_tells_no_secret(ada: User) -> None:
    as_(ada).get("/settings/")
    Authenticator.objects.create(
        user=ada, type="webauthn", data={"name": "Phone", "credential": {"id": "kept"}}
    )
    Authenticator.objects.create(user=ada, type="totp", data={"secret": "kept"})
    told = archive(ada)["sign_in.json"]
    assert [(one["kind"], one["name"]) for one in told["factors"]] == [("webauthn", "Phone"), ("totp", "")]
    assert told["devices"][0].keys() == {"user_agent", "created_at", "last_seen_at"}
    assert "kept" not in json.dumps(told)


def test_the_archive_of_another_has_nothing_of_hers(ada: User) -> None:
    told = archive(rows.reader("cal@rival.example"))
    assert (
        told["conversations.json"]
        == told["saved.json"]
        == told["articles.json"]
        == told["spending.json"]
        == []
    )
    assert not [name for name in told if name.startswith("editions/")]
    assert "wafers" not in json.dumps(told)
    assert "ada@" not in json.dumps(told)


def test_somebody_who_never_said_who_they_are_has_an_archive_too() -> None:
    assert (
        archive(User.objects.create_user("new@bank.example"))["account.json"]["email"] == "new@bank.example"
    )


def test_an_archive_is_not_asked_for_all_day(ada: User) -> None:
    client = as_(ada)
    answers = [client.post("/settings/export/").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert client.get("/settings/export/").status_code == 405, "a look writes nothing"


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_the_staffs_log_forgets_whoever_leaves_and_nobody_whose_address_ends_alike() -> None:
    staff = User.objects.create_user("olga@news.example")
    left = User.objects.create_user("a@bank.example")
    said = (
        "a@bank.example",
        "devices of a@bank.example.",
        "ada@bank.example",
        "a@bank.example.org",
        "-a@bank.example",
    )
    for words in said:
        LogEntry.objects.create(user=staff, action_flag=2, object_id="0", object_repr=words)
    LogEntry.objects.create(
        user=staff,
        action_flag=2,
        object_repr="an earlier address",
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(left.pk),
    )
    personal.delete(left)
    kept = set(LogEntry.objects.values_list("object_repr", flat=True))
    assert kept == {*said[2:], "a reader who left"}


def test_whoever_leaves_leaves_nothing_behind_and_takes_nothing_of_others() -> None:
    cal = rows.reader("cal@rival.example")
    cals = factories.edition_of_two(cal)
    own_brief(cal)
    before = counts()
    ada = rows.reader("ada@bank.example")
    Edition.objects.create(
        reader=ada,
        local_date=factories.MORNING,
        role="cto",
        industry="finance",
        state="ready",
        prepared_at=rows.NOON,
    )
    shown = cals.items.get(rank=1).brief
    EditionItem.objects.create(edition=ada.editions.get(), rank=1, brief=shown, why=["It leads"])
    own_brief(ada)
    assert share.make(ada, shown.pk)
    turn = ask.ask(ada, shown.pk, "What does GPT-5 cost?")
    assert turn
    answer.answer(turn.pk)
    assert opened.mark(ada, shown.pk)
    assert learn.learn(ada, shown.pk, "more")
    report(ada, shown.pk, "6")
    spent = call(ada, 700)
    client, phone = as_(ada), as_(ada)
    phone.get("/settings/")
    Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Phone", "credential": {}})
    assert client.post("/settings/delete/", {"email": "Ada@bank.example "}).headers["Location"] == "/left/"
    changed = {name: (before[name], now) for name, now in counts().items() if now != before[name]}
    gone = changed.pop("briefings.GoneShare")
    assert gone == (0, 1)
    assert changed.pop("briefings.Challenge") == (0, 1), "that a sentence was challenged is nobody's"
    assert Challenge.objects.get().reports.count() == 0
    assert accuracy.months()[0].challenged == 1
    assert changed == {"inference.Call": (before["inference.Call"], before["inference.Call"] + 1)}
    spent.refresh_from_db()
    assert spent.reader is None
    assert spent.cost == 700
    assert client.get("/today/").headers["Location"].startswith("/accounts/login/"), "signed out"
    assert phone.get("/today/").headers["Location"].startswith("/accounts/login/"), "everywhere"
    assert as_(cal).get(f"/brief/{shown.pk}/").status_code == 200


def by_herself(ada: User) -> None:
    as_(ada).post("/settings/delete/", {"email": ada.email})


def by_staff(ada: User) -> None:
    operator = as_(User.objects.create_superuser("olga@news.example"))
    asked = operator.get(f"/admin/users/user/{ada.pk}/delete/").content.decode()
    assert "Are you sure" in asked
    assert "wafers" not in asked, "what she reads is not for staff"
    assert operator.post(f"/admin/users/user/{ada.pk}/delete/", {"post": "yes"}).status_code == 302


def by_staff_with_others(ada: User) -> None:
    ben = rows.reader("ben@fund.example")
    chosen = {"action": "delete_selected", "_selected_action": [ada.pk, ben.pk], "post": "yes"}
    as_(User.objects.create_superuser("olga@news.example")).post("/admin/users/user/", chosen)
    assert not User.objects.filter(pk=ben.pk).exists()


@pytest.mark.parametrize("leave", [by_herself, by_staff, by_staff_with_others])
def test_no_row_of_any_table_has_the_address_any_more(ada: User, leave: Callable[[User], None]) -> None:
    suppressed.hold(ada.email, "bounced", "no such mailbox", rows.NOON)
    as_(ada).get("/settings/")
    leave(ada)
    assert not User.objects.filter(pk=ada.pk).exists()
    assert not UserSession.objects.filter(user_id=ada.pk).exists()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%ada@bank.example%"])  # noqa: S608 - our own tables
            assert cursor.fetchone() == (0,), table
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%memo on wafers%"])  # noqa: S608
            assert cursor.fetchone() == (0,), table
    assert not Article.objects.filter(title="A memo on wafers").exists()
    assert not Source.objects.filter(url__contains="own-").exists()


@pytest.mark.parametrize("typed", ["", "cal@rival.example", "ada"])
def test_a_wrong_address_deletes_nothing(ada: User, typed: str) -> None:
    before = counts()
    answer = as_(ada).post("/settings/delete/", {"email": typed})
    assert answer.status_code == 400
    assert "Nothing was deleted" in answer.content.decode()
    noted = {"sessions.Session": 0, "usersessions.UserSession": 0}
    assert counts() | noted == before | noted


def test_only_who_is_signed_in_exports_or_leaves() -> None:
    for path in ("/settings/export/", "/settings/delete/"):
        assert Client().post(path).headers["Location"].startswith("/accounts/login/")
    assert Client().get("/left/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_brings_something_meanwhile_comes_too_late_or_goes_with_it() -> None:
    """Its transaction is open as the account is deleted: either it ends first and goes too, or finds nobody."""
    ada = rows.reader("ada@bank.example")
    own = newsroom.source("own", owner=ada)
    edition = rows.ready_edition(ada, factories.MORNING, [])
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        try:
            with transaction.atomic():
                newsroom.article(own, "A late memo", "It came in as she left.")
                Delivery.objects.create(edition=edition, message_id="<late@news.example>")
                begun.set()
                assert go_on.wait(20)
        except IntegrityError:
            return "nobody is there"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as both:
        worker = both.submit(work)
        assert begun.wait(20)
        leaving = both.submit(_leave, ada)
        wait_for(_somebody_waits, 20, "the deletion to wait for the worker, or to be through")
        go_on.set()
        assert leaving.result(30) is None
        assert worker.result(30) in ("done", "nobody is there")
    assert not User.objects.filter(pk=ada.pk).exists()
    assert not Article.objects.exists()
    assert not Delivery.objects.exists()


def _leave(user: User) -> None:
    try:
        personal.delete(user)
    finally:
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0]) or not User.objects.exists()
