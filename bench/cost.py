"""What a verified briefing costs with 1, 100, 10,000 and a million readers of one day's real articles.

    bench/cost.py [FOLDER] [DAY]     prints JSON; FOLDER of recorded feeds, DAY such as 2026-08-20

The articles go through the whole pipeline. Briefs, and the lenses of the first readers, are really asked for: the
provider stands on loopback, answers in the sources' own words, and counts words and signs as tokens, the same
for both sides of each comparison. Lenses of further readers are counted by the mean of their brief's. Readers are
spread evenly over all roles and industries.

The naive design is a strong model that reads all of the day's articles for every reader and writes as many briefs.
The levers are taken one by one. Prices are the price book's of today. Follow-up questions are not in it: there are
none yet.
"""

from __future__ import annotations

import ipaddress
import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
READERS = (1, 100, 10_000, 1_000_000)
REALLY_ASKED = 25  # readers whose lenses are all asked for
CACHED_FROM, CACHED_BY = 1024, 128  # tokens: a provider caches longer prefixes only, in steps
FLEX = 2  # flex and batch tiers cost half
PAIRS = (("gpt-5-mini", "gpt-5"), ("gpt-5-nano", "gpt-5"))
LENS = {
    "why_it_matters": [
        "Whoever decides about this should ask what it changes in the plans that are already under way.",
        "It is a reason to look again at which supplier is tied to which piece of work, and how hard leaving would be.",
        "Nothing has to be decided today, but the question belongs on the list of the next review.",
    ],
    "questions": [
        (
            "What should we look at first?",
            "At the contracts that would be touched, and at who answers for them.",
        ),
        ("What would change our mind?", "A report by somebody without an interest in the outcome."),
    ],
}


@dataclass(frozen=True)
class Size:
    """Tokens of a request and its answer; `cached` is the part of the prompt that a provider has seen before."""

    prompt: int
    written: int
    cached: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.prompt + other.prompt, self.written + other.written, self.cached + other.cached)


NOTHING = Size(0, 0)


@dataclass(frozen=True)
class Story:
    """What a story's brief took, and what one lens of it takes."""

    facts: Size
    brief: Size
    lens: Size


@dataclass(frozen=True)
class Day:
    articles: int
    stories_open: int
    tokens: int
    stories: Mapping[str, Story]
    choices: Mapping[tuple[str, str], Sequence[str]]  # by role and industry: the stories of the edition
    by_model: int


def main() -> int:
    corpus = Path(os.environ.get("NUTGRAF_CORPUS") or PROJECT.parent / "shared" / "data")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else corpus / "feeds" / "2026-08"
    day = date.fromisoformat(sys.argv[2] if len(sys.argv) > 2 else "2026-08-20")
    if not folder.is_dir():
        print(json.dumps({"skipped": f"no recorded feeds at {folder}; set NUTGRAF_CORPUS"}))
        return 0
    import django

    import tests.database  # noqa: F401  a database of its own, gone afterwards

    django.setup()
    print(json.dumps(report(day, measure(folder, day)), indent=1))
    return 0


# ---------------------------------------------------------------- the day, through the pipeline


def measure(folder: Path, day: date) -> Day:
    from django.conf import settings
    from django.core.management import call_command

    from tests.fakes.model_server import ModelServer, count

    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    settings.NUTGRAF_BUDGET_DAY_USD = settings.NUTGRAF_BUDGET_MONTH_USD = "1000"
    call_command("migrate", verbosity=0)
    ingest(folder)
    from ingest.models import Article

    texts = list(Article.objects.filter(happened_at__date=day).values_list("text", flat=True))
    with ModelServer() as provider:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = provider.url, "sk-test"
        provider.reply = answer
        as_of = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, seconds=-1)
        choices, by_model, candidates = editions(as_of)
        stories = sizes(provider.requests)
    return Day(len(texts), candidates, sum(map(count, texts)), stories, choices, by_model)


def ingest(folder: Path) -> None:
    from django.utils import timezone

    from ingest import opml, run
    from ingest.models import Source
    from ingest.parse import Outline
    from tests.fakes.recorded import serve
    from tests.fakes.web_server import WebServer

    with WebServer() as web:
        opml.add([Outline(url, "") for url in serve(web, folder)])
        ids = list(Source.objects.values_list("pk", flat=True))
        run.ingest(ids, timezone.now(), True, lambda _: None)


