"""What briefs cost and would have cost otherwise, as documents say it; asks the ledger and changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, Length

from briefings.models import Brief, Lens
from briefings.schemas import Cost, Tokens
from briefings.select import EDITION_SIZE
from inference import costs
from inference.costs import CostSummary
from inference.money import usd
from inference.prices import Tariff
from ingest.models import Article

DAYS_KEPT = 400
_characters: dict[date, int] = {}


@dataclass(frozen=True, slots=True)
class Spent:
    """`shared` went into the brief that all readers get, `personal` into the lens for this role and industry."""

    shared: CostSummary
    personal: CostSummary


def on(pairs: Sequence[tuple[Brief, Lens | None]]) -> list[Spent]:
    """What each brief and its lens cost, in two queries for all of them.

    All lenses of a brief that share its halves bear equal parts of what these took. One asked for with its brief costs
    nothing beyond the brief.
    """
    lens_keys = {lens.work_key for _, lens in pairs if lens and lens.work_key}
    found = costs.of_works([*lens_keys, *(_brief_key(brief) for brief, _ in pairs)])
    many = _sharing(lens_keys) if lens_keys else {}

    def personal(brief: Brief, lens: Lens | None) -> CostSummary:
        if lens is None or lens.work_key in ("", _brief_key(brief)):
            return CostSummary()
        return found[lens.work_key].part(many[lens.work_key])

    return [Spent(found[_brief_key(brief)], personal(brief, lens)) for brief, lens in pairs]


def _sharing(keys: Collection[str]) -> dict[str, int]:
    """How many lenses were made by the calls of each of these keys."""
    together = Lens.objects.filter(work_key__in=keys).values_list("work_key")
    return dict(together.annotate(many=Count("pk")))


def cost(spent: Spent, at: datetime, length: int, strong: Tariff | None) -> Cost:
    """The document's cost. `at` (UTC) is when the story was news; `length` counts its brief's characters,
    and `strong` is what the strong model takes (`inference.costs.strong`).

    `usd`: all attempts at the brief and the lens as posted, those that failed included; what calls of unknown outcome
    may have cost is not in it. `naive_usd`: a strong model reads all of the day's articles for every reader, at four
    characters a token and today's list price with nothing cached, and writes as much as was written here; a brief
    bears one part of an edition of the usual size. `usd_at_2023_prices`: the same tokens at gpt-4's price.
    """
    whole = spent.shared + spent.personal
    read = _characters_of(at.date()) // EDITION_SIZE
    return Cost(
        usd=usd(whole.nano),
        tokens=Tokens(
            input=whole.tokens.input + whole.tokens.cache_write,
            cached=whole.tokens.cached,
            output=whole.tokens.output,
            reasoning=whole.tokens.reasoning,
        ),
        models=whole.models,
        shared_usd=usd(spent.shared.nano),
        personal_usd=usd(spent.personal.nano),
        naive_usd=costs.naive_usd(read, length, strong),
        usd_at_2023_prices=costs.usd_at_2023_prices(whole.tokens),
    )


def together(each: Sequence[Cost]) -> Cost:
    """The sum, as for an edition."""
    return Cost(
        usd=_sum(one.usd for one in each),
        tokens=Tokens(
            input=sum(one.tokens.input for one in each),
            cached=sum(one.tokens.cached for one in each),
            output=sum(one.tokens.output for one in each),
            reasoning=sum(one.tokens.reasoning for one in each),
        ),
        models=tuple(sorted({model for one in each for model in one.models})),
        shared_usd=_sum(one.shared_usd for one in each),
        personal_usd=_sum(one.personal_usd for one in each),
        naive_usd=_sum(one.naive_usd for one in each),
        usd_at_2023_prices=_sum(one.usd_at_2023_prices for one in each),
    )


def _sum(amounts: Iterable[str]) -> str:
    return str(sum((Decimal(amount) for amount in amounts), Decimal("0.000000")))


def _brief_key(brief: Brief) -> str:
    """The work key under which `briefings.compose` has briefs written."""
    return f"brief:{brief.pk}"


def _characters_of(day: date) -> int:
    # Measuring a day's texts takes tens of milliseconds, and a few late articles would hardly change the answer.
    if len(_characters) > DAYS_KEPT:
        _characters.clear()
    if not _characters.get(day):
        articles = Article.objects.filter(happened_at__date=day, source__owner=None)
        _characters[day] = int(
            articles.aggregate(total=Sum(Coalesce("characters", Length("text"))))["total"] or 0
        )
    return _characters[day]
