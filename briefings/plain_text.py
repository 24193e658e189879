"""A brief or an edition as plain text, for terminals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from briefings.models import Edition
from briefings.schemas import BriefDocument, CorrectionDocument, LensDocument, NoticeDocument, Sentence
from users import taxonomy

WIDTH = 96


STRUCK = "[no longer stands] "


def edition(row: Edition, documents: Sequence[BriefDocument], notices: Sequence[NoticeDocument] = ()) -> str:
    """The edition from its date to "you are up to date", corrections first; a quiet day says so."""
    head = f"Your edition of {row.local_date:%A, %-d %B %Y}" + ("  [bundled sample]" if row.sample else "")
    head = "\n\n".join([head, *map(_notice, notices)])
    if not documents:
        return f"{head}\n\nA quiet day: no story worth your time in what we read."
    return "\n\n".join([head, *[brief(document) for document in documents], "You are up to date."])


def brief(document: BriefDocument) -> str:
    """The whole brief; every sentence names the publishers it rests on."""
    names = {source.id: source.publisher for source in document.sources}
    headline = document.headline
    lines = [_wrap(f"{STRUCK if headline.struck else ''}{headline.text.upper()}"), _label(document)]
    lines += [_wrap(f"{_changed(one)}.") for one in document.corrections if one.struck]
    if document.takeaways:
        lines.append("")
    lines += [_wrap(f"• {_cited([sentence], names)}", "  ") for sentence in document.takeaways]
    lines += _part("", document.lead, names)
    for section in document.sections:
        lines += _part(section.question, section.answer, names)
    lines += _part("The catch", document.catch, names)
    lines += _part("Bottom line", document.bottom_line, names)
    lines += _lens(document.lens, names) if document.lens else []
    lines += ["", "Sources"]
    lines += [_wrap(f"- {s.publisher}: {s.title}", "  ") + f"\n  {s.url}" for s in document.sources]
    return "\n".join([*lines, _foot(document)])


def _notice(notice: NoticeDocument) -> str:
    first = [f"No longer stands: {notice.first.text}"] if notice.first else []
    again = [f"Stands again: {text}" for text in notice.restored[:1]]
    said = [f"Corrected: {notice.headline}", f"{_changed(notice)}.", *first, *again]
    return "\n".join(_wrap(one, "  ") for one in said)


def _changed(correction: CorrectionDocument) -> str:
    if correction.kind == "challenged":
        return f"A reader reported a sentence on {correction.changed_at:%-d %B %Y}, and it did not stand the check"
    what = "has withdrawn its article" if correction.kind == "withdrawn" else "changed its article"
    return f"{correction.publisher} {what}, as we saw on {correction.changed_at:%-d %B %Y}"


def _part(heading: str, sentences: Sequence[Sentence], names: Mapping[int, str]) -> list[str]:
    if not sentences:
        return []
    return ["", *([heading] if heading else []), _wrap(_cited(sentences, names))]


def _label(document: BriefDocument) -> str:
    kind = (
        "Extractive: the sources' own sentences" if document.writer == "extractive" else "Written by a model"
    )
    return kind + (" · bundled sample" if document.sample else "")


def _lens(lens: LensDocument, names: Mapping[int, str]) -> list[str]:
    role, industry = taxonomy.role(lens.role).title, taxonomy.industry(lens.industry).title
    lines = _part(f"For you ({role}, {industry})", lens.why_it_matters, names)
    for question in lens.questions:
        lines += _part(question.question, question.answer, names)
    return lines


def _foot(document: BriefDocument) -> str:
    checked, cost = document.verification, document.cost
    figures = f"{checked.figures} figure{'s' * (checked.figures != 1)}, {checked.figures_found} found in the sources"
    return f"\n{checked.supported} of {checked.sentences} sentences supported · {figures} · cost ${cost.usd}"


def _cited(sentences: Sequence[Sentence], names: Mapping[int, str]) -> str:
    return " ".join(f"{STRUCK if one.struck else ''}{one.text}{_marks(one, names)}" for one in sentences)


def _marks(sentence: Sentence, names: Mapping[int, str]) -> str:
    cited = dict.fromkeys(
        names[citation.source] for citation in sentence.citations if citation.source in names
    )
    return f" [{'; '.join(cited)}]" if cited else ""


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent)
