"""The cost on the face of a brief, against figures worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from briefings import bodies, digest_render, read, spent
from briefings.models import Brief, Lens
from briefings.schemas import Cost
from briefings.templatetags.briefs import in_words
from inference import ledger, prices
from inference.evidence import Evidence
from inference.ledger import Attempt, Bill
from inference.models import Call
from inference.tokens import Tokens
from ingest.models import Article
from tests.briefings import factories, rows

pytestmark = pytest.mark.django_db


def paid(purpose: str, work: str, model: str, tokens: Tokens) -> Call:
    tariff = prices.tariff(model)
    call = ledger.reserve(Attempt(purpose, work, purpose, model, "api.openai.com", 10**9))
    ledger.mark_sent(call.pk)
    ledger.settle(call.pk, Bill(tariff.cost(tokens), tokens, tariff.rows, Evidence()))
    return call


@pytest.fixture(autouse=True)
def _plenty(settings: Any) -> None:
    settings.NUTGRAF_BUDGET_DAY_USD = "100"
    settings.NUTGRAF_BUDGET_MONTH_USD = "100"
    settings.NUTGRAF_MODEL_STRONG = "gpt-5"
    spent._characters.clear()


@pytest.fixture
def launch() -> tuple[Brief, Lens]:
    """gpt-5-mini at $0.25, $0.025 cached and $2 a million: a fact sheet, a brief twice, and a lens.

    Shared: 10,000 x 0.25 + 2,000 x 2 = 6,500 millionths; 4,000 x 0.25 + 1,000 x 0.025 + 1,500 x 2 = 4,025, twice. Of
    the lens: 2,000 x 0.25 + 300 x 2 = 1,100. In all 15,650 millionths of a dollar.
    """
    brief, lens = factories.launch()
    lens.work_key = f"lens:{lens.pk}"
    lens.save()
    work = f"brief:{brief.pk}"
    paid("fact_sheet", work, "gpt-5-mini", Tokens(input=10_000, output=2_000))
    for _ in range(2):
        paid("brief", work, "gpt-5-mini", Tokens(input=4_000, cached=1_000, output=1_000, reasoning=500))
    paid("lens", f"lens:{lens.pk}", "gpt-5-mini", Tokens(input=2_000, output=300))
    paid("brief", "brief:another", "gpt-5-mini", Tokens(input=90_000))
    return brief, lens


def test_it_adds_up_shared_and_personal_parts_with_failed_attempts(launch: tuple[Brief, Lens]) -> None:
    cost = read.document(*launch).cost
    assert (cost.usd, cost.shared_usd, cost.personal_usd) == ("0.015650", "0.014550", "0.001100")
    assert (cost.tokens.input, cost.tokens.cached) == (20_000, 2_000)
    assert (cost.tokens.output, cost.tokens.reasoning) == (4_300, 1_000)
    assert cost.models == ("gpt-5-mini",)
    # 22,000 tokens read at $30 and 5,300 written at $60 a million
    assert cost.usd_at_2023_prices == "0.978000"


def test_the_naive_design_reads_the_whole_day_for_each_reader(launch: tuple[Brief, Lens]) -> None:
    """6,000,000 characters a day and 6 stories an edition: 1,000,000 for this brief, a quarter of it in tokens."""
    brief, lens = launch
    day = Article.objects.all()
    others = sum(len(text) for text in day.values_list("text", flat=True))
    filler = rows.article(brief.story, rows.source("Somebody"), "Else", ["x"])
    Article.objects.filter(pk=filler.pk).update(text="x" * (6_000_000 - others))
    own = Article.objects.create(
        source=rows.source("Yesterday"),
        identity="y",
        title="y",
        text="y" * 999_999,
        happened_at=rows.NOON - timedelta(days=1),
    )
    reading = read.document(brief, lens)
    assert own.happened_at.date() < brief.story.last_at.date()
    assert reading.lens
    written = bodies.size_of_brief(reading).characters + bodies.size_of_lens(reading.lens).characters
    # 250,000 tokens at $1.25 a million, and the brief's own length at $10
    assert float(reading.cost.naive_usd) == pytest.approx(0.3125 + written / 4 * 10 / 1e6, abs=2e-5)


def test_it_is_one_line_on_the_page_and_in_the_mail(launch: tuple[Brief, Lens]) -> None:
    ada = rows.reader("ada@bank.example")
    edition = rows.ready_edition(ada, factories.MORNING, [launch])
    cost = read.edition_readings(edition)[0].document.cost
    line = in_words(cost)
    assert line.startswith(
        "$0.016, of it $0.015 shared by all readers and $0.0011 for your part; 22,000 tokens read, 5,300 written."
    )
    # 27,300 tokens at $60 a million
    assert line.endswith("The same tokens at the prices of 2023: $0.98; of 2021: $1.64.")
    page = Client()
    page.force_login(ada)
    assert f"<dd>{line}</dd>" in page.get(f"/brief/{launch[0].pk}/").content.decode()
    mail = digest_render.render(edition, "http://localhost/unsubscribe/x/")
    assert f"Making this edition cost {line}\n" in mail.text
    assert f"Making this edition cost {line}</p>" in mail.html


def _cost(**changes: Any) -> Cost:
    nothing: dict[str, Any] = {"tokens": {}, "models": (), "shared_usd": "0", "personal_usd": "0", "usd": "0"}
    return Cost.model_validate({**nothing, "naive_usd": "0", "usd_at_2023_prices": "0", **changes})


def test_it_says_what_is_so_when_little_or_nothing_was_spent() -> None:
    assert in_words(_cost()) == "$0: no model was asked."
    own = _cost(models=("qwen3:8b",), tokens={"input": 1000, "output": 10}, usd_at_2023_prices="0.0306")
    assert in_words(own) == (
        "$0; 1,000 tokens read, 10 written. The same tokens at the prices of 2023: $0.031; of 2021: $0.061."
    )
    shared = _cost(models=("gpt-5-mini",), usd="0.002", shared_usd="0.002", tokens={"input": 8000})
    assert in_words(shared) == "$0.0020, shared by all readers; 8,000 tokens read, 0 written."


def test_a_brief_that_fell_back_to_the_sources_still_says_what_its_failed_calls_cost() -> None:
    brief, _ = factories.launch()
    Brief.objects.filter(pk=brief.pk).update(writer="extractive")
    paid("brief", f"brief:{brief.pk}", "gpt-5-mini", Tokens(input=4_000))
    line = in_words(read.document(Brief.objects.get(pk=brief.pk)).cost)
    assert line.startswith("$0.0010, shared by all readers; 4,000 tokens read, 0 written.")
