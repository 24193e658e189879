"""Every address of the URLconf: its headers, its forms without a token, its redirects, and what a mere look changes."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from tests.security.conftest import in_production, signed_in
from tests.security.routes import Route, routes, watched
from users.models import User

pytestmark = pytest.mark.django_db
WHO = ("nobody", "ada", "olga")
UNSAFE = ("post", "put", "patch", "delete")
# Forms that other proof protects: whatever says so in the code is named here, with the proof.
WITHOUT_TOKEN = {
    "join": "the browser says that one of our pages sent it",
    "unsubscribe": "the signed address; mail programs send it (RFC 8058)",
    "mail-report": "the provider's signature or password",
    "shared-seen": "counts a look at a public page, and knows no reader",
    "language": "sets the language of this browser alone, from pages that caches may keep",
}
# Tables that a look may change: what says that somebody was there, and limits.
NOTES = {
    *("django_session", "usersessions_usersession", "cache", "users_deviceuse", "users_devicetoken"),
    *("django_migrations", "pgtrigger_trigger"),
}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
)


def who(name: str, ada: User, olga: User, **how: Any) -> Client:
    if name == "nobody":
        return Client(raise_request_exception=False, **how)
    return signed_in(ada if name == "ada" else olga, **how)


def test_every_parameter_of_every_address_has_a_value_here(values: dict[str, object]) -> None:
    found = [one.at(values) for one in routes()]
    assert len(found) > 300
    for address in found:
        try:
            resolve(address)
        except Resolver404:
            pytest.fail(f"{address} leads nowhere")


@pytest.mark.parametrize("name", WHO)
def test_every_answer_has_the_headers_that_keep_browsers_safe(
    name: str, ada: User, olga: User, values: dict[str, object]
) -> None:
    client = who(name, ada, olga)
    for one in routes():
        answer = client.get(one.at(values), secure=True)
        assert answer.status_code < 500, one
        head = answer.headers
        assert head["X-Content-Type-Options"] == "nosniff", one
        assert head["Referrer-Policy"] in ("same-origin", "no-referrer"), one
        assert head["Cross-Origin-Opener-Policy"] == "same-origin", one
        # Problems of the API are no pages; their policy says that nobody frames them.
        assert one.pattern.startswith("api/") or head.get("X-Frame-Options") in (
            ("DENY", "SAMEORIGIN") if one.name in FRAMED else ("DENY",)
        ), one
        assert "Access-Control-Allow-Origin" not in head, one
        assert "Server" not in head, one
        assert "X-Powered-By" not in head, one
        _policy(head["Content-Security-Policy"], one)
        if answer.headers.get("Content-Type", "").startswith("text/"):
            assert "charset=utf-8" in answer.headers["Content-Type"].lower().replace('"', ""), one
        if name != "nobody" and answer.status_code == 200 and one.name not in FOR_ALL:
            told = set(head.get("Cache-Control", "").split(", "))
            assert "no-store" in told or (one.name in CHECKED_AGAIN and {"private", "no-cache"} <= told), one


def test_in_production_browsers_are_told_to_come_by_tls_alone() -> None:
    asked = """
