"""Judges the verifier: how many planted defects it lets through, and how many faithful sentences it drops."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypedDict

from briefings.schemas import Citation, Material, Sentence, SourceText, Span
from briefings.scoreboard.defects import DEFECTS
from briefings.scoreboard.neighbours import Neighbours
from briefings.scoreboard.reword import reworded
from briefings.verify import check_sentence
from briefings.write.furniture import tells
from briefings.write.sentences import split

FALSE_CITATION, OTHER_PASSAGE = "false citation", "another passage"


class Planted(TypedDict):
    planted: int
    caught: float


class Figures(TypedDict):
    """`recall`: share of the planted defects caught. `precision`: share of the dropped sentences that had one."""

    f1: float
    precision: float
    recall: float
    defects: int
    clean: int
    clean_lost: float
    kinds: dict[str, Planted]
    lost_by_rule: dict[str, int]


@dataclass(frozen=True, slots=True)
class Trial:
    """One sentence with its citation; `defect` names what is wrong with it, empty when it is faithful."""

    sentence: Sentence
    material: Material
    defect: str


def trials(articles: Sequence[SourceText], seed: int = 1) -> Iterator[Trial]:
    """For each usable sentence of the articles a faithful rewording, and the same with one defect planted."""
    random = Random(seed)  # noqa: S311 - a repeatable sample, nothing secret
    kinds = [*DEFECTS, FALSE_CITATION, OTHER_PASSAGE]
    turn = 0
    for number, article in enumerate(articles):
        other = articles[(number + 1) % len(articles)]
        material = Material(story="s", title=article.title, articles=(article, other))
        near = Neighbours([article.passage(span.number) for span in article.spans], other.text)
        for span, text in _sentences(article):
            said = reworded(text, article.publisher, random)
            if said == text:
                continue
            yield Trial(_cited(said, article, span), material, "")
            for _ in kinds:  # the next kind that this sentence gives something to work on
                kind = kinds[turn % len(kinds)]
                turn += 1
                planted = _planted(kind, said, article, other, span, near, random)
                if planted is not None:
                    yield Trial(planted, material, kind)
                    break


def _planted(
    kind: str, said: str, article: SourceText, other: SourceText, span: Span, near: Neighbours, random: Random
) -> Sentence | None:
    if kind == FALSE_CITATION:
        spans = [each for each in other.spans if each.number]
        return _cited(said, other, random.choice(spans)) if spans else None
    if kind == OTHER_PASSAGE:
        spans = [each for each in article.spans if each.number and each.number != span.number]
        return _cited(said, article, random.choice(spans)) if spans else None
    text = DEFECTS[kind](said, near, random)
    return _cited(text, article, span) if text and text != said else None


def _sentences(article: SourceText) -> Iterator[tuple[Span, str]]:
    for span in article.spans:
        if span.number:
            for start, end in split(article.text, span.start, span.end):
                text = " ".join(article.text[start:end].split())
                if tells(text):
                    yield span, text


def _cited(text: str, article: SourceText, span: Span) -> Sentence:
    citation = Citation(
        source=article.source,
        article=article.article,
        passage=span.number,
        start=span.start,
        end=span.end,
        quote=article.text[span.start : span.end],
    )
    return Sentence(text=text, citations=(citation,))


def judged(found: Iterable[Trial]) -> Figures:
    """The verifier's word on each trial, held against what was planted."""
    caught: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    for trial in found:
        failures = check_sentence(trial.sentence, trial.material)
        planted[trial.defect] += 1
        caught[trial.defect] += bool(failures)
        rules[trial.defect].update({failure.rule for failure in failures})
    clean, lost = planted.pop("", 0), caught.pop("", 0)
    right, defects = sum(caught.values()), sum(planted.values())
    precision = right / (right + lost) if right + lost else 1.0
    recall = right / defects if defects else 1.0
    return {
        "f1": round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "defects": defects,
        "clean": clean,
        "clean_lost": round(lost / clean, 4) if clean else 0.0,
        "kinds": {
            kind: {"planted": planted[kind], "caught": round(caught[kind] / planted[kind], 4)}
            for kind in sorted(planted)
        },
        "lost_by_rule": dict(rules[""].most_common()),
    }
