"""A question that was answered before costs nothing again, and never gets the answer to another question."""

from __future__ import annotations

from typing import Any

import pytest

from bench.followups import judge
from briefings.converse import answer, ask
from briefings.converse.question import read
from briefings.converse.same import ask_the_same
from briefings.models import Brief, Turn
from inference.models import Call
from ingest.models import Article, Story
from tests.briefings import factories, rows
from tests.fakes import honest
from tests.fakes.model_server import ModelServer
from users.models import User

COST = "What does GPT-5 cost?"


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")


@pytest.fixture
def ben() -> User:
    return rows.reader("ben@fund.example")


@pytest.fixture
def brief(ada: User, ben: User, provider: ModelServer) -> Brief:
    """A brief that both have, with a model that answers truly."""
    provider.reply = honest.answer
    found = factories.edition_of_two(ada).items.get(rank=1).brief
    rows.ready_edition(ben, factories.MORNING, [(found, None)])
    return found


def asked(user: User, brief: Brief, question: str) -> Turn:
    turn = ask.ask(user, brief.pk, question)
    assert turn is not None
    answer.answer(turn.pk)
    turn.refresh_from_db()
    return turn


def told(turn: Turn) -> list[str]:
    return [row.text for row in turn.sentences.all()]


def test_no_pair_of_different_questions_is_taken_for_one() -> None:
    found = judge()
    assert found["different"] >= 190
    assert found["wrong"] == []
    assert found["served"] >= 0.65 * found["same"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Did it sell 12 units?", "Did it sell 13 units?"),
        ("Did Anna sue Bert?", "Did Anna sue Bart?"),
        ("Did Anna sue Bert?", "Didn't Anna sue Bert?"),
        ("Did Anna sue Bert?", "Did Bert sue Anna?"),
        ("What does it cost?", "What does it not cost?"),
        ("How many users does ChatGPT have?", "How many customers does ChatGPT have?"),
        ("When was GPT-5 unveiled?", "When was GPT-5 released?"),
        ("Who is buying Windsurf?", "Who bought Windsurf?"),
        ("Who buys Windsurf?", "Who bought Windsurf?"),
    ],
)
def test_another_figure_name_or_negation_is_another_question(one: str, other: str) -> None:
    assert not ask_the_same(read(one), read(other))
    assert ask_the_same(read(one), read(one.lower().rstrip("?")))


@pytest.mark.django_db
def test_the_same_question_of_another_reader_is_answered_for_nothing(
    ada: User, ben: User, brief: Brief, provider: ModelServer
) -> None:
    first = asked(ada, brief, COST)
    assert (first.writer, len(provider.requests)) == ("model", 1)
    second = asked(ben, brief, "How much is the price of GPT-5?")
    assert (second.writer, told(second)) == ("reused", told(first))
    assert len(provider.requests) == Call.objects.count() == 1
    assert Call.objects.get().reader == ada


@pytest.mark.django_db
@pytest.mark.parametrize(
    "question", ["What does GPT-4o cost?", "What does GPT-5 not cost?", "Why does GPT-5 cost anything?"]
)
def test_another_question_is_asked_anew(
    ada: User, ben: User, brief: Brief, provider: ModelServer, question: str
) -> None:
    asked(ada, brief, COST)
    assert asked(ben, brief, question).writer == "model"
    assert len(provider.requests) == 2


@pytest.mark.django_db
def test_what_speaks_of_who_asks_or_leans_on_another_question_is_nobody_elses(
    ada: User, ben: User, brief: Brief, provider: ModelServer
) -> None:
    personal = "What does GPT-5 cost us at Harbour Bank?"
    assert not asked(ada, brief, personal).stands_alone
    assert asked(ben, brief, personal).writer == "model"
    assert not asked(ada, brief, "And what does it cost?").stands_alone
    assert asked(ben, brief, "And what does it cost?").writer == "model"
    assert len(provider.requests) == 4


LEANING = [
    "And in Europe?",
    "What about Google?",
    "How about enterprise customers?",
    "And the downside?",
    "What else?",
    "For developers?",
    "Which ones?",
    "What do the others pay?",
    "How many users?",
    "Who objected?",
    "But who pays for GPT-5?",
]


