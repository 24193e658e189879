"""A brief or an edition as plain text, for terminals."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from briefings.models import Edition
from briefings.schemas import BriefDocument, LensDocument, Sentence

WIDTH = 96


def edition(row: Edition, documents: Sequence[BriefDocument]) -> str:
    """The edition from its date to "you are up to date"; a quiet day says so."""
    head = f"Your edition of {row.local_date:%A, %-d %B %Y}" + ("  [bundled sample]" if row.sample else "")
    if not documents:
        return f"{head}\n\nA quiet day: no story worth your time in what we read."
    return "\n\n".join([head, *[brief(document) for document in documents], "You are up to date."])


def brief(document: BriefDocument) -> str:
    """The whole brief; sources are numbered in the order of its source list."""
    numbers = {source.id: number for number, source in enumerate(document.sources, start=1)}
    lines = [document.headline.text.upper(), _label(document), ""]
    lines += [_wrap(f"• {_cited([sentence], numbers)}", "  ") for sentence in document.takeaways]
    lines += ["", _wrap(_cited(document.lead, numbers))]
    for section in document.sections:
        lines += ["", section.question, _wrap(_cited(section.answer, numbers))]
    if document.catch:
        lines += ["", "The catch", _wrap(_cited(document.catch, numbers))]
    if document.bottom_line:
        lines += ["", "Bottom line", _wrap(_cited(document.bottom_line, numbers))]
    lines += _lens(document.lens, numbers) if document.lens else []
    lines += ["", "Sources"]
    lines += [_wrap(f"[{numbers[s.id]}] {s.publisher}: {s.title} {s.url}", "    ") for s in document.sources]
    return "\n".join([*lines, _foot(document)])


def _label(document: BriefDocument) -> str:
    kind = (
        "Extractive: the sources' own sentences" if document.writer == "extractive" else "Written by a model"
    )
    return kind + (" · bundled sample" if document.sample else "")


def _lens(lens: LensDocument, numbers: dict[int, int]) -> list[str]:
    lines = ["", f"For you ({lens.role} in {lens.industry})", _wrap(_cited(lens.why_it_matters, numbers))]
    for question in lens.questions:
        lines += [question.question, _wrap(_cited(question.answer, numbers))]
    return lines


def _foot(document: BriefDocument) -> str:
    checked, cost = document.verification, document.cost
    figures = f"{checked.figures} figures, {checked.figures_found} found in the sources"
    return f"\n{checked.supported} of {checked.sentences} sentences supported · {figures} · cost ${cost.usd}"


def _cited(sentences: Sequence[Sentence], numbers: dict[int, int]) -> str:
    return " ".join(
        sentence.text
        + "".join(
            f" [{n}]"
            for n in sorted({numbers[c.source] for c in sentence.citations if c.source in numbers})
        )
        for sentence in sentences
    )


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent)
