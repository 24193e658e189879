"""What of a brief no longer stands since its articles changed: the verifier, held against their present texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from briefings.retitled import still_told
from briefings.schemas import BriefBody, Citation, LensBody, Material, Sentence, SourceText, Span
from briefings.terms import terms
from briefings.verify import check_sentence, check_words
from briefings.verify.evidence import split
from briefings.verify.numbers import unsupported
from briefings.verify.spelling import for_quotes
from ingest.changed import Changed
from ingest.withdrawn import is_note

CLOSEST = 3  # passages that are tried where what was cited stands nowhere word for word
SHOWN = 0.3  # of its words a passage must share with the cited one to be shown as what has become of it


@dataclass(frozen=True, slots=True)
class Fallen:
    """A sentence or question that stood and does not any more, by its place in the body ("sections.2.answer.0").

    `article` is the one whose change it is, `why` a rule's words, `now` the passage that stands where the cited one
    stood and `instead` the sentence of it that is closest; empty where it is gone.
    """

    where: str
    text: str
    article: int
    why: str
    now: str = ""
    instead: str = ""


def fallen(
    body: BriefBody, lenses: Mapping[int, LensBody], before: Material, changed: Mapping[int, Changed]
) -> tuple[Fallen, ...]:
    """Everything in the brief and its lenses (by id) that its articles' present texts do not support.

    `before` is what it was written from: what that did not support either is no matter of the edit.
    """
    judge = _Judge(before, changed)
    return (
        *judge.body(body),
        *(one for key, lens in lenses.items() for one in judge.lens(lens, f"lens.{key}")),
    )


def still_standing(lens: LensBody, before: Material, changed: Mapping[int, Changed]) -> LensBody | None:
    """A lens written from texts that have changed since, without what falls with that; None where no reason is left.

    What it reasons goes with the facts that it reasoned from.
    """
    gone = {one.where for one in _Judge(before, changed).lens(lens, "lens")} if changed else set()
    if not gone:
        return lens
    questions = []
    for place, one in enumerate(lens.questions):
        where = f"lens.questions.{place}"
        answer = _left(one.answer, f"{where}.answer", gone)
        if answer and f"{where}.question" not in gone:
            questions.append(one.model_copy(update={"answer": answer}))
    why = _left(lens.why_it_matters, "lens.why_it_matters", gone)
    return LensBody(why_it_matters=why, questions=tuple(questions)) if why else None


def _left(sentences: Sequence[Sentence], where: str, gone: Collection[str]) -> tuple[Sentence, ...]:
    left = tuple(one for place, one in _numbered(sentences, where) if place not in gone)
    fell = len(left) < len(sentences)
    return () if fell and not any(one.citations for one in left) else left


def fallen_answers(
    answers: Mapping[int, Sentence], before: Material, changed: Mapping[int, Changed]
) -> dict[int, Fallen]:
    """The same for sentences by themselves, by their keys: those told in answer to questions."""
    judge = _Judge(before, changed)
    judged = {key: judge.sentence(sentence, f"answer.{key}") for key, sentence in answers.items()}
    return {key: lost for key, lost in judged.items() if lost}


def is_major(body: BriefBody, places: Iterable[str]) -> bool:
    """Whether the headline or most of the sentences are among the `places` that do not stand.

    Prepared answers, which open only when asked for, do not count.
    """
    gone = set(places)
    every = [where for where, _ in _sentences(body) if not where.startswith("prepared.")]
    return "headline" in gone or 2 * sum(where in gone for where in every) > len(every)


def places(body: BriefBody) -> Mapping[str, Sentence]:
    """Every sentence of a body by its place, in reading order."""
    return dict(_sentences(body))


def lens_places(lens: LensBody, where: str) -> Iterator[tuple[str, Sentence]]:
    """The same of a lens whose place is `where`."""
    yield from _numbered(lens.why_it_matters, f"{where}.why_it_matters")
    for place, one in enumerate(lens.questions):
        yield from _numbered(one.answer, f"{where}.questions.{place}.answer")


def emptied(body: BriefBody, gone: Collection[str]) -> Iterator[tuple[str, str]]:
    """The headings, by place, under which nothing is left once what is `gone` is."""
    for text, where, below, count in _headings(body):
        if count and all(f"{below}.{place}" in gone for place in range(count)):
            yield where, text


def _sentences(body: BriefBody) -> Iterator[tuple[str, Sentence]]:
    yield "headline", body.headline
    yield from _numbered(body.takeaways, "takeaways")
    yield from _numbered(body.lead, "lead")
    for place, section in enumerate(body.sections):
        yield from _numbered(section.answer, f"sections.{place}.answer")
    yield from _numbered(body.catch, "catch")
    yield from _numbered(body.bottom_line, "bottom_line")
    for place, disagreement in enumerate(body.disagreements):
        yield from _numbered(disagreement.claims, f"disagreements.{place}.claims")
    for place, section in enumerate(body.prepared):
        yield from _numbered(section.answer, f"prepared.{place}.answer")


def _headings(body: BriefBody) -> Iterator[tuple[str, str, str, int]]:
    """Each heading, its place, that of what stands below it, and how many sentences that has."""
    for name, sections in (("sections", body.sections), ("prepared", body.prepared)):
        for place, one in enumerate(sections):
            yield one.question, f"{name}.{place}.question", f"{name}.{place}.answer", len(one.answer)
    for place, each in enumerate(body.disagreements):
        where = f"disagreements.{place}"
        yield each.about, f"{where}.about", f"{where}.claims", len(each.claims)


def _numbered(sentences: Iterable[Sentence], where: str) -> Iterator[tuple[str, Sentence]]:
    yield from ((f"{where}.{place}", sentence) for place, sentence in enumerate(sentences))


@dataclass(slots=True)
class _Judge:
    before: Material
    changed: Mapping[int, Changed]
    after: tuple[Material, ...] = field(init=False)

    def __post_init__(self) -> None:
        most = max((len(one.now) for one in self.changed.values()), default=1)
        self.after = tuple(self._after(choice) for choice in range(most))

    def _after(self, choice: int) -> Material:
        """The story as it is told now, by one choice of each changed article's texts; without what was withdrawn."""
        kept = [one for one in self.before.articles if not self._withdrawn(one.article)]
        return replace(self.before, articles=tuple(self._now(one, choice) for one in kept))

    def _withdrawn(self, article: int) -> bool:
        return article in self.changed and self.changed[article].withdrawn

    def _now(self, article: SourceText, choice: int) -> SourceText:
        if article.article not in self.changed:
            return article
        texts = self.changed[article.article].now
        return texts[min(choice, len(texts) - 1)]

    def body(self, body: BriefBody) -> Iterator[Fallen]:
        gone: dict[str, Fallen] = {}
        for where, sentence in _sentences(body):
            if lost := self.sentence(sentence, where):
                gone[where] = lost
        yield from gone.values()
        for text, where, answer, count in _headings(body):
            yield from self._heading(text, where, [gone.get(f"{answer}.{n}") for n in range(count)])
        for place, text in enumerate(body.follow_ups):
            yield from self._words(text, f"follow_ups.{place}")

    def lens(self, lens: LensBody, where: str) -> Iterator[Fallen]:
        runs = [(f"{where}.why_it_matters", lens.why_it_matters)]
        runs += [
            (f"{where}.questions.{place}.answer", one.answer) for place, one in enumerate(lens.questions)
        ]
        gone: dict[str, Fallen] = {}
        for start, run in runs:
            for place, sentence in _numbered(run, start):
                if lost := self.sentence(sentence, place):
                    gone[place] = lost
        yield from gone.values()
        for number, one in enumerate(lens.questions):
            asked = f"{where}.questions.{number}"
            below = [gone.get(f"{asked}.answer.{n}") for n in range(len(one.answer))]
            yield from self._heading(one.question, f"{asked}.question", below)

    def _heading(self, text: str, where: str, answer: list[Fallen | None]) -> Iterator[Fallen]:
        """A question falls with the whole of its answer, or with a figure of its own."""
        lost = [one for one in answer if one]
        if answer and len(lost) == len(answer):
            yield replace(lost[0], where=where, text=text, why="nothing of its answer stands")
        else:
            yield from self._words(text, where)

    def _words(self, text: str, where: str) -> Iterator[Fallen]:
        """What cites nothing of its own: the story is its ground."""
        wrong = list(check_words(text, tuple(self._grounds()), where))
        if wrong and not list(check_words(text, tuple(_passages(self.before)), where)):
            yield Fallen(where, text, next(iter(self.changed)), wrong[0].detail)

    def _grounds(self) -> Iterator[str]:
        for material in self.after:
            for article in material.articles:
                yield from _said(article)

    def sentence(self, sentence: Sentence, where: str) -> Fallen | None:
        """The sentence, where none of the ways to cite the present texts supports it as the texts before did."""
        mine = [one for one in sentence.citations if one.article in self.changed]
        before = check_sentence(sentence, self.before, where)
        if not mine or any(one.rule == "citation" for one in before):
            return None
        wrong = self._contradicted(sentence, mine) or self._wrong(
            sentence, where, {one.detail for one in before}
        )
        if wrong is None or all(self._still_said(sentence.text, one) for one in mine):
            return None
        lost = min(mine, key=self._innocence)
        why = "the article has been withdrawn" if self._withdrawn(lost.article) else wrong
        now = self._become(lost)
        return Fallen(where, sentence.text, lost.article, why, now, _instead(sentence.text, now))

    def _wrong(self, sentence: Sentence, where: str, before: Collection[str]) -> str | None:
        """What is wrong with the likeliest attempt that was not wrong `before`; None when one attempt holds."""
        said = ""
        for material in self.after:
            for attempt in self._attempts(sentence, material):
                # Its form was verified once, and has not changed.
                failures = [one for one in check_sentence(attempt, material, where) if one.rule != "plain"]
                wrong = [one.detail for one in failures if one.detail not in before]
                if not wrong:
                    return None
                said = said or wrong[0]
        return said or "the cited passage is gone"

    def _contradicted(self, sentence: Sentence, mine: Iterable[Citation]) -> str | None:
        """A figure that a cited passage had before it was altered, and that its article has no more.

        Whatever another source goes on saying, this one has corrected it.
        """
        for citation in mine:
            change = self.changed[citation.article]
            never = unsupported(sentence.text, (change.then.passage(citation.passage),))
            kept = [unsupported(sentence.text, _said(text)) for text in change.now]
            lost = [one for one in min(kept, key=len) if one not in never]
            if lost and self._altered(citation):
                return f"{lost[0].raw!r} is not in the article any more"
        return None

    def _innocence(self, citation: Citation) -> int:
        """How little a citation's article has to do with the sentence's fall."""
        if self._withdrawn(citation.article):
            return 0
        return 1 + any(citation.quote in text.text for text in self.changed[citation.article].now)

    def _still_said(self, text: str, citation: Citation) -> bool:
        """Whether the source's own words are in its article, but for glyphs; or were a title that it tells of still."""
        change = self.changed[citation.article]
        if change.withdrawn or text != citation.quote:
            return False
        words = re.compile(rf"(?<!\w){re.escape(for_quotes(text))}(?!\w)")
        if any(words.search(for_quotes(passage)) for now in change.now for passage in _said(now)):
            return True
        return text == change.then.passage(0) and still_told(text, change)

    def _attempts(self, sentence: Sentence, material: Material) -> Iterator[Sentence]:
        """The sentence with its citations moved to where the changed articles may say it now, the likeliest first."""
        moved = [
            self._moved(one, material) if one.article in self.changed else (one,)
            for one in sentence.citations
        ]
        for choice in range(max(map(len, moved), default=0)):
            cited = tuple(options[min(choice, len(options) - 1)] for options in moved if options)
            yield sentence.model_copy(update={"citations": cited})

    def _moved(self, citation: Citation, material: Material) -> tuple[Citation, ...]:
        if self._withdrawn(citation.article):
            return ()
        then, now = self.changed[citation.article].then, material.article(citation.article)
        old = then.passage(citation.passage)
        spans = [one for one in now.spans if is_note(old) or not is_note(now.passage(one.number))]
        found = [_verbatim(citation, now, span) for span in spans]
        paired = self._altered(citation)
        near = [span for span in spans if span.number in paired] + _closest(old, now, spans)
        whole = (_cite(citation, now, span) for span in dict.fromkeys(near))
        return (*(one for one in found if one), *whole)

    def _altered(self, citation: Citation) -> list[int]:
        """The number of the passage that the cited one was altered to."""
        return [b for a, b in self.changed[citation.article].difference.altered if a == citation.passage]

    def _become(self, citation: Citation) -> str:
        """The passage that stands now where the cited one stood."""
        change, paired = self.changed[citation.article], self._altered(citation)
        now, old = change.now[0], change.then.passage(citation.passage)
        spans = [one for one in now.spans if not is_note(now.passage(one.number))]
        for span in spans:
            if span.number in paired:
                return now.passage(span.number)
        for span in _closest(old, now, spans)[:1]:
            passage = now.passage(span.number)
            return passage if passage != old and _shared(old, passage) >= SHOWN else ""
        return ""