@pytest.mark.django_db
@pytest.mark.parametrize("question", LEANING)
def test_what_goes_on_from_another_question_is_answered_with_it_and_nobody_elses(
    ada: User, ben: User, brief: Brief, provider: ModelServer, question: str
) -> None:
    asked(ada, brief, "What does Harbour Bank pay for GPT-5?")
    assert not asked(ada, brief, question).stands_alone
    assert "asked: What does Harbour Bank pay" in provider.requests[-1].body["messages"][-1]["content"]
    before = len(provider.requests)
    turn = asked(ben, brief, question)  # his first
    assert turn.writer not in ("reused", "prepared")
    assert len(provider.requests) == before + 1


@pytest.mark.django_db
def test_an_answer_for_everybody_is_made_without_a_look_at_the_conversation(
    ada: User, ben: User, brief: Brief, provider: ModelServer
) -> None:
    asked(ada, brief, "What does GPT-5 cost us at Harbour Bank?")
    turn = asked(ada, brief, COST)
    assert (turn.stands_alone, turn.writer) == (True, "model")
    assert "Harbour" not in provider.requests[-1].body["messages"][-1]["content"]
    assert asked(ben, brief, COST).writer == "reused"


@pytest.mark.django_db
def test_that_the_sources_do_not_say_is_told_again_for_nothing(
    ada: User, ben: User, brief: Brief, provider: ModelServer
) -> None:
    provider.reply = lambda request: {"answer": []}
    assert asked(ada, brief, COST).writer == "model"
    again = asked(ben, brief, COST)
    assert (again.state, again.writer, told(again)) == ("answered", "reused", [])
    assert len(provider.requests) == 1
    rows.edit(Article.objects.get(pk=brief.articles[0][0]), "GPT-5", "GPT-5, or GPT-V,")
    ask.forget(ben, brief.pk)
    assert asked(ben, brief, COST).writer == "model", "what the sources say now nobody has looked at"


@pytest.mark.django_db
def test_it_does_not_reach_over_to_another_brief(ada: User, brief: Brief, provider: ModelServer) -> None:
    asked(ada, brief, COST)
    other = Brief.objects.exclude(pk=brief.pk).get()
    assert asked(ada, other, COST).writer == "model"
    assert len(provider.requests) == 2


@pytest.mark.django_db
def test_a_brief_of_own_sources_is_asked_about_by_its_owner_alone(
    ada: User, ben: User, brief: Brief, provider: ModelServer
) -> None:
    private = Brief.objects.exclude(pk=brief.pk).get()
    private.items.all().delete()
    Story.objects.filter(pk=private.story_id).update(owner=ben)
    rows.ready_edition(ben, factories.MORNING.replace(day=9), [(private, None)])
    assert ask.ask(ada, private.pk, COST) is None
    asked(ben, private, "Which models are there?")
    assert asked(ada, brief, "Which models are there?").writer == "model"
    assert len(provider.requests) == 2


@pytest.mark.django_db
def test_a_prepared_answer_is_free_and_verified_again(ada: User, brief: Brief, provider: ModelServer) -> None:
    body: dict[str, Any] = dict(brief.body or {})
    price = body["sections"][0]["answer"][0]
    body["prepared"] = [{"question": "What do developers pay?", "answer": [price]}]
    Brief.objects.filter(pk=brief.pk).update(body=body)
    turn = asked(ada, brief, "what do developers pay")
    assert (turn.writer, told(turn), provider.requests) == ("prepared", [price["text"]], [])
    assert asked(ada, brief, "Which rival is GPT-5 compared with?").stands_alone
    body["prepared"][0]["question"] = "What is the price?"
    Brief.objects.filter(pk=brief.pk).update(body=body)
    assert asked(ada, brief, "What is its price?").writer == "model", "the rival's"
    body["prepared"][0]["question"] = "What do developers pay?"
    body["prepared"][0]["answer"][0] = {**price, "text": "Developers pay $7."}
    Brief.objects.filter(pk=brief.pk).update(body=body)
    assert asked(ada, brief, "What do developers pay?").writer == "model"
