"""The brief in the making: which sentences are used, who has been introduced, and what may still follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from briefings.terms import terms
from briefings.write.anaphora import names_somebody, speaks_of_somebody
from briefings.write.ask import Ask
from briefings.write.lexicon import FAMOUS
from briefings.write.names import OFFICE, Name
from briefings.write.pool import ALSO, GENERIC, Candidate, Pool

REPEATS_HEADLINE = 0.85
COURTESY = re.compile(r"(?:Mr|Mrs|Ms|Dr|Miss)\.?")
FELT, FELT_WORDS = 0.24, 4  # likeness and shared words from which two sentences of one answer sound alike
ECHO = 0.78  # likeness times shared words from which of two sentences read in one go one is an echo
SAME_FIGURE = 0.12  # likeness at which one figure in both makes it so
NEW = 0.36  # share of a sentence's words that headline, takeaways and lead have not used
COMES_BACK = 0.15  # share of a story's sentences
FIGURE = re.compile(r"\d[\d.,]+[a-z]?")
YEAR = re.compile(r"(?:19|20)\d\d")
JUST_BEFORE = 400  # characters in which a sentence's subject may have been named last


class Draft:
    """Keeps the promise that nothing is said twice and nobody appears unintroduced. Not thread-safe; one per brief.

    Whoever takes nothing of it may share it: what it has read of candidates is only remembered.
    """

    def __init__(self, pool: Pool, headline: str) -> None:
        self.pool = pool
        self.headline = headline
        self.asks: dict[int, tuple[Ask, ...]] = {}  # what each candidate answers, once read
        self._used: list[Candidate] = []
        self._held: dict[int, tuple[Name, ...]] = {}
        self._strangers: dict[int, tuple[str, ...]] = {}
        self._said = headline
        self._ahead = ""
        sets, self.heading = pool.likeness.sets, pool.likeness.sets[-1]  # the headline's content words
        # What says nothing new: it retells the headline, or what is used.
        self._stale = {
            index
            for index in range(len(pool.candidates))
            if len(sets[index] & self.heading) >= REPEATS_HEADLINE * max(1, len(sets[index]))
        }
        self._able = sorted(
            (c for c in pool.candidates if c.on_topic and not c.leans), key=lambda c: (-c.weight, c.index)
        )
        self._named = frozenset(terms(" ".join(sorted(pool.names.words))))
        self._words: frozenset[str] = self.heading

    def take(self, chosen: Iterable[Candidate]) -> None:
        """Counts these as told, in the order in which they will be read."""
        told = list(chosen)
        self.reserve(told)
        self.tell(told)

    def reserve(self, chosen: Iterable[Candidate]) -> None:
        """Keeps these from being used again, though they will be read later than what is chosen next."""
        for candidate in chosen:
            self._used.append(candidate)
            self._stale |= {candidate.index, *self.pool.likeness.repeating(candidate.index)}
            if _quoted_runs(candidate.text):
                told = (c.index for c in self.pool.candidates if _share_quotation(candidate.text, c.text))
                self._stale.update(told)

    def tell(self, reserved: Iterable[Candidate]) -> None:
        """Counts what was reserved as told from here on."""
        told = list(reserved)
        self._said += "".join("\n" + candidate.text for candidate in told)
        self._words = self._words.union(*(self.pool.likeness.sets[candidate.index] for candidate in told))

    def expect(self, reserved: Iterable[Candidate]) -> None:
        """Counts these, too, as told for what is looked at next: it will be read after them."""
        self._ahead = "".join("\n" + candidate.text for candidate in reserved)

    def has_said(self, noun: str) -> bool:
        """Whether the headline or what has been told names this thing, so that "the" may stand before it."""
        known = self._said + self._ahead
        return re.search(rf"\b{re.escape(noun.rstrip('s'))}", known, re.IGNORECASE) is not None

    def comes_back(self, noun: str) -> bool:
        """Whether so many of the story's sentences speak of it that the reader soon knows which one is meant."""
        told = sum(noun in candidate.text for candidate in self.pool.candidates)
        return told >= COMES_BACK * len(self.pool.candidates)

    def has_told(self, kind: Callable[[Candidate], bool]) -> bool:
        """Whether a sentence of this kind has been chosen."""
        return any(kind(candidate) for candidate in self._used)

    def mentions(self, word: str) -> bool:
        """Whether any sentence chosen so far uses the word."""
        return any(word in candidate.text for candidate in self._used)

    def fresh(self, candidate: Candidate, beside: Sequence[Candidate] = ()) -> bool:
        """Whether the candidate says something that neither the draft nor `beside` has said."""
        return candidate.index not in self._stale and not any(
            self._repeats(candidate, other) for other in beside
        )

    def close(self, kind: Callable[[Candidate], bool]) -> None:
        """Counts all candidates of this kind as told."""
        self._stale.update(candidate.index for candidate in self.pool.candidates if kind(candidate))

    def adds(self, candidate: Candidate) -> bool:
        """Whether it is no echo of any sentence chosen so far, as takeaways and lead must not be of each other.

        That both name the same people is no echo.
        """
        return not any(self._echoes(candidate, other) for other in self._used)

    def _echoes(self, candidate: Candidate, other: Candidate) -> bool:
        likeness = self.pool.likeness
        one, two = likeness.sets[candidate.index], likeness.sets[other.index]
        cosine = likeness.cosine[candidate.index, other.index]
        if (cosine < SAME_FIGURE and cosine * min(len(one), len(two)) < ECHO) or not _apart(candidate, other):
            return False
        shared = (one & two) - self._named
        return bool(
            cosine * len(shared) >= ECHO
            or (cosine >= SAME_FIGURE and any(FIGURE.fullmatch(w) and not YEAR.fullmatch(w) for w in shared))
        )

    def tells_more(self, candidate: Candidate) -> bool:
        """Whether enough of its words are new to a reader of all that has been told."""
        own = self.pool.likeness.sets[candidate.index]
        return len(own - self._words) >= NEW * len(own)

    def _repeats(self, candidate: Candidate, other: Candidate) -> bool:
        """Whether both say the same, as in one answer is felt of less of a likeness than farther apart."""
        likeness = self.pool.likeness
        if candidate is other or likeness.same_claim(candidate.index, other.index):
            return True
        if _apart(candidate, other) and likeness.cosine[candidate.index, other.index] >= FELT:
            shared = likeness.sets[candidate.index] & likeness.sets[other.index]
            if len(shared) >= FELT_WORDS:
                return True
        return _share_quotation(candidate.text, other.text)

    def introduced(self, candidate: Candidate, beside: Sequence[Candidate] = (), heading: str = "") -> bool:
        """Whether everyone the candidate calls by surname has been named in full before, or needs not be.

        `heading`: the question it stands under, which may name them.
        """
        if candidate.index not in self._strangers:
            self._strangers[candidate.index] = self._strangers_in(candidate.text)
        return all(
            full in self._said
            or full in self._ahead
            or self._introduces(heading, full)
            or any(full in other.text for other in beside)
            for full in self._strangers[candidate.index]
        )

    def presenting(self, question: str) -> str:
        """The question with their office before those whom it names before they were named: "Judge William Alsup"."""
        for full, office in self.pool.names.offices.items():
            known = full in self._said or full in self._ahead or full.split()[-1] in FAMOUS
            if full in question and not known and not re.search(rf"{OFFICE} {re.escape(full)}", question):
                question = question.replace(full, f"{office} {full}", 1)
        return question

    def _introduces(self, heading: str, full: str) -> bool:
        """Whether the heading says who this is, or asks it: the name alone would not."""
        office = self.pool.names.offices.get(full, "")
        return heading == f"Who is {full}?" or (bool(office) and f"{office} {full}" in heading)

    def _strangers_in(self, text: str) -> tuple[str, ...]:
        """The full names of those the text calls by surname alone."""
        found = []
        for surname, full in self.pool.names.fuller.items():
            if surname not in text or surname in FAMOUS or full in text or surname in self.headline:
                continue
            alone = re.search(rf"(?<![\w-]){re.escape(surname)}(?![\w-])", text)
            before, after = (
                (text[: alone.start()].split() or [""])[-1] if alone else "",
                text[alone.end() :] if alone else "",
            )
            # A given name or an office before it; "On Wednesday, Alexander" and "Ms. Archuleta" tell nobody who it is.
            introduces = (
                re.match(r"[A-Z]\w", before) and not before.endswith(",") and not COURTESY.fullmatch(before)
            )
            if alone and not introduces and not re.match(r" [A-Z]", after):
                found.append(full)
        return tuple(found)

    def shared_with_headline(self, candidate: Candidate) -> int:
        """How many content words the candidate has in common with the headline."""
        return len(self.pool.likeness.sets[candidate.index] & self.heading)

    def held(self, candidate: Candidate) -> tuple[Name, ...]:
        """The names in the candidate."""
        if candidate.index not in self._held:
            self._held[candidate.index] = self.pool.names.in_text(candidate.text)
        return self._held[candidate.index]

    def stands(self, candidate: Candidate, beside: Sequence[Candidate] = (), heading: str = "") -> bool:
        """Whether the candidate can be read by itself at this point, under the `heading` if there is one."""
        return (
            not candidate.leans
            and candidate.on_topic
            and self.fresh(candidate, beside)
            and self._met(candidate.needs, beside, heading)
            and self.introduced(candidate, beside, heading)
        )

    def _met(self, needs: str, beside: Sequence[Candidate], heading: str) -> bool:
        """Whether a reader knows the thing that a sentence opens with, if any."""
        return not needs or needs in heading or self.has_said(needs) or any(needs in c.text for c in beside)

    def continues(self, candidate: Candidate, beside: Sequence[Candidate] = ()) -> Candidate | None:
        """The next sentence of the article, if it may be read right after `candidate`."""
        other = self.pool.follower(candidate)
        if other is None or not self.fresh(other, beside) or not self.introduced(other, beside):
            return None
        if not self._knows_who(other, candidate, beside):
            return None
        if candidate.plain and not other.plain:
            return None  # a judgement may not ride on a report
        return other if self._goes_on(candidate, other) else None

    def _goes_on(self, candidate: Candidate, other: Candidate) -> bool:
        """Whether the next sentence says more of the same: it points back, or shares what the paragraph is about.

        "X also ..." and a new paragraph that only names the same people begin another point.
        """
        if ALSO.match(other.text):
            return False
        if other.leans or other.text[0] in '“"':
            return True
        shared = self.pool.likeness.sets[candidate.index] & self.pool.likeness.sets[other.index]
        names = {word for name in self.held(other) for word in terms(name.text)}
        return len(shared - names - GENERIC) >= (1 if other.passage == candidate.passage else 2)

    def _knows_who(self, other: Candidate, last: Candidate, beside: Sequence[Candidate]) -> bool:
        """Whether a "he" or "she" in `other` is named in the unbroken run of its article that is read before it."""
        if not speaks_of_somebody(other.text, self.pool.names.people):
            return True
        run = [last]
        for each in reversed([c for c in beside if c is not last]):
            if each.article is last.article and each.place == run[-1].place - 1:
                run.append(each)
        return any(
            names_somebody(each.text, [name.short for name in self.held(each) if name.person]) for each in run
        )

    def near_subject(self, candidate: Candidate, name: str) -> bool:
        """Whether the sentence, or its article right before it, names this: a digest tells of much else."""
        if not name:
            return False
        before = candidate.article.text[max(0, candidate.start - JUST_BEFORE) : candidate.start]
        return name in candidate.text or (name in before and before[before.rfind(name) :].count("\n\n") <= 1)

    def open(self) -> list[Candidate]:
        """All candidates that can stand by themselves now, best first."""
        self._able = [candidate for candidate in self._able if candidate.index not in self._stale]
        return [candidate for candidate in self._able if self.stands(candidate)]


def _apart(one: Candidate, other: Candidate) -> bool:
    """Whether they are no neighbours, of which the second goes on from the first."""
    return one.article is not other.article or abs(one.place - other.place) > 1


QUOTATION = re.compile(r"[“\"]([^”\"]{12,})[”\"]")


def _share_quotation(one: str, other: str) -> bool:
    """Whether both quote the same four words in a row: one spells out what the other shortens in its fifth."""
    first = _quoted_runs(one)
    return bool(first) and bool(first & _quoted_runs(other))


@lru_cache(maxsize=2000)
def _quoted_runs(text: str) -> set[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for quotation in QUOTATION.findall(text):
        words = re.findall(r"[a-z0-9]+", quotation.lower())
        runs.update(tuple(words[at : at + 4]) for at in range(len(words) - 3))
    return runs
