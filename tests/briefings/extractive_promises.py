"""What every extractive brief promises, as one checklist that tests hold any brief against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations

from briefings.schemas import BriefBody, Material, Sentence, SourceText, Span
from briefings.terms import terms
from briefings.write.rank import Likeness

WHEN = datetime(2025, 8, 7, 12, tzinfo=UTC)
HANGING = re.compile(
    r"[“\"‘']?(?:This|That|These|Those|It|Its|He|She|They|His|Her|Their|But|However|Also|And|So|"
    r"The company(?! behind| that| which| in)|The move(?! to))\b"
)
SAYS_ALONE = re.compile(r"\b(?:he|she) (?:said|says|added|wrote|told|tweeted|noted|continued)\b")
SOMEBODY = re.compile(
    r"[A-Z][\w’'.-]+(?! (?:campaign|administration|ads?)\b)|"
    r"\b(?:spokes\w+|director|president|chief|executive|officer|officials?|man|woman|lawyer|professor|author)\b"
)
DULL = re.compile(r"What happened on \w+day\?|How is (?:the )?\w+ role|Where does .* come in\?")
LEFTOVERS = re.compile(
    r"\b(?:Reuters|AP|AFP|CNN)\) ?[-–—]|Advertisement|Sign up|Read more|Subscribe|newsletter|"
    r"…|\.\.\.|contributed to this|All rights reserved|Story highlights|^By [A-Z]"
)


def source_text(
    pk: int, publisher: str, title: str, paragraphs: list[str], *, primary: bool = False
) -> SourceText:
    """An article as the writers see it: the title is passage 0, each paragraph the next."""
    text, spans = title, [Span(0, 0, len(title))]
    for number, paragraph in enumerate(paragraphs, 1):
        text += "\n\n"
        spans.append(Span(number, len(text), len(text) + len(paragraph)))
        text += paragraph
    return SourceText(
        article=pk,
        revision=1,
        source=pk,
        publisher=publisher,
        primary=primary,
        authority=0.5,
        title=title,
        url=f"https://example.org/{pk}",
        text=text,
        spans=tuple(spans),
        happened_at=WHEN,
        published_at=WHEN,
    )


def material(*articles: SourceText) -> Material:
    return Material(story="s1", title=articles[0].title, articles=articles)


def groups(body: BriefBody) -> Iterator[tuple[Sentence, ...]]:
    """The runs of sentences a reader reads together; takeaways stand each for itself."""
    yield from ((takeaway,) for takeaway in body.takeaways)
    yield body.lead
    yield from (section.answer for section in body.sections)
    yield body.catch
    yield body.bottom_line


def sentences(body: BriefBody) -> list[Sentence]:
    return [sentence for group in groups(body) for sentence in group]


def broken_promises(story: Material, body: BriefBody) -> list[str]:
    """One line for each promise that the brief breaks; empty when it keeps them all."""
    return [
        *_citations(story, body),
        *_repeats(body),
        *_openers(body),
        *_speakers(body),
        *_texts(body),
        *_shape(body),
    ]


def _citations(story: Material, body: BriefBody) -> Iterator[str]:
    for sentence in (body.headline, *sentences(body)):
        if len(sentence.citations) != 1:
            yield f"not exactly one citation: {sentence.text}"
            continue
        citation = sentence.citations[0]
        article = story.article(citation.article)
        span = article.span(citation.passage)
        if article.text[citation.start : citation.end] != citation.quote:
            yield f"quote is not the text at its offsets: {sentence.text}"
        if not span.start <= citation.start < citation.end <= span.end:
            yield f"citation leaves its passage: {sentence.text}"
        if " ".join(re.sub(r"\*\*|__|`", "", citation.quote).split()) != sentence.text:
            yield f"text is not its quote: {sentence.text}"


def _repeats(body: BriefBody) -> Iterator[str]:
    told = sentences(body)
    likeness = Likeness([terms(sentence.text) for sentence in told])
    for at, sentence in enumerate(told):
        for other in range(at):
            if told[other].text == sentence.text or likeness.cosine[at, other] > 0.75:
                yield f"said twice: {told[other].text} / {sentence.text}"


def _openers(body: BriefBody) -> Iterator[str]:
    for group in groups(body):
        for at, sentence in enumerate(group):
            if not HANGING.match(sentence.text):
                continue
            here = sentence.citations[0]
            before = group[at - 1].citations[0] if at else None
            gap = here.start - before.end if before and before.article == here.article else None
            if gap is None or not 0 <= gap <= 12:
                yield f"hangs in the air: {sentence.text}"


def _speakers(body: BriefBody) -> Iterator[str]:
    """A "he said" needs somebody named in its own sentence or in those read right before it."""
    for group in groups(body):
        for at, sentence in enumerate(group):
            own = re.sub(r"“[^”]*”|\"[^\"]*\"", "", sentence.text)
            before = " ".join(other.text for other in group[:at])
            if SAYS_ALONE.search(own) and not SOMEBODY.search(before) and not SOMEBODY.search(own):
                yield f"nobody to say it: {sentence.text}"


def _texts(body: BriefBody) -> Iterator[str]:
    for sentence in sentences(body):
        text = sentence.text
        if LEFTOVERS.search(text):
            yield f"furniture: {text}"
        if not 40 <= len(text) <= 350:
            yield f"length {len(text)}: {text}"
        if text.count("“") != text.count("”") or text.count('"') % 2 or text.count("(") != text.count(")"):
            yield f"unbalanced: {text}"
        if not re.search(r"[.!][\"”’')\]]*$", text):
            yield f"unfinished: {text}"


def _shape(body: BriefBody) -> Iterator[str]:
    words = sum(len(sentence.text.split()) for sentence in sentences(body))
    if words > 900:
        yield f"{words} words"
    questions = [section.question for section in body.sections]
    if len(set(questions)) != len(questions):
        yield f"a question asked twice: {questions}"
    for question in questions:
        if DULL.match(question):
            yield f"a question about nothing: {question}"
    for one, other in combinations(questions, 2):
        words, others = _asked(one), _asked(other)
        alike = one.split()[:2] == other.split()[:2] and len(words & others) == min(len(words), len(others))
        if alike and len(words & others) >= 2:
            yield f"two headings ask the same: {one} {other}"
    for question in (*questions, *body.follow_ups):
        if not re.fullmatch(r"(?:What|Who|How|Why|Where|When|Which) [^?]+\?", question) or "  " in question:
            yield f"not a question: {question}"
    if set(body.follow_ups) & set(questions):
        yield "a follow-up is already answered"
    if any(not section.answer for section in body.sections):
        yield "a section without an answer"


def _asked(question: str) -> set[str]:
    """What a question asks after, its grammar left out."""
    return set(re.findall(r"[\w’'-]+", question.lower())) - {
        "what",
        "did",
        "does",
        "the",
        "of",
        "about",
        "say",
    }
