"""The admin tells an operator which sources to look at, and what the relevance gate kept out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ingest.models import Article, Source, Stage
from tests.ingest.newsroom import article, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("op@example.org", "a long password"))
    return client


def shown(operator: Client, model: str, **query: str) -> str:
    return operator.get(reverse(f"admin:ingest_{model}_changelist"), query).content.decode()


def test_it_lists_the_sources_that_need_attention(operator: Client) -> None:
    now = timezone.now()
    source("paper", last_success_at=now)
    broken = {"failures": 3, "error": "the server took too long", "due_at": now}
    source("broken", **broken, created_at=now - timedelta(days=9))
    assert "never read yet, 3 failures in a row: the server took too long" in shown(operator, "source")
    asked = shown(operator, "source", attention="yes")
    assert "Broken" in asked
    assert "Paper" not in asked


def test_it_asks_for_health_once_for_all_sources(
    operator: Client, django_assert_max_num_queries: object
) -> None:
    Source.objects.bulk_create([Source(url=f"https://{n}.example/f", title=f"S{n}") for n in range(60)])
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # a fixture without a type
        assert "S59" in shown(operator, "source")


def test_it_shows_what_was_filtered_out_and_why(operator: Client) -> None:
    off = article(source("paper"), "Ten best mattresses")
    Article.objects.filter(pk=off.pk).update(stage=Stage.OFF_TOPIC, relevance_reason="a shopping page")
    page = shown(operator, "article", stage__exact="off_topic")
    assert "Ten best mattresses" in page
    assert "a shopping page" in page


def test_the_lists_of_sources_to_filter_by_hold_nobodys_own(operator: Client) -> None:
    ada = get_user_model().objects.create_user("ada@bank.example")
    article(source("paper"), "OpenAI ships GPT-5")
    article(source("secret", owner=ada), "OpenAI ships GPT-6")
    page = shown(operator, "article")
    assert "Paper" in page
    assert "Secret" not in page


@pytest.mark.parametrize(
    "url", ["https://paper.example/feed", "javascript:alert(1)", "http://user:x@a.example/"]
)
def test_it_refuses_an_address_that_is_no_new_source(operator: Client, url: str) -> None:
    source("paper")
    values = {
        "url": url,
        "kind": "lab",
        "language": "en",
        "authority": "0.5",
        "failures": "0",
        "attempt": "0",
    }
    values |= {"moved_looks": "0", "created_at_0": "2025-08-08", "created_at_1": "12:00"}
    answer = operator.post(reverse("admin:ingest_source_add"), values)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert Source.objects.count() == 1
    fresh = operator.post(reverse("admin:ingest_source_add"), values | {"url": "https://new.example/feed"})
    assert fresh.status_code == 302
