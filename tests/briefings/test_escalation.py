"""The ladder: the cheap model, the strong one for what failed there and seldom, then the sources' own sentences."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from briefings.write.brief import write
from inference import escalation, ledger
from inference.ledger import Attempt
from inference.models import Call, Escalation
from tests.briefings.model_answers import BRIEF, FACTS, Answer, model, said
from tests.briefings.stories import MATERIAL
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db
HOLLOW = {**BRIEF, "takeaways": [said("Tern 5 costs $9.", "A1.1")], "lead": [], "sections": []}


def by_models(cheap: Answer, strong: Answer = BRIEF, facts: Answer = FACTS) -> Any:
    """Each model's own answer to a request for a brief; `facts` are the cheap one's."""

    def reply(body: Answer) -> Answer:
        weak = body["model"] == "gpt-6-luna"
        return model(facts=facts if weak else FACTS, brief=cheap if weak else strong)(body)

    return reply


def asked(provider: ModelServer) -> list[tuple[str, str]]:
    purposes = {str(call.attempt): call.purpose for call in Call.objects.all()}
    return [(purposes[request.client_id], request.body["model"]) for request in provider.requests]


def test_it_asks_the_strong_model_for_what_failed(provider: ModelServer) -> None:
    provider.reply = by_models(cheap=HOLLOW)
    written = write(MATERIAL, "brief:b1", "b1")
    assert written.writer == "model"
    assert written.body.sections
    whole = [one for one in asked(provider) if one[0] != "repair"]
    assert whole == [("fact_sheet", "gpt-6-luna"), ("brief", "gpt-6-luna"), ("brief", "gpt-6.1-sol")]
    paid = {call.model: call.cost for call in Call.objects.filter(purpose="brief")}
    assert sum(call.cost or 0 for call in Call.objects.all()) == provider.billed
    assert paid["gpt-6.1-sol"] > paid["gpt-6-luna"]


def test_facts_that_do_not_hold_are_asked_for_again(provider: ModelServer) -> None:
    provider.reply = by_models(cheap=BRIEF, facts={"facts": ["Tern 5 costs $9. [A1.1]"]})
    assert write(MATERIAL, "brief:b1").writer == "model"
    assert [one for one in asked(provider) if one[0] != "repair"] == [
        ("fact_sheet", "gpt-6-luna"),
        ("fact_sheet", "gpt-6.1-sol"),
        ("brief", "gpt-6-luna"),
    ]


def test_the_sources_serve_where_the_strong_model_fails_too(provider: ModelServer) -> None:
    provider.reply = by_models(cheap=HOLLOW, strong=HOLLOW)
    assert write(MATERIAL, "brief:b1").writer == "extractive"


def test_it_is_one_brief_a_day_and_one_in_fifty(provider: ModelServer) -> None:
    provider.reply = by_models(cheap=HOLLOW)
    assert [write(MATERIAL, f"brief:b{n}").writer for n in range(3)] == ["model", "extractive", "extractive"]
    for n in range(3, 2 * escalation.ONE_IN):
        ledger.reserve(Attempt("brief", f"brief:b{n}", "write", "gpt-6-luna"))
    assert [write(MATERIAL, f"brief:c{n}").writer for n in range(2)] == ["model", "extractive"]
    Call.objects.update(reserved_at=Now() - timedelta(hours=25))
    Escalation.objects.update(at=Now() - timedelta(hours=25))
    assert write(MATERIAL, "brief:d1").writer == "model"


@pytest.mark.django_db(transaction=True)
def test_of_many_that_ask_at_once_exactly_as_many_are_let_go(provider: ModelServer) -> None:
    for n in range(3 * escalation.ONE_IN + 7):
        ledger.reserve(Attempt("brief", f"brief:b{n}", "write", "gpt-6-luna"))
    together = threading.Barrier(32)

    def ask(worker: int) -> bool:
        try:
            together.wait()
            return escalation.claim(f"brief:b{worker}")
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as pool:
        let = list(pool.map(ask, range(32)))
    assert sum(let) == Escalation.objects.count() == 3
    assert escalation.claim(f"brief:b{let.index(True)}"), (
        "who has a place keeps it for the brief's other steps"
    )
    assert sum(let) == Escalation.objects.count() == 3


def test_one_model_for_both_is_asked_once(provider: ModelServer, settings: Any) -> None:
    settings.NUTGRAF_MODEL_STRONG = settings.NUTGRAF_MODEL_CHEAP
    provider.reply = by_models(cheap=HOLLOW)
    assert write(MATERIAL, "brief:b1").writer == "extractive"
