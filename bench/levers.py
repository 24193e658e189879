"""Counts what `bench/cost.py` metered: dollars for so many readers, one lever after the other. Pure but for prices."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

READERS = (1, 100, 10_000, 1_000_000)
PAIRS = (("gpt-6-luna", "gpt-6.1-sol"), ("gpt-5-mini", "gpt-5"), ("gpt-5-nano", "gpt-5"))
STRONG = " by the strong model"


@dataclass(frozen=True)
class Size:
    """Tokens of a request and its answer.

    Of the prompt, `cached` is what the provider had read before, and `stored` what it keeps of it for those to come.
    """

    prompt: int = 0
    written: int = 0
    cached: int = 0
    stored: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(
            self.prompt + other.prompt,
            self.written + other.written,
            self.cached + other.cached,
            self.stored + other.stored,
        )

    def uncached(self) -> Size:
        return replace(self, cached=0, stored=0)


@dataclass(frozen=True)
class Story:
    """What one story's fact sheet, brief and a lens by itself take."""

    facts: Size
    brief: Size
    lens: Size


@dataclass(frozen=True)
class Metered:
    """What so many readers' editions took: `asked` by purpose, and how many lenses needed a model and how many not."""

    stories: Mapping[str, Story]
    thin: Mapping[str, Story]  # of which no model was asked: two sentences are all that their sources say
    choices: Mapping[tuple[str, str], Sequence[str]]  # by role and industry: the stories of the edition
    asked: Mapping[str, Size]  # by purpose; what went to the strong model apart
    lenses_by_model: Mapping[str, int]  # by story
    halves: int  # that these were put together from, but for those written with their brief
    requests: int
    billed: int
    settled: int


@dataclass(frozen=True)
class Day:
    day: date
    articles: int
    tokens: int
    stories_open: int
    runs: Mapping[int, Metered]  # by readers


def readers_of(count: int) -> Counter[tuple[str, str]]:
    """How many of so many readers are of each kind, evenly and always the same."""
    from users import taxonomy

    everybody = [(role, industry) for role in taxonomy.roles() for industry in taxonomy.industries()]
    random.Random(20).shuffle(everybody)
    each, more = divmod(count, len(everybody))
    return Counter({kind: each + (n < more) for n, kind in enumerate(everybody)}) + Counter()


def report(found: Day) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "articles": found.articles,
        "tokens_of_the_day": found.tokens,
        "stories_in_the_news": found.stories_open,
        "metered": {str(readers): run_of(found, readers) for readers in READERS[:3]},
        "prices": {
            f"{cheap}, against {strong}": {
                str(readers): for_readers(found, readers, cheap, strong) for readers in READERS
            }
            for cheap, strong in PAIRS
        },
        "aim": {"100": 1_000, "10000": 10_000},
        "without": "conversations, which do not exist yet",
    }


def run_of(found: Day, readers: int) -> dict[str, Any]:
    run = found.runs[readers]
    wanted = sum(map(len, run.choices.values()))
    return {
        "kinds_of_readers": len(run.choices),
        "stories": len({story for chosen in run.choices.values() for story in chosen}),
        "of_these_without_a_model": len(run.thin),
        "lenses": wanted,
        "lenses_by_model": sum(run.lenses_by_model.values()),
        "halves": run.halves,
        "requests": run.requests,
        "tokens": {purpose: vars(size) for purpose, size in run.asked.items()},
        "usd_billed": money(run.billed / 1e9),
        "ledger_agrees": abs(run.settled - run.billed) <= 5 * run.requests,
    }


def for_readers(found: Day, readers: int, cheap: str, strong: str) -> dict[str, Any]:
    levers, purposes = ladder(found, readers, cheap, strong)
    naive, today = levers["naive"], list(levers.values())[-1]
    spent = sum(purposes.values())
    more = 2000 * found.tokens / found.articles - found.tokens
    grown = naive + readers * more * price_of(strong)(Size(1))
    return {
        "usd_per_verified_briefing": money(today / readers),
        "times_cheaper_than_naive": round(naive / today),
        "shares": {purpose: f"{100 * cost / spent:.1f} %" for purpose, cost in purposes.items()},
        "levers_usd_per_briefing": {name: money(cost / readers) for name, cost in levers.items()},
        "if_the_day_had_2000_such_articles": {
            "naive_usd": money(grown / readers),
            "times": round(grown / today),
        },
    }


Price = Callable[[Size], float]


def price_of(model: str, tier: str = "default") -> Price:
    """Dollars of a size at the price book's list price of today, what a cache gave or took at the prices of that."""
    from django.utils import timezone

    from inference import book

    listing = book.find(model, "https://api.openai.com/v1", tier, timezone.now(), "")
    assert listing is not None, f"{model}, {tier}"
    of = listing.prices

    def dollars(size: Size) -> float:
        read = (size.prompt - size.cached - size.stored) * of["input"]
        kept = size.cached * of["cached"] + size.stored * of["cache_write"]
        return (read + kept + size.written * of["output"]) / 1e15

    return dollars


def ladder(found: Day, readers: int, cheap: str, strong: str) -> tuple[dict[str, float], dict[str, float]]:
    """Dollars for all readers with each lever added to those before; and the last by purpose."""
    run, kinds = found.runs[readers], readers_of(readers)
    price, dear = price_of(cheap), price_of(strong)
    stories = {story for kind in kinds for story in run.choices[kind] if story in run.stories}
    every = {**run.thin, **run.stories}
    told = {kind: [every[story] for story in run.choices[kind]] for kind in kinds}
    naive = personal = 0.0
    for kind, many in kinds.items():
        written = sum(story.brief.written + story.lens.written for story in told[kind])
        naive += many * dear(Size(found.tokens, written))
        personal += many * sum(
            dear(Size(each.facts.prompt, each.brief.written + each.lens.written)) for each in told[kind]
        )

    def shared(price: Price) -> float:
        return sum(price(run.stories[story].facts) + price(run.stories[story].brief) for story in stories)

    all_lenses = [run.stories[s].lens for kind in kinds for s in run.choices[kind] if s in stories]
    near = [run.stories[story].lens for story, many in run.lenses_by_model.items() for _ in range(many)]

    def metered(size_as: Callable[[Size], Size], tier: str) -> dict[str, float]:
        prices = {True: price_of(strong, tier), False: price_of(cheap, tier)}
        return {name: prices[name.endswith(STRONG)](size_as(size)) for name, size in run.asked.items()}

    by_purpose = metered(lambda size: size, "flex")
    levers = {
        "naive": naive,
        "+ cluster, rank by vectors": personal,
        "+ facts once, brief once, lens per role and industry": shared(dear) + sum(map(dear, all_lenses)),
        "+ cheap model": shared(price) + sum(map(price, all_lenses)),
        "+ one line without a model where a story means little": shared(price) + sum(map(price, near)),
        "+ few lenses with their brief, else of two halves, all in one request": sum(
            metered(Size.uncached, "default").values()
        ),
        "+ prefix cache": sum(metered(lambda size: size, "default").values()),
        "+ flex tier": sum(by_purpose.values()),
    }
    return levers, by_purpose


def money(dollars: float) -> str:
    """Three digits that tell something."""
    return f"{float(f'{dollars:.3g}'):.12f}".rstrip("0").rstrip(".")
