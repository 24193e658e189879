"""The brief in the making: which sentences are used, who has been introduced, and what may still follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from briefings.write.anaphora import names_somebody, speaks_of_somebody
from briefings.write.lexicon import FAMOUS
from briefings.write.names import Name
from briefings.write.pool import Candidate, Pool
from briefings.write.questions import Ask

REPEATS_HEADLINE = 0.85


class Draft:
    """Keeps the promise that nothing is said twice and nobody appears unintroduced. Not thread-safe; one per brief."""

    def __init__(self, pool: Pool, headline: str) -> None:
        self.pool = pool
        self.headline = headline
        self.asks: dict[int, tuple[Ask, ...]] = {}  # what each candidate answers, once read
        self._used: list[Candidate] = []
        self._stale: set[int] = set()
        self._compared: dict[int, int] = {}
        self._held: dict[int, tuple[Name, ...]] = {}
        self._strangers: dict[int, tuple[str, ...]] = {}
        self._said = headline
        self._headline_index = len(pool.candidates)

    def take(self, chosen: Iterable[Candidate]) -> None:
        """Counts these as told, in the order in which they will be read."""
        told = list(chosen)
        self.reserve(told)
        self.tell(told)

    def reserve(self, chosen: Iterable[Candidate]) -> None:
        """Keeps these from being used again, though they will be read later than what is chosen next."""
        self._used.extend(chosen)

    def tell(self, reserved: Iterable[Candidate]) -> None:
        """Counts what was reserved as told from here on."""
        self._said += "".join("\n" + candidate.text for candidate in reserved)

    def mentions(self, word: str) -> bool:
        """Whether any sentence chosen so far uses the word."""
        return any(word in candidate.text for candidate in self._used)

    def fresh(self, candidate: Candidate, beside: Sequence[Candidate] = ()) -> bool:
        """Whether the candidate says something that neither the draft nor `beside` has said."""
        likeness = self.pool.likeness
        index = candidate.index
        # What is used stays used: each candidate is held once against each of them.
        if index not in self._stale and self._compared.get(index, 0) < len(self._used):
            later = self._used[self._compared.get(index, 0) :]
            if any(self._repeats(candidate, other) for other in later):
                self._stale.add(index)
            self._compared[index] = len(self._used)
        if index in self._stale or any(self._repeats(candidate, other) for other in beside):
            return False
        own = likeness.sets[candidate.index]
        return len(own & likeness.sets[self._headline_index]) < REPEATS_HEADLINE * max(1, len(own))

    def _repeats(self, candidate: Candidate, other: Candidate) -> bool:
        same = candidate is other or self.pool.likeness.same_claim(candidate.index, other.index)
        return same or _share_quotation(candidate.text, other.text)

    def introduced(self, candidate: Candidate, beside: Sequence[Candidate] = (), heading: str = "") -> bool:
        """Whether everyone the candidate calls by surname has been named in full before, or needs not be.

        `heading`: the question it stands under, which may name them.
        """
        if candidate.index not in self._strangers:
            self._strangers[candidate.index] = self._strangers_in(candidate.text)
        return all(
            full in self._said or full in heading or any(full in other.text for other in beside)
            for full in self._strangers[candidate.index]
        )

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
            if (
                alone
                and not re.match(r"[A-Z]\w|(?:Mr|Mrs|Ms|Dr)\.", before)
                and not re.match(r" [A-Z]", after)
            ):
                found.append(full)
        return tuple(found)

    def shared_with_headline(self, candidate: Candidate) -> int:
        """How many content words the candidate has in common with the headline."""
        sets = self.pool.likeness.sets
        return len(sets[candidate.index] & sets[self._headline_index])

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
            and self.introduced(candidate, beside, heading)
        )

    def continues(self, candidate: Candidate, beside: Sequence[Candidate] = ()) -> Candidate | None:
        """The next sentence of the article, if it may be read right after `candidate`."""
        other = self.pool.follower(candidate)
        if other is None or not self.fresh(other, beside) or not self.introduced(other, beside):
            return None
        if not self._knows_who(other, candidate, beside):
            return None
        near = self.pool.likeness.cosine[candidate.index, other.index] >= 0.06
        return other if other.leans or other.passage == candidate.passage or near else None

    def _knows_who(self, other: Candidate, last: Candidate, beside: Sequence[Candidate]) -> bool:
        """Whether a "he" or "she" in `other` is named in the unbroken run of its article that is read before it."""
        if not speaks_of_somebody(other.text, self.pool.names.words):
            return True
        run = [last]
        for each in reversed([c for c in beside if c is not last]):
            if each.article is last.article and each.place == run[-1].place - 1:
                run.append(each)
        return any(
            names_somebody(each.text, [name.short for name in self.held(each) if name.person]) for each in run
        )

    def open(self) -> list[Candidate]:
        """All candidates that can stand by themselves now, best first."""
        return sorted((c for c in self.pool.candidates if self.stands(c)), key=lambda c: (-c.weight, c.index))


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
