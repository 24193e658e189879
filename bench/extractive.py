"""Time of an extractive brief of four long articles, against the limit of 200 ms and against reading the text alone.

.venv/bin/python bench/extractive.py     prints JSON; the articles are made here, the same anywhere
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import config  # noqa: F401 - before numpy: one thread, as in every process of ours
from briefings.schemas import Material
from briefings.terms import terms
from briefings.write.extractive import write_extractive
from briefings.write.sentences import split
from tests.briefings.extractive_promises import material, source_text

LIMIT_MS = 200.0
TIMES = 15
ARTICLES, PARAGRAPHS = 4, 30
PEOPLE = (
    "Marta Figueira",
    "Daniel Okafor",
    "Helen Novak",
    "Robert Lindqvist",
    "Maria Santos",
    "Peter Brandt",
)
FIRMS = ("Lumen Labs", "Orbis", "Quarry Systems", "the FTC", "Nordwind", "Halden Bank")
DEEDS = ("announced", "rejected", "published", "tested", "bought", "delayed", "defended", "criticized")
THINGS = (
    "a phone model",
    "the hospital contract",
    "its data center",
    "a safety report",
    "the price list",
    "new chips",
)
TAILS = (
    "after {n} customers complained about errors in the first week",
    "which costs ${n} million more than in 2023, according to its filing",
    "although regulators in Lisbon have not yet approved the plan",
    "and will open a second office with {n} engineers next year",
    "because rivals cut their prices by {n} percent in May",
    "in what analysts called the largest order since 2019",
)


def main() -> None:
    stories = [_story(number) for number in range(TIMES + 1)]
    story = stories[0]
    whole = _milliseconds(write_extractive, stories)
    reading = _milliseconds(_read, stories)
    result = {
        "articles": ARTICLES,
        "characters": sum(len(article.text) for article in story.articles),
        "brief_ms": round(whole, 1),
        "split_and_stem_ms": round(reading, 1),
        "limit_ms": LIMIT_MS,
        "brief_to_limit": round(whole / LIMIT_MS, 2),
        "brief_to_split_and_stem": round(whole / reading, 1),
    }
    print(json.dumps(result, indent=1))


def _story(number: int) -> Material:
    """Another one each time: what is remembered of the words of one must not make the next look quick."""
    first = 1 + number * ARTICLES
    return material(*(_article(each) for each in range(first, first + ARTICLES)))


def _read(story: Material) -> None:
    for article in story.articles:
        for start, end in split(article.text):
            terms(article.text[start:end])


def _article(number: int):  # type: ignore[no-untyped-def]  # a helper of one script
    paragraphs = [
        " ".join(_sentence(number, place, turn) for turn in range(3)) for place in range(PARAGRAPHS)
    ]
    return source_text(
        number, f"Outlet {number}", f"Lumen Labs announced a phone model, part {number}", paragraphs
    )


def _sentence(number: int, place: int, turn: int) -> str:
    seed = number * 131 + place * 17 + turn * 7
    who = (PEOPLE[seed % 6], FIRMS[seed % 5])[turn % 2]
    head = f"{who} {DEEDS[seed % 8]} {THINGS[(seed // 3) % 6]}"
    return f"{head[0].upper()}{head[1:]} {TAILS[(seed // 5) % 6].format(n=seed)}."


def _milliseconds(work: Callable[[Material], object], stories: Sequence[Material]) -> float:
    work(stories[0])
    times = []
    for story in stories[1:]:
        start = time.perf_counter()
        work(story)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
