"""Chooses the story's headline among the articles' titles and cuts outlet names and labels off it."""

from __future__ import annotations

import re

from briefings.schemas import Material, SourceText, Span
from briefings.terms import terms
from briefings.write.names import Names
from briefings.write.sentences import balanced
from briefings.write.verbs import BASES, INFLECTED

DOES = re.compile(rf"(?<!^)\b(?:{INFLECTED}|is|are|has|says|say|will|to (?:{BASES}))\b", re.IGNORECASE)
LABEL = re.compile(
    r"(?:OPINION|Opinion|Scoop|SCOOP|Exclusive|EXCLUSIVE|Analysis|ANALYSIS|Watch|WATCH|Video|VIDEO|Update|UPDATED?|"
    r"Breaking|BREAKING|Report|"
    r"REPORT|(?:CNN|Fox|AP) exclusive|Live|LIVE|Leaked Memo|Review|Interview|Podcast)\s*[:—–|-]\s*"
)
SUFFIX = re.compile(
    r"\s+[|·»–—-]\s+(?P<outlet>[^|·»–—]{2,40})$|\s*\((?:\+?video|\+?photos?|audio|updated?)\)$", re.IGNORECASE
)
OPINED = re.compile(
    r"\b(?:I|my|me|we|our|you|your|here's|here’s|why|how|think again|sorry|again\?!|explained|what to know|"
    r"everything)\b",
    re.IGNORECASE,
)


def title_span(article: SourceText) -> tuple[int, int]:
    """Where the article's title stands once labels and outlet names are cut off; whole if nothing would be left."""
    span = next((span for span in article.spans if span.number == 0), Span(0, 0, len(article.title)))
    start, end = span.start, span.end
    while start < end and article.text[start].isspace():
        start += 1
    while end > start and article.text[end - 1].isspace():
        end -= 1
    if (label := LABEL.match(article.text, start, end)) and end - label.end() > 20:
        start = label.end()
    for _ in range(2):
        found = SUFFIX.search(article.text[start:end])
        if found and found.start() > 20 and _is_outlet(found.group("outlet"), article):
            end = start + found.start()
    return start, end


def _is_outlet(tail: str | None, article: SourceText) -> bool:
    if tail is None:
        return True
    words = set(terms(tail))
    if words & set(terms(article.publisher)):
        return True
    known = (
        r"TechCrunch|Reuters|WIRED|The Verge|CNN|BBC|AP News|Bloomberg|CNBC|Ars Technica|VentureBeat|The Guardian|"
        r"Axios|Forbes|ZDNet|NPR"
    )
    return bool(
        re.search(rf"^(?:{known})\b|\b(?:News|Blog|Times|Post|Journal|Magazine|Research|Online|\.com)$", tail)
    )


def best_title(material: Material, names: Names) -> SourceText:
    """The article whose title says most plainly who did what; on a tie the better source's."""
    scored = [
        (_plainness(article, material, names), -place) for place, article in enumerate(material.articles)
    ]
    return material.articles[-max(scored)[1]]


def _plainness(article: SourceText, material: Material, names: Names) -> float:
    start, end = title_span(article)
    title = article.text[start:end]
    words = title.split()
    score = 0.0
    score -= 2.0 * ("?" in title) + 1.0 * ("!" in title) + 1.5 * bool(OPINED.search(title))
    score -= 1.0 * bool(re.match(r"[“\"‘'].*[”\"’']$|.*:\s*$|\d+ ", title)) + 3.0 * (not balanced(title))
    score -= (
        1.0 * (len(words) < 4)
        + 0.5 * (len(words) < 6)
        + 1.0 * (len(title) > 120)
        + 2.0 * ("…" in title or "..." in title)
    )
    score -= 0.7 * (start > article.spans[0].start if article.spans else False)
    score += 0.8 * bool(DOES.search(title)) - 0.5 * max(0, title.count(",") - 1)
    score += 0.5 * bool(names.in_text(title)) + 0.3 * bool(re.search(r"\d", title))
    own = set(terms(title))
    others = [set(terms(each.text[:1500])) for each in material.articles if each is not article]
    if others and own:
        score += sum(len(own & other) / len(own) for other in others) / len(others)
    return score