def answer(body: dict[str, Any]) -> dict[str, Any]:
    from tests.fakes import honest

    if honest.asked_for(body) != honest.LENS:
        return honest.answer(body)
    said = [{"text": text, "passages": []} for text in LENS["why_it_matters"]]
    asked = [
        {"question": question, "answer": [{"text": text, "passages": []}]}
        for question, text in LENS["questions"]
    ]
    return {"why_it_matters": said, "questions": asked}


def editions(as_of: datetime) -> tuple[dict[tuple[str, str], list[str]], int, int]:
    """The stories of each segment's edition; the first readers' are really written, lenses and all."""
    from briefings import compose, edition, select
    from briefings.models import Brief

    everybody = segments()
    asked = readers_of(REALLY_ASKED)
    for role, industry in asked:
        edition.assemble(role, industry, "", as_of)
    candidates, _ = edition.candidates_at(as_of)
    brief_of = cache(lambda story: compose.ready_brief(story, as_of))
    found: dict[tuple[str, str], list[str]] = {}
    for role, industry in everybody:
        chosen = select.choose(
            candidates, edition.reader_of(role, industry, ""), as_of, select.EDITION_SIZE + edition.SPARE
        )
        briefs = (brief_of(choice.story) for choice in chosen)
        ready = [brief for brief in briefs if brief and edition._tells(brief)]
        found[role, industry] = [brief.pk for brief in ready[: select.EDITION_SIZE]]
        for brief in ready[: select.EDITION_SIZE]:
            if not brief.lenses.exists():  # no brief without one measured lens
                compose.ready_lens(brief, role, industry)
    return found, Brief.objects.filter(state="ready", writer="model").count(), len(candidates)


def segments() -> list[tuple[str, str]]:
    from users import taxonomy

    return [(role, industry) for role in taxonomy.roles() for industry in taxonomy.industries()]


