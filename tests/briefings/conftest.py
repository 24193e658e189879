"""Ada, a brief of hers and her browser; a story; a provider on loopback that answers truly until told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from briefings.models import Brief
from inference import ways
from ingest import place
from ingest.models import Article, Story
from tests.briefings import factories, rows
from tests.briefings.model_answers import model
from tests.fakes.model_server import ModelServer
from tests.fakes.newspaper import reports
from tests.ingest import newsroom
from users.models import User


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example", "cto", "finance")


@pytest.fixture
def brief(ada: User) -> Brief:
    return factories.edition_of_two(ada).items.get(rank=1).brief


@pytest.fixture
def page(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    client.get("/settings/")  # its device is noted: what a test counts is a page like most
    return client


@pytest.fixture
def story() -> Story:
    report = reports("docket")[0]
    article = newsroom.article(newsroom.source("docket"), report.title, report.plain)
    place.place([article.pk], timezone.now())
    found = Article.objects.get(pk=article.pk).story
    assert found is not None
    return found


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL = server.url
        settings.OPENAI_API_KEY = "sk-test"
        server.reply = model()
        yield server
    ways.forget()
