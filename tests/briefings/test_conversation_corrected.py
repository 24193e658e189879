"""A paper edits its article after Ada asked about it: what she was told is struck through, and told to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from briefings.converse import answer, ask
from briefings.models import AnswerSentence, Brief, Turn
from tests.briefings import rows
from tests.briefings.papers import EVENING, FIRST, MORNING, NEXT, SECOND, Paper, ada, edition_of, given, paper
from tests.fakes import honest
from tests.fakes.model_server import ModelServer
from tests.ingest.conftest import web
from users.models import User

__all__ = ["ada", "given", "paper", "web"]
pytestmark = pytest.mark.django_db
PAYS = "How much has Anthropic agreed to pay?"


def asked(user: User, brief: Brief, question: str) -> Turn:
    turn = ask.ask(user, brief.pk, question)
    assert turn is not None
    answer.answer(turn.pk)
    turn.refresh_from_db()
    return turn


def told(turn: Turn) -> str:
    return " ".join(row.text for row in turn.sentences.all())


def body(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_what_stands_no_longer_is_struck_and_stands_again_with_its_source(
    given: Brief, paper: Paper, ada: User, client: Client
) -> None:
    client.force_login(ada)
    pays, other = asked(ada, given, PAYS), asked(ada, given, "How many copies had Anthropic taken?")
    assert "$1.5 billion" in told(pays)
    paper.prints(SECOND, EVENING)
    struck = AnswerSentence.objects.filter(struck__isnull=False)
    assert {row.turn_id for row in struck} >= {pays.pk}
    assert all("1.5 billion" in row.text for row in struck)
    shown = body(client, f"/brief/{given.pk}/")
    answers = shown[shown.index('id="turn-1"') :]
    assert "What is struck through stands no longer" in answers
    assert "<s>" in answers[: answers.index("</p>")]
    evidence = body(client, f"/brief/{given.pk}/evidence/t1-1/")
    assert "No longer stands." in evidence
    assert "Docket changed its article" in " ".join(evidence.split())
    assert "1.7 billion" in evidence
    assert [row.struck for row in other.sentences.all()] == [None]
    paper.prints(FIRST, NEXT)
    assert not AnswerSentence.objects.filter(struck__isnull=False).exists()
    assert "What is struck through stands no longer" not in body(client, f"/brief/{given.pk}/")


def test_what_has_fallen_already_answers_nothing(given: Brief, paper: Paper, ada: User) -> None:
    paper.prints(SECOND, EVENING)
    assert "1.5 billion" not in told(asked(ada, given, PAYS))


def test_a_stored_answer_that_fell_is_not_told_to_the_next(
    given: Brief, paper: Paper, ada: User, provider: ModelServer
) -> None:
    provider.reply = honest.answer
    ben = rows.reader("ben@fund.example", time_zone="UTC")
    edition_of(ben, MORNING)
    before = len(provider.requests)
    assert asked(ada, given, PAYS).writer == "model"
    assert asked(ben, given, PAYS).writer == "reused"
    assert len(provider.requests) == before + 1
    ask.forget(ben, given.pk)
    paper.looks_like(SECOND, EVENING + timedelta(minutes=1))  # and nobody has verified anything again yet
    turn = asked(ben, given, PAYS)
    assert len(provider.requests) == before + 2
    assert (turn.writer, turn.dropped > 0) == ("extractive", True), "nor what the model says of the old text"
    assert "1.5 billion" not in told(turn)