def readers_of(count: int) -> Counter[tuple[str, str]]:
    """How many of so many readers are in each segment, evenly and always the same."""
    everybody = segments()
    random.Random(20).shuffle(everybody)
    return (
        Counter(
            {one: count // len(everybody) + (n < count % len(everybody)) for n, one in enumerate(everybody)}
        )
        + Counter()
    )


# ---------------------------------------------------------------- what was asked


def sizes(requests: Iterable[Any]) -> dict[str, Story]:
    """The mean sizes by brief, from the ledger's calls and the provider's log."""
    from inference.models import Call

    calls = {str(call.attempt): call for call in Call.objects.all()}
    prefixes = PrefixCache()
    by_kind: dict[str, dict[str, list[Size]]] = defaultdict(lambda: defaultdict(list))
    for request in requests:
        call = calls[request.client_id]
        text = "".join(each["content"] for each in request.body["messages"])
        size = Size(request.prompt_tokens, request.completion_tokens, prefixes.seen(text))
        by_kind[call.brief][call.purpose].append(size)
    return {
        brief: Story(total(kinds["fact_sheet"]), total(kinds["brief"]), mean(kinds["lens"]))
        for brief, kinds in by_kind.items()
    }


class PrefixCache:
    """How much of a prompt a provider has read before, by the rule of the large ones."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def seen(self, text: str) -> int:
        words = re.findall(r"\w+|[^\w\s]", text)
        marks = range(CACHED_FROM, len(words) + 1, CACHED_BY)
        keys = {mark: hash(tuple(words[:mark])) for mark in marks}
        known = max((mark for mark, key in keys.items() if key in self._seen), default=0)
        self._seen.update(keys.values())
        return known


def total(sizes: Sequence[Size]) -> Size:
    return sum(sizes, NOTHING)


def mean(sizes: Sequence[Size]) -> Size:
    whole, n = total(sizes), max(1, len(sizes))
    return Size(round(whole.prompt / n), round(whole.written / n), round(whole.cached / n))


# ---------------------------------------------------------------- what it costs


def report(day: date, found: Day) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "articles": found.articles,
        "tokens_of_the_day": found.tokens,
        "stories_in_the_news": found.stories_open,
        "stories_chosen": len({story for chosen in found.choices.values() for story in chosen}),
        "briefs_by_model": found.by_model,
        "segments": len(found.choices),
        "tokens": {name: vars(each) for name, each in means(found).items()},
        "prices": {f"{cheap}, against {strong}": priced(found, cheap, strong) for cheap, strong in PAIRS},
        "aim": {"100": 1_000, "10000": 10_000},
        "without": "follow-up questions, which do not exist yet; the flex tier, which is not asked for yet",
    }


def means(found: Day) -> dict[str, Size]:
    each = list(found.stories.values())
    return {
        "fact_sheet": mean([story.facts for story in each]),
        "brief": mean([story.brief for story in each]),
        "lens": mean([story.lens for story in each]),
    }


def priced(found: Day, cheap: str, strong: str) -> dict[str, Any]:
    return {str(count): for_readers(found, count, cheap, strong) for count in READERS}


def for_readers(found: Day, readers: int, cheap: str, strong: str) -> dict[str, Any]:
    levers, purposes = ladder(found, readers_of(readers), price_of(cheap), price_of(strong))
    naive, today = levers["naive"], levers["+ prefix cache"]
    spent = sum(purposes.values())
    grown = naive + readers * (2000 * found.tokens / found.articles - found.tokens) * price_of(strong)(
        Size(1, 0)
    )
    return {
        "usd_per_verified_briefing": money(today / readers),
        "times_cheaper_than_naive": round(naive / today),
        "shares": {purpose: f"{100 * cost / spent:.1f} %" for purpose, cost in purposes.items()},
        "levers_usd_per_briefing": {name: money(cost / readers) for name, cost in levers.items()},
        "with_the_flex_tier": {"usd": money(today / FLEX / readers), "times": round(FLEX * naive / today)},
        "if_the_day_had_2000_such_articles": {
            "naive_usd": money(grown / readers),
            "times": round(grown / today),
        },
    }


Price = Callable[[Size], float]


def price_of(model: str) -> Price:
    """Dollars of a size, its cached part at the cached price."""
    from inference import prices
    from inference.tokens import Tokens

    tariff = prices.listed(model)
    assert tariff is not None, model
    return lambda size: tariff.cost(Tokens(size.prompt - size.cached, size.cached, 0, size.written)) / 1e9


def ladder(
    found: Day, readers: Counter[tuple[str, str]], cheap: Price, strong: Price
) -> tuple[dict[str, float], dict[str, float]]:
    """Dollars for all readers with each lever added to those before; and the last by purpose."""
    stories = found.stories
    chosen = {segment: found.choices[segment] for segment in readers}
    shared = {story for each in chosen.values() for story in each}
    lenses = Counter(story for each in chosen.values() for story in each)
    written = lambda story: stories[story].brief.written + stories[story].lens.written  # noqa: E731
    naive = personal = 0.0
    for segment, count in readers.items():
        told = chosen[segment]
        naive += count * strong(Size(found.tokens, sum(map(written, told))))
        personal += count * sum(strong(Size(stories[s].facts.prompt, written(s))) for s in told)

    def together(price: Price, cached: bool) -> dict[str, float]:
        cost = (lambda size: price(size)) if cached else (lambda size: price(Size(size.prompt, size.written)))
        return {
            "fact_sheet": sum(cost(stories[story].facts) for story in shared),
            "brief": sum(cost(stories[story].brief) for story in shared),
            "lens": sum(times * cost(stories[story].lens) for story, times in lenses.items()),
        }

    last = together(cheap, cached=True)
    levers = {
        "naive": naive,
        "+ cluster, rank by vectors": personal,
        "+ facts once, brief once, lens per segment": sum(together(strong, cached=False).values()),
        "+ cheap model": sum(together(cheap, cached=False).values()),
        "+ prefix cache": sum(last.values()),
    }
    return levers, last


def money(dollars: float) -> str:
    """Three digits that tell something."""
    return f"{float(f'{dollars:.3g}'):.12f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    raise SystemExit(main())