import os
os.environ["NUTGRAF_APPS"] = "TEAMID1234.org.example.news"  # so that there is an answer without a database
import django; django.setup()
from django.test import Client
answer = Client(headers={"host": "news.example.org"}).get("/.well-known/apple-app-site-association", secure=True)
print(answer.status_code, answer.headers["Strict-Transport-Security"])
"""
    assert in_production(asked) == "200 max-age=31536000; includeSubDomains; preload"


FRAMED = {"mail-preview-html", "outbox-html"}
# Opened by their address and no session; programs that read feeds ask by a tag whether there is anything new.
CHECKED_AGAIN = {"feed", "shared"}
# The same for everybody: browsers may keep these.
FOR_ALL = {
    "manifest",
    "worker",
    "offline",
    "landing",
    "accuracy",
    "openapi",
    "api-docs",
    "shared-card",
    "jsi18n",
}


def _policy(policy: str, one: Route) -> None:
    told = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    assert told["default-src"] in ("'self'", "'none'"), one
    for name in ("object-src", "base-uri"):
        assert told.get(name, "'none'" if told["default-src"] == "'none'" else "") == "'none'", (one, name)
    assert told["frame-ancestors"] in ("'none'", "'self'"), one
    assert told["frame-ancestors"] == "'none'" or one.name in FRAMED, one
    assert not re.search(r"unsafe-eval|\*|https?:|data:", policy), one
    assert "unsafe-inline" not in policy or one.name in FRAMED, one


@pytest.mark.parametrize("path", watched())
def test_probes_are_answered_as_safely(path: str) -> None:
    head = Client().get(path).headers
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in head["Content-Security-Policy"]
    for method in UNSAFE:
        assert getattr(Client(), method)(path).status_code == 405


@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("method", UNSAFE)
def test_no_change_is_made_without_a_token(
    name: str, method: str, ada: User, olga: User, values: dict[str, object]
) -> None:
    client = who(name, ada, olga, enforce_csrf_checks=True)
    before = state()
    for one in routes():
        if one.name in WITHOUT_TOKEN and not one.pattern.startswith("api/"):
            continue
        for elsewhere in ({}, {"HTTP_ORIGIN": "https://evil.example", "HTTP_SEC_FETCH_SITE": "cross-site"}):
            answer = getattr(client, method)(one.at(values), **elsewhere)
            if one.pattern.startswith("api/"):
                # No cookie opens the API, so there is nothing to forge; signing in needs what only the mail tells.
                assert answer.status_code in (400, 401, 404, 405, 415, 422, 429), one
            else:
                assert answer.status_code == 403, one
                assert b"That form was too old" in answer.content, one
    assert state() == before


def test_what_needs_no_token_is_what_is_named_here(values: dict[str, object]) -> None:
    exempt = {
        one.name
        for one in routes()
        if not one.pattern.startswith("api/") and getattr(resolve(one.at(values)).func, "csrf_exempt", False)
    }
    assert exempt == set(WITHOUT_TOKEN)


@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_mere_look_changes_nothing(
    name: str, method: str, ada: User, olga: User, values: dict[str, object], phone: Any, stranger: Any
) -> None:
    client = who(name, ada, olga)
    token = phone.token if name == "ada" else stranger.token
    before, written = state(), writes()
    for one in routes():
        headers = {"Authorization": f"Bearer {token}"} if one.pattern.startswith("api/") else {}
        answer = getattr(client, method)(one.at(values), headers=headers)
        if (
            answer.streaming and one.name != "turn_events"
        ):  # that one gives its connection back while it waits
            list(answer.streaming_content)
        if written != (written := writes()):  # whoever writes may write what is there already
            assert changed(before) == set(), one
    assert changed(before) == set()


def test_a_write_is_noticed(ada: User) -> None:
    before, written = state(), writes()
    assert (writes(), changed(before)) == (written, set())
    User.objects.filter(pk=ada.pk).update(language="de")
    assert writes() != written
    assert changed(before) == {User._meta.db_table}


def changed(before: dict[str, str]) -> set[str]:
    after = state()
    return {table for table in after if after[table] != before.get(table)}


def writes() -> list[tuple[Any, ...]]:
    """How many rows of each table this transaction has written: as long as that stays, so does `state`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
            WHERE schemaname = 'public' AND NOT relname = ANY(%s) ORDER BY relname
            """,
            [list(NOTES)],
        )
        return cursor.fetchall()


def state() -> dict[str, str]:
    """A digest of each table's rows."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - NOTES)
        asked = (
            f"""SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM "{table}" t"""  # noqa: S608
            for table in tables
        )
        cursor.execute(" UNION ALL ".join(asked))
        return dict(cursor.fetchall())


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("name", WHO)
def test_no_redirect_leads_to_another_site(
    name: str, elsewhere: str, ada: User, olga: User, values: dict[str, object]
) -> None:
    client = who(name, ada, olga)
    cookies = SimpleCookie(client.cookies)  # as they were when they signed in
    asked = {
        "next": elsewhere,
        "redirect": elsewhere,
        "url": elsewhere,
        "return": elsewhere,
        "continue": elsewhere,
    }
    for one in routes():
        if one.pattern.startswith("admin/") and elsewhere != ELSEWHERE[0]:
            continue  # one view of Django's judges them all
        address = one.at(values)
        answers = [client.get(address, asked)]
        with transaction.atomic():
            other = Client(raise_request_exception=False)
            other.cookies = SimpleCookie(cookies)  # what it does to the session is rolled back as well
            answers.append(other.post(address, asked | {"email": "new@bank.example"}))
            transaction.set_rollback(True)
        for answer in answers:
            assert answer.status_code < 500, one
            led = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
            assert stays(address, led), (one, led)
            assert "evil.example" not in answer.headers.get("Refresh", "")


def stays(address: str, led: str) -> bool:
    """Whether a browser at that address would stay with us; it reads a backslash as a slash."""
    whole = urlsplit(urljoin(f"https://testserver{address}", led.replace("\\", "/")))
    return whole.scheme in ("http", "https") and whole.hostname == "testserver"


def test_a_made_up_host_is_led_nowhere(client: Client, values: dict[str, object]) -> None:
    for one in routes():
        assert client.get(one.at(values), headers={"host": "evil.example"}).status_code == 400, one


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "PROPFIND"])
def test_methods_of_nobodys_do_nothing(method: str, ada: User, olga: User, values: dict[str, object]) -> None:
    client = who("ada", ada, olga)
    before = state()
    for one in routes():
        answer = client.generic(method, one.at(values), headers={"X-Secret": "canary-header"})
        assert answer.status_code < 500, one
        assert b"canary-header" not in (b"" if answer.streaming else answer.content), one
    assert state() == before
