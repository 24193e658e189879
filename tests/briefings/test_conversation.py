"""Ada asks about a brief of hers, without any model: the story's own sentences answer, or nothing does."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from briefings.converse import answer, ask
from briefings.models import AnswerSentence, Brief, Conversation, Turn
from inference.models import Call
from ingest import work
from ingest.models import Article
from tests.briefings import factories, rows
from users.models import User

pytestmark = pytest.mark.django_db


def asked(user: User, brief: Brief, question: str) -> Turn:
    """The question, answered as a worker does it."""
    turn = ask.ask(user, brief.pk, question)
    assert turn is not None
    answer.answer(turn.pk)
    turn.refresh_from_db()
    return turn


def told(turn: Turn) -> str:
    return " ".join(row.text for row in turn.sentences.all())


# ---------------------------------------------------------------- what it answers


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many people use ChatGPT every week?", "700 million people use ChatGPT every week"),
        ("What does GPT-5 cost?", "$1.25 per million input tokens"),
        ("Who wants GPT-4o back?", "asked for it back within hours"),
        ("How many of the 500 tasks does the score rest on?", "477 of the 500 tasks"),
        ("Has anybody repeated the measurement of errors?", "Nobody outside the company has repeated"),
    ],
)
def test_it_answers_with_the_sentences_of_the_sources(
    ada: User, brief: Brief, question: str, words: str
) -> None:
    turn = asked(ada, brief, question)
    assert (turn.state, turn.writer, turn.without) == ("answered", "extractive", "no_model")
    assert words in told(turn)
    for row in turn.sentences.all():
        (citation,) = row.citations
        assert citation["quote"] in {
            article.text[citation["start"] : citation["end"]] for article in _articles(brief)
        }
    assert not Call.objects.exists(), "and it costs nothing"


@pytest.mark.parametrize(
    "question",
    [
        "How much does Sam Altman earn?",
        "When will GPT-6 be released?",
        "What does Claude cost?",
        "How many tasks did Gemini solve?",
        "Is there life on Mars?",
        "Why?",
    ],
)
def test_it_says_so_when_the_sources_do_not(ada: User, page: Client, brief: Brief, question: str) -> None:
    turn = asked(ada, brief, question)
    assert (turn.state, told(turn)) == ("answered", "")
    assert "The sources do not say." in body(page.get(f"/brief/{brief.pk}/"))


def test_what_goes_on_from_a_question_is_understood_by_it(ada: User, brief: Brief) -> None:
    asked(ada, brief, "What share of the tasks could not run?")
    turn = asked(ada, brief, "And what does counting the missing ones bring?")
    assert "71.4 percent" in told(turn)
    asked(ada, brief, "What does the company say about people who use ChatGPT?")
    assert "700 million" in told(asked(ada, brief, "And how many is that?"))


# ---------------------------------------------------------------- whose it is


def test_nobody_asks_about_or_sees_what_is_not_theirs(ada: User, brief: Brief) -> None:
    asked(ada, brief, "What does GPT-5 cost?")
    cal = rows.reader("cal@street.example")
    stranger = Client()
    stranger.force_login(cal)
    assert ask.ask(cal, brief.pk, "What does GPT-5 cost?") is None
    for path, method in (
        ("ask/", stranger.post),
        ("forget/", stranger.post),
        ("turn/1/", stranger.get),
        ("turn/1/stop/", stranger.post),
        ("turn/1/again/", stranger.post),
        ("evidence/t1-1/", stranger.get),
    ):
        assert method(f"/brief/{brief.pk}/{path}", {"question": "What does GPT-5 cost?"}).status_code == 404
    assert Conversation.objects.get().reader == ada


def test_two_readers_of_one_brief_see_their_own_questions(ada: User, page: Client, brief: Brief) -> None:
    ben = rows.reader("ben@fund.example")
    rows.ready_edition(ben, factories.MORNING, [(brief, None)])
    asked(ben, brief, "Does the fund of Ben own shares?")
    assert "the fund of Ben" not in body(page.get(f"/brief/{brief.pk}/"))


# ---------------------------------------------------------------- the page, as without scripts


def body(response: Any) -> str:
    return str(response.content.decode())


def test_a_plain_form_asks_and_the_page_shows_the_answer(ada: User, page: Client, brief: Brief) -> None:
    here = f"/brief/{brief.pk}/"
    assert 'action="/brief/' in body(page.get(here))
    response = page.post(f"{here}ask/", {"question": " How many   people use ChatGPT? "})
    assert (response.status_code, response.headers["Location"]) == (302, f"{here}#conversation")
    waiting = body(page.get(here))
    assert "Looking in the sources" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    Turn.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    assert "briefs being written may come first" in body(page.get(here))
    answer.answer(Turn.objects.get().pk)
    shown = body(page.get(here))
    assert "<h3>How many people use ChatGPT?</h3>" in shown
    assert 'popovertarget="evidence-t1-1"' in shown
    assert "Extractive: sentences of the sources" in shown
    assert "http-equiv" not in shown
    alone = body(page.get(f"{here}evidence/t1-1/"))
    assert "<mark>The company says 700 million people use ChatGPT every week." in alone
    assert "The answer says</b>" in alone
    assert "The brief says</b>" in body(page.get(f"{here}evidence/1/"))


def test_what_was_forgotten_elsewhere_goes_from_the_page(ada: User, page: Client, brief: Brief) -> None:
    ask.ask(ada, brief.pk, "What does GPT-5 cost?")
    here, live = f"/brief/{brief.pk}/turn/1/", {"HX-Request": "true"}
    assert page.get(here, headers=live).status_code == 200
    ask.forget(ada, brief.pk)
    gone = page.get(here, headers=live)
    assert (gone.status_code, gone.content) == (286, b""), "so that it is not asked for again"
    assert page.get(here).status_code == 404


@pytest.mark.parametrize(
    ("question", "words"),
    [("  ", "Type a question first."), ("why " * 100, "A question may have 300 characters")],
)
def test_it_refuses_in_words_and_keeps_what_was_typed(
    page: Client, brief: Brief, question: str, words: str
) -> None:
    response = page.post(f"/brief/{brief.pk}/ask/", {"question": question})
    assert response.status_code == 422
    assert words in body(response)
    assert not Turn.objects.exists()
    assert question.strip() in body(response)


def test_it_takes_one_question_at_a_time(page: Client, brief: Brief) -> None:
    for _ in range(2):  # a double click is one question
        page.post(f"/brief/{brief.pk}/ask/", {"question": "What does GPT-5 cost?"})
    assert "One question at a time" in body(page.post(f"/brief/{brief.pk}/ask/", {"question": "And mini?"}))
    assert Turn.objects.count() == 1


def test_a_conversation_ends_some_time(ada: User, page: Client, brief: Brief) -> None:
    talk = Conversation.objects.create(reader=ada, brief=brief)
    for number in range(1, ask.MOST_TURNS + 1):
        Turn.objects.create(conversation=talk, number=number, question="Why?", state=Turn.State.STOPPED)
    assert "this conversation is full" in body(page.post(f"/brief/{brief.pk}/ask/", {"question": "And now?"}))
    assert page.post(f"/brief/{brief.pk}/forget/").status_code == 302
    assert page.post(f"/brief/{brief.pk}/ask/", {"question": "And now?"}).status_code == 302


def test_who_asks_too_often_is_asked_to_wait(page: Client, brief: Brief) -> None:
    responses = [page.post(f"/brief/{brief.pk}/ask/", {"question": "Why?"}) for _ in range(11)]
    assert [each.status_code for each in responses] == [302] * 10 + [429]
    assert "Wait a minute" in body(responses[-1])


def test_what_is_typed_is_text(page: Client, brief: Brief, ada: User) -> None:
    asked(ada, brief, "<script>alert(1)</script><img src=x onerror=alert(2)> & what does it cost?")
    shown = body(page.get(f"/brief/{brief.pk}/"))
    assert "<h3>&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt; &amp; what" in shown
    assert "<script>alert" not in shown


# ---------------------------------------------------------------- stop, again, forget


def test_what_is_stopped_is_answered_no_further(ada: User, page: Client, brief: Brief) -> None:
    turn = ask.ask(ada, brief.pk, "What does GPT-5 cost?")
    assert turn is not None
    claimed = work.claim(Turn, turn.pk, answer.LEASE)
    assert claimed is not None
    page.post(f"/brief/{brief.pk}/turn/1/stop/")
    with pytest.raises(answer._Lost):
        answer._answer(claimed)
    answer.answer(turn.pk)
    turn.refresh_from_db()
    assert (turn.state, turn.due_at, turn.sentences.count()) == ("stopped", None, 0)
    assert "Stopped" in body(page.get(f"/brief/{brief.pk}/"))
    page.post(f"/brief/{brief.pk}/turn/1/again/")
    new = Turn.objects.get()
    assert (new.question, new.number, new.state) == (turn.question, 1, "queued")
    answer.answer(new.pk)
    assert new.sentences.count() > 0
    page.post(f"/brief/{brief.pk}/turn/1/again/")
    assert Turn.objects.get() == new, "what has an answer needs no other"


def test_an_attempt_that_was_cut_off_leaves_nothing_behind(ada: User, brief: Brief) -> None:
    turn = ask.ask(ada, brief.pk, "What does GPT-5 cost?")
    assert turn is not None
    dead = work.claim(Turn, turn.pk, answer.LEASE)
    assert dead is not None
    desk = answer._Answering(dead, answer.ground_of(brief))
    (first, *_) = desk.found().sentences
    assert answer._release(dead, 0, first, desk)
    Turn.objects.update(lease_until=timezone.now())
    answer.answer(turn.pk)
    turn.refresh_from_db()
    assert turn.state == "answered"
    places = list(turn.sentences.values_list("place", flat=True))
    assert places == list(range(len(places)))
    with pytest.raises(answer._Lost):
        answer._release(dead, 7, first, desk)


def test_forgetting_and_leaving_take_everything_along(ada: User, page: Client, brief: Brief) -> None:
    asked(ada, brief, "What does GPT-5 cost?")
    page.post(f"/brief/{brief.pk}/forget/")
    assert not (Conversation.objects.exists())
    assert not (Turn.objects.exists())
    assert not (AnswerSentence.objects.exists())
    asked(ada, brief, "What does GPT-5 cost?")
    ada.delete()
    assert not (Conversation.objects.exists())
    assert not (Turn.objects.exists())
    assert not (AnswerSentence.objects.exists())


@pytest.mark.django_db(transaction=True)
def test_who_closes_the_account_while_asking_asks_nothing(ada: User, brief: Brief) -> None:
    answers: list[Turn | None] = []

    def go() -> None:
        try:
            answers.append(ask.ask(User.objects.get(), brief.pk, "What does GPT-5 cost?"))
        finally:
            connection.close()

    asking = threading.Thread(target=go, daemon=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE briefings_conversation IN SHARE ROW EXCLUSIVE MODE")
        asking.start()
        asking.join(0.5)
        assert asking.is_alive()
        ada.delete()
    asking.join(20)
    assert answers == [None]
    assert not Turn.objects.exists()


# ---------------------------------------------------------------- what the database refuses


def _articles(brief: Brief) -> list[Article]:
    return list(Article.objects.filter(pk__in=dict(brief.articles)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"unsupported": 1},
        {"text": ""},
        {"citations": []},
        {"verified_at": None},
        {"citations": [{"article": 1, "start": 0, "end": 5}]},
        {"quote": "GPT-5 costs nothing at all"},
    ],
    ids=str,
)
def test_nothing_is_told_that_was_not_verified(ada: User, brief: Brief, wrong: dict[str, Any]) -> None:
    turn = asked(ada, brief, "What does GPT-5 cost?")
    row = turn.sentences.first()
    assert row is not None
    citations = [{**row.citations[0], "quote": wrong["quote"]}] if "quote" in wrong else row.citations
    changed = {key: value for key, value in wrong.items() if key != "quote"}
    values = {
        "text": row.text,
        "citations": citations,
        "unsupported": 0,
        "verified_at": timezone.now(),
        **changed,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerSentence.objects.create(turn=turn, place=9, **values)
    AnswerSentence.objects.create(
        turn=turn, place=9, **{**values, **{k: getattr(row, k) for k in changed}, "citations": row.citations}
    )


def test_what_was_told_is_never_altered(ada: User, brief: Brief) -> None:
    row = asked(ada, brief, "What does GPT-5 cost?").sentences.first()
    assert row is not None
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        AnswerSentence.objects.filter(pk=row.pk).update(text="It is free.")
