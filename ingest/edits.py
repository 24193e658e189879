"""Tells an edit from noise, and what an edit changed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ingest.decide import Draft, content_hash, told, words
from ingest.passages import spans
from ingest.plain import BREAK

ALIKE = (
    0.5  # shared words from which a passage counts as altered, not as removed here and another added there
)


def is_edit(title: str, feed_text: str, draft: Draft) -> bool:
    """Whether a feed that gave `title` and `feed_text` before says something else now.

    A feed that carries less than it did, down to nothing, has changed its manner, not the article.
    """
    before = feed_text.split(BREAK) if feed_text else []
    if content_hash(title, before) == draft.content_hash:
        return False  # only our way of comparing has changed
    old, new = words(feed_text), words(draft.feed_text)
    shorter = old.startswith(new) and 2 * len(new) < len(old)
    return words(title) != words(draft.title) or not shorter


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edit did to a text's passages, by number: `removed` of the earlier, `added` of the later text.

    `altered` pairs an earlier with a later passage. Passage 0 is the title. What only moved is not mentioned.
    """

    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    altered: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.altered)

    def __str__(self) -> str:
        title = ["title altered"] if (0, 0) in self.altered else []
        counts = {
            "altered": len(self.altered) - len(title),
            "added": len(self.added),
            "removed": len(self.removed),
        }
        said = title + [f"{n} passage{'s' * (n != 1)} {what}" for what, n in counts.items() if n]
        return ", ".join(said) or "nothing changed"


def difference(before: str, after: str) -> Difference:
    """What was done to the text of an article between two revisions; scores and punctuation do not count."""
    old, new = _passages(before), _passages(after)
    removed, added, altered = [], [], []
    for kind, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            pairs = _pairs(old[i:j], new[k:n])
            altered += [(i + one, k + other) for one, other in pairs]
            removed += [one for one in range(i, j) if one - i not in {a for a, _ in pairs}]
            added += [other for other in range(k, n) if other - k not in {b for _, b in pairs}]
    moved = {old[one] for one in removed} & {new[other] for other in added} | {""}
    return Difference(
        tuple(other for other in added if new[other] not in moved),
        tuple(one for one in removed if old[one] not in moved),
        tuple(altered),
    )


def _passages(text: str) -> list[str]:
    return [told(text[start:end]) for start, end in spans(text)]


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which of the new passages are old ones altered, in order, each once."""
    pairs: list[tuple[int, int]] = []
    start = 0
    for one, earlier in enumerate(old):
        shares = {other: _shared(earlier, new[other]) for other in range(start, len(new))}
        best = max(shares, key=lambda other: (shares[other], -other), default=None)
        if best is not None and shares[best] >= ALIKE:
            pairs.append((one, best))
            start = best + 1
    return pairs


def _shared(one: str, other: str) -> float:
    ours, theirs = set(one.split()), set(other.split())
    return len(ours & theirs) / max(1, max(len(ours), len(theirs)))
