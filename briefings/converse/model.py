"""Asks a model a reader's question, with the passages that bear on it; what it says is still to be verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log

from briefings.converse.question import content
from briefings.schemas import Material, Sentence, Span
from briefings.write import fence, prompts
from briefings.write.asking import Desk
from briefings.write.reply import AnswerReply
from inference.models import Purpose

PASSAGES = 8_000  # characters of a story shown for one question
MOST = 6  # sentences of a reply that are looked at
ANSWER_TOKENS = 700


def ask_model(
    question: str, before: Sequence[tuple[str, str]], wanted: frozenset[str], material: Material, desk: Desk
) -> tuple[Sentence, ...]:
    """What a model answers from the passages nearest to the `wanted` words; empty where they do not say.

    `before` are the last questions with their answers. Raises `inference.errors`.
    """
    shown = fence.show(nearest(material, wanted))
    prompt = prompts.answer(fence.question(shown.text, before, question))
    reply = desk.ask(AnswerReply, Purpose.CONVERSE, "answer", prompts.ANSWER, prompt, ANSWER_TOKENS)
    return tuple(fence.cited(said.text, said.passages, shown.citations) for said in reply.answer[:MOST])


def nearest(material: Material, wanted: frozenset[str], room: int = PASSAGES) -> Material:
    """The story cut down to the passages that speak of what is wanted, as far as they fit, in their own order.

    Each article that is shown keeps its title; where room is left, the articles' beginnings fill it.
    """
    words = {
        (article.article, span.number): content(article.passage(span.number))
        for article in material.articles
        for span in article.spans
    }
    often = Counter(word for own in words.values() for word in own)
    weight = {word: log(1 + len(words) / (often[word] or 0.5)) for word in wanted}

    def worth(place: tuple[int, int]) -> tuple[float, int]:
        return sum(weight[word] for word in wanted & words[place]), -place[1]

    ranked = sorted(words, key=worth, reverse=True)
    kept = set(_fitting(ranked, material, room))
    articles = [
        replace(article, spans=tuple(_kept(article.article, article.spans, kept)))
        for article in material.articles
    ]
    return replace(material, articles=tuple(each for each in articles if each.spans))


def _fitting(ranked: Iterable[tuple[int, int]], material: Material, room: int) -> Iterable[tuple[int, int]]:
    for article, number in ranked:
        size = min(len(material.article(article).passage(number)), fence.PASSAGE_CHARACTERS)
        if size <= room:
            room -= size
            yield article, number


def _kept(article: int, spans: Sequence[Span], kept: set[tuple[int, int]]) -> list[Span]:
    own = [span for span in spans if (article, span.number) in kept]
    return [span for span in spans if span in own or (own and span.number == 0)]
