"""Follow-up questions with answers: prepared with the brief, verified like it, and shown below it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from briefings import read
from briefings.models import Brief
from briefings.schemas import BriefBody
from briefings.verify import verify
from briefings.verify.brief import sentences
from briefings.write.brief import write
from tests.briefings import factories, rows
from tests.briefings.model_answers import BRIEF, model, said
from tests.briefings.stories import MATERIAL
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db
ENERGY = "How much energy does Tern 5 need?"


def asking(*follow_ups: Any) -> dict[str, Any]:
    return {**BRIEF, "follow_ups": list(follow_ups)}


def test_it_keeps_the_answers_that_hold(provider: ModelServer) -> None:
    true = "The company did not say how much energy the model needs. [A1.3]"
    provider.reply = model(
        brief=asking(
            {"question": "What does the company say about energy?", "answer": [true]},
            {"question": ENERGY, "answer": ["It needs 40 % less power. [A1.1]"]},
            {"question": "What did Fjord pay $9 for?", "answer": [true]},
            "What comes next?",
        )
    )
    written = write(MATERIAL, "brief:b1")
    (prepared,) = written.body.prepared
    assert prepared.question == "What does the company say about energy?"
    assert prepared.answer[0].citations[0].quote in MATERIAL.articles[0].text
    assert written.body.follow_ups == ("What does the company say about energy?", ENERGY, "What comes next?")
    assert {failure.where.split(".")[0] for failure in written.failures} == {"prepared", "follow_ups"}
    counts = written.body.verification
    assert counts.sentences == counts.supported == len(list(sentences(written.body))) + 1
    assert counts.dropped == 3, "two answers and a question"
    assert verify(written.body, MATERIAL).failures == ()


def test_it_answers_nothing_with_what_the_brief_tells(provider: ModelServer) -> None:
    lead = BRIEF["lead"][0]
    told = {"question": "What is it?", "answer": [f"{lead['text']} [{', '.join(lead['passages'])}]"]}
    provider.reply = model(brief=asking(told, {"question": "And then?", "answer": [said("Fake.", "A9.9")]}))
    assert write(MATERIAL, "brief:b1").body.prepared == ()


def _launch_with_answer() -> Brief:
    brief, _ = factories.launch()
    body = dict(brief.body or {})
    first = body["sections"][0]
    body["prepared"] = [{"question": "What do GPT-5 mini and nano cost?", "answer": first["answer"]}]
    Brief.objects.filter(pk=brief.pk).update(body=body)
    return Brief.objects.get(pk=brief.pk)


def test_the_page_shows_them_and_the_document_does_not(client: Client) -> None:
    brief = _launch_with_answer()
    ada = rows.reader("ada@bank.example")
    rows.ready_edition(ada, rows.NOON.date(), [(brief, None)])
    client.force_login(ada)
    page = client.get(f"/brief/{brief.pk}/").content.decode()
    assert "Ask next" in page
    assert "<summary>What do GPT-5 mini and nano cost?</summary>" in page
    document = read.document(brief).model_dump(mode="json")
    assert "prepared" not in document
    assert document["follow_ups"] == ["What do GPT-5 mini and nano cost?"]
    assert BriefBody.model_validate(brief.body).prepared
