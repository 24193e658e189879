"""axe finds nothing on any page, in light and dark, on a phone and on a desk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from briefings import compose, feed, looks, read, saved, share
from briefings.converse import answer, ask
from briefings.feedback import challenge, learn, opened
from briefings.models import Brief, PushSubscription
from briefings.topics import link
from ingest.models import Source
from tests.briefings import factories, rows
from tests.briefings.pushed import turned_on
from tests.briefings.test_own_spending import paid
from tests.browser.session import sign_in
from tests.fakes.passkey import SoftPasskey
from tests.fakes.push_service import Phone
from users import suppressed, tokens
from users.models import User
from users.unsubscribe import preferences_path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(autouse=True)
def _here(live_server: LiveServer, settings: Settings, tmp_path: Path) -> None:
    settings.NUTGRAF_URL = live_server.url
    settings.MAILBOX, settings.MAILBOX_SHOWN = tmp_path, True
    settings.NUTGRAF_STAFF_SECOND_FACTOR = True


def adas_pages(ada: User, url: str) -> list[str]:
    """Every page that a reader has, with something on it and with nothing."""
    empty = ["/shares/", "/feed/", "/saved/", "/learned/", "/topics/", "/settings/notifications/"]
    edition = factories.edition_of_two(ada)
    suppressed.hold(ada.email, "bounced", "550 5.1.1 no such mailbox", rows.NOON)
    lead, short = (item.brief_id for item in edition.items.all())
    for item in edition.items.select_related("brief"):
        link.link(item.brief.story_id)
    rows.ready_edition(ada, factories.MORNING.replace(day=8), [])
    if ada.email.startswith("ben"):
        return [
            *empty,
            "/sources/",
            "/search/",
            "/search/?q=quantum+gravity",
            f"/brief/{short}/",
            "/edition/2025-08-08/",
        ]
    look(ada, lead)
    paid("converse", 4001, lead, ada)
    paid("brief", 4001, lead)
    share.make(ada, lead)
    talk(ada, lead)
    saved.save(ada, lead)
    feed.renew(ada)
    taught(ada, lead, short)
    Source.objects.create(url="https://letter.example/feed", title="The Letter", owner=ada)
    turned_on(ada, Phone("", "https://push.example.com/1"), "Firefox on Android")
    turned_on(ada, Phone("", "https://push.example.com/2"), "Safari on iPhone")
    PushSubscription.objects.filter(label="Safari on iPhone").update(held="the push service answered 400")
    public = share.mine(ada)[0].url.removeprefix(url)
    own = [
        "/today/",
        "/archive/",
        "/topics/",
        "/topics/openai/",
        "/search/?q=gpt-oss",
        "/sources/",
        "/filtered/",
        "/settings/",
        "/settings/sign-in/",
        "/settings/notifications/",
        "/settings/spending/",
        "/settings/mail/",  # the mail in its frame is in a sandbox, where axe cannot run
        preferences_path(ada),
        "/settings/delete/",
        "/left/",
        "/api/v1/docs",
        "/edition/2025-08-07/",
        f"/brief/{lead}/evidence/6/",
        f"/brief/{short}/",
    ]
    return [
        *empty,
        *own,
        f"/brief/{lead}/",
        f"/brief/{lead}/lens/?role=cfo&industry=media",
        f"/brief/{lead}/lens/?role=ceo&industry=media",
        f"/brief/{lead}/lens/?role=lawyer&industry=media",
        f"/brief/{lead}/evidence/1/",
        f"/brief/{lead}/evidence/t1-1/",
        public,
        "/nowhere/",
    ]


def taught(ada: User, lead: str, short: str) -> None:
    """A story read and asked for more of, another muted, a sentence that stood the check and one that did not."""
    opened.mark(ada, lead)
    learn.learn(ada, lead, "more")
    learn.learn(ada, short, "dismiss")
    for mark in ("1", "6"):
        reading = read.reading_for(ada, lead)
        assert reading
        said = challenge.said(ada, reading, mark)
        assert said
        challenge.challenge(ada, said, "", rows.NOON)


def talk(ada: User, brief: str) -> None:
    """A conversation with an answer, a question the sources do not answer, one stopped, and one under way."""
    for number, question in enumerate(
        ("What does GPT-5 cost?", "Is there life on Mars?", "Why?", "And now?"), 1
    ):
        turn = ask.ask(ada, brief, question)
        assert turn is not None
        if number < 3:
            answer.answer(turn.pk)
        elif number == 3:
            ask.stop(ada, brief, number)


def look(ada: User, brief: str) -> None:
    """One other lens that is written, and one that waits."""
    for role in ("cfo", "ceo"):
        kind = looks.kind_of(role, "media")
        assert kind is not None
        row = looks.ask(ada, brief, kind)
        assert row is not None
        if role == "cfo":
            compose.write_lens(row.pk)


def strangers_pages() -> list[str]:
    brief, _ = factories.launch()
    ben = rows.reader("ben@bank.example")
    rows.ready_edition(ben, factories.MORNING, [(brief, None), (factories.weights(), None)])
    taught(ben, brief.pk, Brief.objects.exclude(pk=brief.pk).get().pk)
    return ["/", "/accounts/login/code/", "/unsubscribe/nobody/", "/accuracy/", "/offline/"]


def doors(user: User) -> list[str]:
    """The pages of signing in of somebody who has every factor, a second device, and has not said who they are."""
    SoftPasskey().add(user)
    passkey = Authenticator.objects.get(user=user, type="webauthn")
    RecoveryCodes.activate(user)
    tokens.issue(user, "Phone")
    here, passkeys = "/settings/sign-in/", "/settings/passkeys/"
    one = [f"{passkeys}{passkey.pk}/", f"{passkeys}{passkey.pk}/remove/", f"{passkeys}add/"]
    return [
        "/welcome/",
        here,
        *one,
        "/settings/app/",
        "/settings/codes/",
        "/settings/codes/new/",
        "/accounts/proof/",
    ]


def whose(who: str, url: str) -> tuple[User | None, list[str]]:
    if who == "a stranger":
        return None, strangers_pages()
    if who == "new":
        user = User.objects.create_user("new@bank.example")
        return user, doors(user)
    if who == "staff":
        olga = rows.reader("olga@news.example")
        User.objects.filter(pk=olga.pk).update(is_staff=True)
        with time_machine.travel(timezone.now() - timedelta(days=400)):
            old = preferences_path(olga)
        return olga, ["/settings/sign-in/staff/", "/settings/sign-in/", old]
    user = rows.reader(f"{who[:3]}@bank.example")
    return user, adas_pages(user, url)


def meant(path: str, who: str) -> int:
    """The status: of what nobody has, of a mail's address that is too old, else of a page."""
    if path in ("/nowhere/", "/unsubscribe/nobody/"):
        return 404
    return 410 if who == "staff" and path.startswith("/mail/") else 200


@pytest.mark.parametrize("who", ["ada", "ben, who has little", "a stranger", "new", "staff"])
def test_axe_finds_nothing(chromium: Browser, live_server: LiveServer, who: str) -> None:
    user, paths = whose(who, live_server.url)
    found = []
    for width, scheme in ((390, "dark"), (1280, "light")):
        context = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        if user:
            sign_in(page, user, live_server.url)
        for path in paths:
            answer = page.goto(live_server.url + path)
            assert answer
            assert answer.status == meant(path, who), path
            result = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
            found += [
                (path, width, scheme, one["id"], one["nodes"][0]["html"])
                for one in result.response["violations"]
            ]
        context.close()
    assert found == []