def _verbatim(citation: Citation, now: SourceText, span: Span) -> Citation | None:
    at = now.text.find(citation.quote, span.start, span.end)
    if at < 0:
        return None
    return citation.model_copy(update={"passage": span.number, "start": at, "end": at + len(citation.quote)})


def _cite(citation: Citation, now: SourceText, span: Span) -> Citation:
    where = {"passage": span.number, "start": span.start, "end": span.end}
    return citation.model_copy(update={**where, "quote": now.text[span.start : span.end]})


def _instead(text: str, passage: str) -> str:
    """The sentence of the passage that comes closest to the text."""
    said = max(split(passage), key=lambda one: _shared(text, one), default="")
    return said if _shared(text, said) >= SHOWN else ""


def _closest(old: str, now: SourceText, spans: Iterable[Span]) -> list[Span]:
    scored = [(_shared(old, now.passage(span.number)), -span.number, span) for span in spans]
    return [
        span for share, _, span in sorted(scored, reverse=True, key=lambda one: one[:2])[:CLOSEST] if share
    ]


def _shared(one: str, other: str) -> float:
    ours, theirs = set(terms(one)), set(terms(other))
    return len(ours & theirs) / max(1, len(ours))


def _said(article: SourceText) -> list[str]:
    """What the article says for itself: notes of its corrections repeat what they correct."""
    return [said for span in article.spans if not is_note(said := article.passage(span.number))]


def _passages(material: Material) -> Iterator[str]:
    for article in material.articles:
        yield from (article.text[span.start : span.end] for span in article.spans)
