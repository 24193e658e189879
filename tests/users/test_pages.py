"""Settings, unsubscribing, and the development mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from pytest_django import Settings

from users import unsubscribe
from users.models import Profile, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    user = User.objects.create_user("ada@bank.example")
    Profile.objects.create(user=user, role="cto", industry="finance", time_zone="Europe/Berlin", hour=6)
    return user


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_it_shows_and_saves_settings(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    shown = body(client.get("/settings/"))
    assert '<option value="Europe/Berlin" selected>' in shown
    assert '<option value="6" selected>06:00' in shown
    changed = {
        "role": "ceo",
        "industry": "retail",
        "interests": "Mistral",
        "time_zone": "UTC",
        "hour": "8",
        "days": ["1", "5"],
    }
    assert client.post("/settings/", changed).status_code == 302
    profile = Profile.objects.get()
    assert (profile.role, profile.industry, profile.hour, profile.days) == ("ceo", "retail", 8, [1, 5])
    assert profile.digest is False
    assert "Saved." in body(client.get("/settings/"))


@pytest.mark.parametrize(
    "path",
    ["/today/", "/archive/", "/sources/", "/settings/", "/settings/sign-in/", "/accuracy/", "/nowhere/"],
)
def test_signing_out_is_at_the_foot_of_every_page(ada: User, path: str) -> None:
    hers, form = Client(), 'action="/accounts/logout/"'
    hers.force_login(ada)
    assert body(hers.get(path)).partition("<footer")[2].count(form) == 1
    assert form not in body(Client().get(path, follow=True))


def test_it_refuses_settings_that_cannot_be(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    wrong = {
        "role": "wizard",
        "industry": "retail",
        "time_zone": "Mars/Base",
        "hour": "24",
        "interests": "x" * 1001,
    }
    shown = body(client.post("/settings/", wrong))
    assert shown.count('class="error"') == 5
    assert Profile.objects.get().role == "cto"


def test_unsubscribing_asks_on_get_and_acts_at_once_on_post(ada: User) -> None:
    path = unsubscribe.path(ada)
    stranger = Client(enforce_csrf_checks=True)
    assert "Stop the daily email?" in body(stranger.get(path))
    assert Profile.objects.get().digest is True
    assert "No more daily emails" in body(stranger.post(path, {"List-Unsubscribe": "One-Click"}))
    assert Profile.objects.get().digest is False
    assert stranger.post(path).status_code == 200, "twice is as good as once"


def test_an_unsubscribe_token_cannot_be_made_up(ada: User) -> None:
    forged = signing.dumps(ada.pk, salt="another.purpose")
    for token in ("nonsense", forged, unsubscribe.make_token(ada)[:-1] + "x"):
        assert Client().post(f"/unsubscribe/{token}/").status_code == 404
    assert Profile.objects.get().digest is True


def test_an_old_unsubscribe_link_outlives_a_change_of_the_secret(ada: User, settings: Settings) -> None:
    path = unsubscribe.path(ada)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert Client().post(path).status_code == 200
    assert Profile.objects.get().digest is False


def send(folder: Path, html: str = "") -> None:
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(folder))
    message = EmailMultiAlternatives(
        "Größe: 1234-5678", "the text, ünbroken", to=["ada@bank.example"], connection=connection
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


def test_the_outbox_shows_mail_in_development(settings: Settings, tmp_path: Path) -> None:
    settings.MAILBOX, settings.MAILBOX_SHOWN = tmp_path, True
    assert "Nothing sent yet" in body(Client().get("/outbox"))
    send(tmp_path)
    shown = body(Client().get("/outbox"))
    assert "Größe: 1234-5678" in shown
    assert "the text, ünbroken" in shown


def test_the_outbox_keeps_a_mails_html_in_a_sandbox(settings: Settings, tmp_path: Path) -> None:
    settings.MAILBOX, settings.MAILBOX_SHOWN = tmp_path, True
    send(tmp_path, "<p style='color:red'>hello</p><script>alert(1)</script>")
    name = next(tmp_path.iterdir()).stem + "-0"
    page = body(Client().get(f"/outbox/{name}"))
    assert 'sandbox="allow-popups' in page
    assert "<script>alert" not in page
    inner = Client().get(f"/outbox/{name}/html")
    policy = inner.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert inner.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_outbox_does_not_exist_in_production(settings: Settings, tmp_path: Path) -> None:
    settings.MAILBOX, settings.MAILBOX_SHOWN = tmp_path, False
    for path in ("/outbox", "/outbox/x-0", "/outbox/x-0/html", "/outbox/..%2F..%2Fetc%2Fpasswd"):
        assert Client().get(path).status_code == 404
