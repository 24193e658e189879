"""Knows by its headline an article that is no report of one event: a digest of many, or a service piece. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest import terms

# Headlines that name no event, only that several follow.
_ROUNDUP = re.compile(
    r"\bnot much happened|\b(?:news|weekly|daily|morning|evening|monthly) (?:digest|roundup|round-up|briefing|recap)\b"
    r"|\b(?:week|month|year) in review\b|^(?:this|last) week in\b|\bthe week in\b|^the download:|^ainews\b"
    r"|\bstories (?:you (?:may have|might have|) ?missed|of the (?:day|week))|\blinks? (?:roundup|of the week)"
    r"|^(?:round-?up|weekly|newsletter|digest)\b|\bnewsletter (?:#|no\.?|issue)? ?\d+",
    re.IGNORECASE,
)
_LISTED = re.compile(r",\s+(?:and\s+)?|;\s+")


@lru_cache(maxsize=20_000)
def is_digest(title: str) -> bool:
    """Whether the headline announces a roundup, or is a bare list of things that have no word in common."""
    title = terms.plain(title)
    # After a colon stand the parts of one thing.
    return bool(_ROUNDUP.search(title)) or (":" not in title and _is_list(_LISTED.split(title)))


def _is_list(parts: list[str]) -> bool:
    """Such as "gpt-oss 20B, Claude Opus 4.1, DeepMind Genie 3": three names or more, with versions or sums to them.

    The parts of one product line ("Pixel 10, Pixel Watch 4, Pixel Buds 2a") share a word, and are one event.
    """
    if len(parts) < 3 or not all(part[:1].isupper() and len(part.split()) > 1 for part in parts):
        return False
    if sum(any(c.isdigit() for c in part) for part in parts) < 2:
        return False
    told = [word for part in parts for word in {w for w in terms.words(part) if terms.weight(w) >= 1}]
    return len(told) == len(set(told))


# What a newsroom sells or advises beside its news: coupons, reviews, best-of lists, guides, its own events.
_SERVICE = re.compile(
    r"\b(?:promo|discount) codes?\b|\bcoupons?\b|\breview(?: \(20\d\d\))?:|\breview$|\breviewed\b"
    r"|^(?:\d+ |the |the \d+ )best\b|\bbest [\w' -]+ (?:of|in) 20\d\d|\bbest\b.*\((?:\w+ )?20\d\d\)"
    r"|\b(?:gift|buying) guides?\b|^a guide to\b|^how to\b|\bhow to watch\b|\beverything (?:else )?we(?:'re)? expect"
    r"|\btickets?\b.*\b(?:save|savings|left)\b|\bsave\b.*\btickets?\b|\bregister (?:now|today)\b|^join us\b"
    r"|^quoting\b|\blivestream replay\b|\bdisrupt 20\d\d\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def is_report(title: str) -> bool:
    """Whether the article may tell of one event as others do; what does not is a story of its own."""
    return not is_digest(title) and not _SERVICE.search(terms.plain(title))
