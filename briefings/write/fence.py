"""How sources are shown to a model: fenced as data, labelled by passage, cut to size; and labels as citations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from briefings.schemas import Citation, Material, Sentence, SourceText, Span
from briefings.verify.figure import Figure, Token
from briefings.verify.numbers import Ground, unsupported

# Beyond this a story's further articles repeat what the better sources said.
STORY_CHARACTERS = 24_000
ARTICLE_CHARACTERS = 9_000
PASSAGE_CHARACTERS = 2_500


@dataclass(frozen=True, slots=True)
class Shown:
    """`text` goes into the prompt; `citations` has what each label in it stands for."""

    text: str
    citations: Mapping[str, Citation]


def show(material: Material) -> Shown:
    """The story's passages, the best source first, as far as they fit."""
    key = _key(material.title, *(article.text for article in material.articles))
    blocks, citations, room = [], {}, STORY_CHARACTERS
    for number, article in enumerate(material.articles, start=1):
        lines = []
        left = min(room, ARTICLE_CHARACTERS)
        for span in article.spans:
            line = _line(article, span)[:left]
            if not line:
                continue
            label = f"A{number}.{span.number}"
            lines.append(f"[{label}] {line}")
            citations[label] = _citation(article, span)
            left, room = left - len(line), room - len(line)
        if lines:
            about = f"A{number}, {_inline(article.publisher)}, {article.happened_at:%Y-%m-%d}"
            blocks.append("\n".join((f"<<<SOURCE {key} {about}", *lines, f"<<<END {key}")))
    return Shown("\n\n".join((_titled(key, material.title), *blocks)), citations)


def facts(title: str, lines: str) -> str:
    """A fact sheet, one fact a line, under the story's title: strangers' words at second hand, so fenced too."""
    key = _key(title, lines)
    inside = "\n".join(line for each in lines.splitlines() if (line := _inline(each)))
    return f"{_titled(key, title)}\n\n<<<SOURCE {key} the fact sheet\n{inside}\n<<<END {key}"


def repairs(failed: Iterable[tuple[str, str, str, list[tuple[str, str]]]]) -> str:
    """Failed sentences, each with its label, what is wrong and the passages it cites; all of it fenced as data."""
    rows = list(failed)
    key = _key(repr(rows))
    blocks = []
    for label, text, wrong, passages in rows:
        lines = [f"[{name}] {_inline(quote[:PASSAGE_CHARACTERS])}" for name, quote in passages]
        inside = (f"sentence: {_inline(text)}", f"wrong: {_inline(wrong)}", *lines)
        blocks.append("\n".join((f"<<<SOURCE {key} {label}", *inside, f"<<<END {key}")))
    return "\n\n".join(blocks)


def question(passages: str, before: Iterable[tuple[str, str]], asked: str) -> str:
    """What a reader asks, behind the passages shown and what was asked and answered before: all of it as data."""
    told = list(before)
    key = _key(passages, repr(told), asked)
    lines = [
        line for said, answer in told for line in (f"asked: {_inline(said)}", f"answered: {_inline(answer)}")
    ]
    earlier = [f"<<<SOURCE {key} what was asked before", *lines, f"<<<END {key}", ""] if lines else []
    return "\n".join((passages, "", *earlier, f"<<<SOURCE {key} QUESTION", _inline(asked), f"<<<END {key}"))


def _key(*texts: str) -> str:
    """A source cannot know the fence's key, so nothing in it can close the fence."""
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:16]


def _titled(key: str, title: str) -> str:
    return f"<<<SOURCE {key} the story's title\n{_inline(title)}\n<<<END {key}"


def cited(text: str, labels: Iterable[str], citations: Mapping[str, Citation]) -> Sentence:
    """The model's sentence with our citations. A label we never showed becomes one that the verifier refuses."""
    text = " ".join(text.split())
    wanted = dict.fromkeys(re.sub(r"[\s\[\]]", "", label).upper() for label in labels)
    found = [citations.get(label) or _unknown(label) for label in wanted]
    return Sentence(text=text, citations=(*found, *_titles(text, found, citations)))


def _titles(text: str, found: list[Citation], citations: Mapping[str, Citation]) -> list[Citation]:
    """A passage says "it" where the sentence must say "Tern 5": the article's title then supports the name."""
    quotes = [citation.quote for citation in found]
    missing = [figure for figure in unsupported(text, quotes) if isinstance(figure.keys[0], Token)]
    if not missing:
        return []
    articles = {citation.article for citation in found}
    titles = [each for each in citations.values() if each.passage == 0 and each.article in articles]
    return [title for title in titles if title not in found and len(_beyond(missing, title)) < len(missing)]


def _beyond(missing: list[Figure], title: Citation) -> list[Figure]:
    ground = Ground()
    ground.add(title.quote)
    return [figure for figure in missing if not ground.holds(figure)]


def _unknown(label: str) -> Citation:
    return Citation(source=0, article=0, passage=0, start=0, end=0, quote=label[:40])


def _citation(article: SourceText, span: Span) -> Citation:
    return Citation(
        source=article.source,
        article=article.article,
        passage=span.number,
        start=span.start,
        end=span.end,
        quote=article.text[span.start : span.end],
    )


def _line(article: SourceText, span: Span) -> str:
    return _inline(article.text[span.start : span.end][:PASSAGE_CHARACTERS])


def _inline(text: str) -> str:
    return " ".join(text.split()).replace("<<<", "‹")
