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
