"""Whether a source has withdrawn an article, and how it words a correction: known by its own words only. Pure."""

from __future__ import annotations

import re

from ingest.plain import BREAK

# A notice stands at an article's beginning or end; what is told in its middle may be another's withdrawal.
_FIRST, _LAST = 3, 2
_ARTICLE = (
    r"(?:article|story|post|blog post|piece|column|report|item|page|paper|preprint|submission|press release)"
)
_GONE = r"(?:retracted|withdrawn|unpublished|taken down|removed)"
_TITLE = re.compile(
    r"\W*(?:retracted|withdrawn|retraction|withdrawal|(?:article|story|post) (?:retracted|withdrawn|removed))"
    r"(?:\s*(?:article|story|post|paper))?\s*(?:[:\]|)–—-]|$)",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\W*(?:(?:editor[’']?s?[’']? note|note|notice|update|correction|retraction|withdrawal)\b.{0,40}?[:.–—-]\s*)?"
    rf"(?:(?:the|this) {_ARTICLE} (?:has been|was|is|has now been|has since been) (?:\w+ly )?{_GONE}\b"
    rf"|(?:we|(?:the|its|their) (?:authors?|editors?|journal|publisher)) (?:ha[sv]e? )?(?:\w+ly )?(?:{_GONE}|withdrew) "
    rf"(?:the|this) {_ARTICLE}\b)",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"\W*(?:(?:correction|corrections|clarification|editor[’']?s?[’']? note|corrected)\b\s*(?:[:(–—-]|$|\w+ \d)"
    rf"|(?:an|the) (?:earlier|previous|original) version of (?:this|the) {_ARTICLE}\b"
    rf"|this {_ARTICLE} (?:has been|was) (?:corrected|amended|updated) )",
    re.IGNORECASE,
)


def is_withdrawn(before: str, *now: str) -> bool:
    """Whether a later text of an article (title first) says that the article is withdrawn, and the earlier did not.

    The later ones are what is stored and what its feed tells. A report about a retraction says so from the start, and
    is none.
    """
    return any(map(says_withdrawn, now)) and not says_withdrawn(before)


def says_withdrawn(text: str) -> bool:
    title, *paragraphs = text.split(BREAK)
    if _TITLE.match(title):
        return True
    ends = (*paragraphs[:_FIRST], *paragraphs[-_LAST:])
    return any(_NOTICE.match(paragraph) for paragraph in ends)


def is_note(passage: str) -> bool:
    """Whether a passage speaks of the article's own correction: what it repeats of the old text is no claim."""
    return bool(_CORRECTION.match(passage) or _NOTICE.match(passage))
