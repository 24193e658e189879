"""The same way with a model behind the gateway: written, verified, paid for to the nano-dollar; and without a budget.

The provider is a small server on loopback that counts and bills by itself; its model repeats what it was told, and
lies once in each brief.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes import honest
from tests.fakes.model_server import DIMENSIONS, EMBEDDER, ModelServer
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, Running, noon, state_directory, wait_for

pytestmark = pytest.mark.processes

LIE = "The whole affair will cost the world another $987 trillion."
READER = f"""
from users.models import Profile, User
reader = User.objects.create_user("ada@bank.example")
Profile.objects.create(user=reader, role="cto", industry="finance", time_zone="{noon()}", hour=7)
"""
FOR_ADA = ("--role", "cto", "--industry", "finance")


def liar(body: dict[str, Any]) -> dict[str, Any]:
    """Honest, but for one sentence in the lead of each brief, which cites a real passage for it."""
    said = honest.answer(body)
    if honest.asked_for(body) == honest.BRIEF:
        _, _, labels = said["headline"].rpartition(" ")
        said["lead"] = [*said["lead"], f"{LIE} {labels}"]
    return said


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with ModelServer() as server:
        server.reply = liar
        yield server


@pytest.fixture(scope="module")
def feeds() -> Iterator[list[str]]:
    with WebServer() as web:
        yield [
            web.put(f"/{name}.xml", whole(*reports(name), name=name.title())) for name in ("docket", "wire")
        ]


def _instance(var: Any, provider: ModelServer, **extra: str) -> Instance:
    model = {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-test"}
    return Instance(var, {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8", **model, **extra})


@pytest.fixture(scope="module")
def running(provider: ModelServer, feeds: list[str]) -> Iterator[Running]:
    with state_directory() as var:
        instance = _instance(var, provider, NUTGRAF_MODEL_EMBED=EMBEDDER)
        with instance.up("--no-sample", "--no-catalogue") as running:
            for command in (("sources", "add", *feeds), ("shell", "-c", READER)):
                done = instance.manage(*command)
                assert done.returncode == 0, done.stderr
            yield running


@pytest.fixture(scope="module")
def edition(running: Running) -> dict[str, Any]:
    """Ada's edition, when the workers have nothing left to write."""

    def quiet() -> bool:
        with running.instance.connect() as own:
            ready = own.execute("SELECT 1 FROM briefings_edition WHERE state = 'ready'").fetchone()
            busy = own.execute("SELECT 1 FROM inference_call WHERE state IN ('reserved', 'sent')").fetchone()
            open_ = own.execute("SELECT 1 FROM ingest_article WHERE due_at IS NOT NULL").fetchone()
            embedded = own.execute("SELECT 1 FROM ingest_story WHERE embedder <> 'lexical-1'").fetchone()
        return bool(ready and embedded) and not (busy or open_)

    wait_for(quiet, 90, "the edition")
    return dict(running.instance.json("edition", "ada@bank.example"))


def _sentences(brief: dict[str, Any]) -> list[dict[str, Any]]:
    answers = [sentence for section in brief["sections"] for sentence in section["answer"]]
    return [
        brief["headline"],
        *brief["takeaways"],
        *brief["lead"],
        *answers,
        *brief["catch"],
        *brief["bottom_line"],
    ]


def _nano(usd: str) -> int:
    return int(Decimal(usd) * 10**9)


def test_the_model_writes_and_every_sentence_is_cited(edition: dict[str, Any]) -> None:
    assert len(edition["items"]) >= 5
    for item in edition["items"]:
        brief = item["brief"]
        assert brief["writer"] == "model"
        assert brief["sections"]
        assert brief["lens"]["why_it_matters"][0]["opinion"] is True
        for sentence in _sentences(brief):
            assert sentence["citations"]
            assert all(
                cited["end"] - cited["start"] == len(cited["quote"]) for cited in sentence["citations"]
            )
            # This model repeats: what it says stands in what it cites.
            assert any(
                sentence["text"] in " ".join(cited["quote"].split()) for cited in sentence["citations"]
            )


def test_every_story_has_a_vector_of_the_embedder(edition: dict[str, Any], running: Running) -> None:
    with running.instance.connect() as own:
        told = own.execute("SELECT DISTINCT embedder FROM ingest_story").fetchall()
        placed = own.execute("SELECT DISTINCT embedder FROM ingest_article WHERE stage = 'placed'").fetchall()
    assert told == placed == [(f"{EMBEDDER}@{DIMENSIONS}",)]


def test_a_figure_that_no_passage_has_reaches_nobody(edition: dict[str, Any], running: Running) -> None:
    for item in edition["items"]:
        assert item["brief"]["verification"]["dropped"] == 1
        assert LIE not in [sentence["text"] for sentence in _sentences(item["brief"])]
    # With its unit: an address, a count of tokens or an amount may hold the three digits by chance.
    for words in (str(edition), running.page("/")):
        assert "$987" not in words
        assert "987 trillion" not in words


def test_the_books_agree_with_the_providers_bill(
    edition: dict[str, Any], running: Running, provider: ModelServer
) -> None:
    with running.instance.connect() as own:
        settled = own.execute(
            "SELECT count(*), sum(cost) FROM inference_call WHERE state = 'settled'"
        ).fetchone()
    assert settled == (len(provider.requests), provider.billed)
    assert provider.billed > 0
    assert running.instance.manage("ledger", "verify").returncode == 0


def test_a_brief_says_what_its_calls_cost(edition: dict[str, Any], running: Running) -> None:
    calls = running.instance.json("ledger", "calls", "--limit", "1000")
    for item in edition["items"]:
        brief = item["brief"]
        own = [call for call in calls if call["brief"] == brief["id"]]
        # The only reader's lens came with the brief, but for the one that the front page had before.
        assert {call["purpose"] for call in own} - {"lens"} == {"fact_sheet", "brief", "repair"}
        assert brief["lens"]["why_it_matters"]
        assert _nano(brief["cost"]["usd"]) == sum(_nano(call["usd"]) for call in own) > 0
        assert brief["cost"]["tokens"]["output"] == sum(call["tokens"]["output"] for call in own)
    assert _nano(edition["cost"]["usd"]) == sum(
        _nano(item["brief"]["cost"]["usd"]) for item in edition["items"]
    )


def test_it_says_what_a_verified_briefing_costs(
    edition: dict[str, Any], running: Running, provider: ModelServer
) -> None:
    spend = running.instance.json("spend")
    assert _nano(spend["usd"]) == provider.billed
    assert (spend["verified_briefings"], spend["counted"]) == (1, "editions")
    rounded_up = Decimal(spend["usd_per_verified_briefing"]) - Decimal(spend["usd"])
    assert 0 <= rounded_up < Decimal("0.000001")


def test_without_a_budget_the_sources_own_sentences_serve(provider: ModelServer, feeds: list[str]) -> None:
    asked = len(provider.requests)
    with state_directory() as var:
        poor = _instance(var, provider, NUTGRAF_BUDGET_DAY_USD="0")
        assert poor.manage("sources", "add", feeds[0]).returncode == 0
        assert poor.json("ingest", "--all")["stories_new"] == 3
        briefs = poor.json("brief", *FOR_ADA, "--top", "2")
    assert [brief["writer"] for brief in briefs] == ["extractive", "extractive"]
    assert [Decimal(brief["cost"]["usd"]) for brief in briefs] == [0, 0]
    assert len(provider.requests) == asked
