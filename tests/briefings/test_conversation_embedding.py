"""What an embedding model does for an answer: it finds sentences, at whose expense, and when it is not asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from briefings.models import Brief
from inference import audit
from inference.models import Call
from tests.briefings import rows
from tests.briefings.test_conversation_model import USERS, asked, body, told
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer
from users.models import User

pytestmark = pytest.mark.django_db


def test_an_embedding_model_helps_to_find_sentences_on_the_readers_account(
    ada: User, brief: Brief, provider: ModelServer, settings: Any
) -> None:
    settings.NUTGRAF_MODEL_EMBED = fake.EMBEDDER
    rows.Story.objects.filter(pk=brief.story_id).update(embedder=f"{fake.EMBEDDER}@{fake.DIMENSIONS}")
    provider.script(fake.SERVER_ERROR)
    turn = asked(ada, brief, "Which automatic switch between answers stopped working?")
    assert turn.without == "no_answer"
    assert "the automatic switch between fast and slow answers failed" in " ".join(told(turn))
    spent = Call.objects.filter(purpose="embed")
    assert set(spent.values_list("reader", flat=True)) == {ada.pk, None}, "the sentences serve all readers"
    provider.script(fake.SERVER_ERROR)
    asked(ada, brief, "Which tasks could not run?")
    assert spent.filter(reader=None).count() == 1
    assert audit.verify() == []


@pytest.fixture
def embedded(brief: Brief, settings: Any) -> Brief:
    """A brief whose story a model of the endpoint has embedded."""
    settings.NUTGRAF_MODEL_EMBED = fake.EMBEDDER
    rows.Story.objects.filter(pk=brief.story_id).update(embedder=f"{fake.EMBEDDER}@{fake.DIMENSIONS}")
    return brief


@pytest.mark.parametrize("scope", ["reader", "converse"])
def test_an_answer_that_is_said_to_be_free_is(
    ada: User, embedded: Brief, page: Client, provider: ModelServer, settings: Any, scope: str
) -> None:
    settings.NUTGRAF_BUDGETS = {(scope, "day"): Decimal(0)}
    assert "found without a model: free" in body(page.get(f"/brief/{embedded.pk}/"))
    assert "700 million" in told(asked(ada, embedded, USERS))[0]
    assert provider.requests == []
    assert not Call.objects.exists()


def test_where_the_question_has_no_vector_its_sentences_need_none(
    ada: User, embedded: Brief, provider: ModelServer
) -> None:
    provider.script(fake.SERVER_ERROR, fake.SERVER_ERROR)
    turn = asked(ada, embedded, USERS)
    assert (turn.without, "700 million" in told(turn)[0]) == ("no_answer", True)
    assert [call.reader_id for call in Call.objects.filter(purpose="embed")] == [ada.pk]


def test_an_endpoint_that_was_slow_to_say_nothing_is_not_asked_for_vectors(
    ada: User, embedded: Brief, provider: ModelServer, settings: Any
) -> None:
    settings.MODEL_DEADLINE = 3.0
    provider.script(replace(fake.SERVER_ERROR, delay=1.2))
    turn = asked(ada, embedded, USERS)
    assert (turn.without, "700 million" in told(turn)[0]) == ("no_answer", True)
    assert not Call.objects.filter(purpose="embed").exists()


def test_what_a_question_is_compared_with_is_remembered_for_an_hour(
    ada: User, embedded: Brief, provider: ModelServer
) -> None:
    provider.script(fake.SERVER_ERROR)
    asked(ada, embedded, "Which automatic switch between answers stopped working?")
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(expires) FROM cache WHERE cache_key LIKE '%vector:%'")
        (last,) = cursor.fetchone()
    assert timedelta(0) < last - timezone.now() <= timedelta(hours=1)
