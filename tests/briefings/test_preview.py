"""What an edition would lead with, shown while Ada says who she is: the edition's own choice, at no cost."""

from __future__ import annotations

import html
import re
import time
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from briefings import edition
from inference.models import Call
from ingest import embed
from ingest.place import place
from tests.fakes.model_server import ModelServer
from tests.fakes.newspaper import reports
from tests.ingest import newsroom
from users.models import Profile, User

pytestmark = pytest.mark.django_db
CHOSEN = {"role": "cto", "industry": "finance", "interests": "court rulings", "time_zone": "UTC", "hour": "7"}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def page() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ada@bank.example"))
    client.get("/left/")
    return client


def read_today() -> None:
    """Four articles of today, two of them of one event."""
    source = newsroom.source("daily", any_topic=True)
    now = timezone.now()
    news = [(one.title, one.plain) for one in reports("docket")[:2]]
    news.append(("Bank bets on open models", "A bank in Oslo buys chips for open models."))
    news.append(("Robots learn to fold <b>laundry</b>", "A robot of a start-up folds twelve shirts an hour."))
    hours = (now - newsroom.NOON) / timedelta(hours=1) - 1
    place([newsroom.article(source, title, text, hours=hours).pk for title, text in news], now)


def titles(fragment: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r"<b>(.*?)</b>", fragment)]


def test_it_is_what_the_edition_chooses(page: Client) -> None:
    read_today()
    user = User.objects.get()
    now = timezone.now()
    reader = edition.reader_of("cto", "finance", "court rulings")
    found, sample = edition.candidates_at(now, user.pk)
    chosen = edition.chosen(found, sample, reader, embed.LEXICAL, now, 6)[:3]
    by_id = {one.story: one.title for one in found}
    shown = page.post("/welcome/preview/", CHOSEN).content.decode()
    assert titles(shown) == [by_id[one.story] for one in chosen]
    assert len(titles(shown)) in (1, 2, 3)
    assert all(html.escape(reason) in shown for one in chosen for reason in one.why)


def test_foreign_words_stay_words(page: Client) -> None:
    read_today()
    shown = page.post("/welcome/preview/", CHOSEN | {"interests": "robots, laundry, shirts"}).content.decode()
    assert "<b>laundry</b>" not in shown


def test_nothing_is_stored_and_no_model_is_asked(page: Client, settings: Settings) -> None:
    read_today()
    with ModelServer() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, "sk-test"
        settings.NUTGRAF_MODEL_EMBED = "text-embedding-3-small"
        before = {model: model._default_manager.count() for model in apps.get_models()}
        assert "would lead with" in page.post("/welcome/preview/", CHOSEN).content.decode()
        assert server.requests == []
    assert {model: model._default_manager.count() for model in apps.get_models()} == before
    assert not Call.objects.exists()
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    "missing", [{"role": ""}, {"industry": ""}, {"role": "wizard"}, {"industry": "x" * 5000}]
)
def test_before_both_are_chosen_it_says_what_to_do(page: Client, missing: dict[str, str]) -> None:
    assert (
        "Choose a role and an industry" in page.post("/welcome/preview/", CHOSEN | missing).content.decode()
    )


def test_with_nothing_read_it_says_so(page: Client) -> None:
    assert "No news of the last two days" in page.post("/welcome/preview/", CHOSEN).content.decode()


def test_with_scripts_off_a_button_shows_it_on_the_page_and_keeps_what_was_chosen(page: Client) -> None:
    read_today()
    shown = page.post("/welcome/", CHOSEN | {"preview": "yes"}).content.decode()
    assert "would lead with" in shown
    assert '<option value="cto" selected>' in shown
    assert "court rulings</textarea>" in shown
    assert 'class="error"' not in shown
    assert not Profile.objects.exists()
    assert "Choose a role" in page.post("/welcome/", {"preview": "yes"}).content.decode()


def test_it_is_for_who_is_signed_in_and_not_all_day(page: Client) -> None:
    assert Client().post("/welcome/preview/", CHOSEN).headers["Location"].startswith("/accounts/login/")
    assert page.get("/welcome/preview/").status_code == 405
    answers = [page.post("/welcome/preview/", CHOSEN).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


def test_it_comes_while_somebody_types(page: Client) -> None:
    read_today()
    page.post("/welcome/preview/", CHOSEN)
    began = time.perf_counter()
    page.post("/welcome/preview/", CHOSEN)
    assert time.perf_counter() - began < 1, "a rough look: it is meant to take a fifth of that"
