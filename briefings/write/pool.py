"""Gathers the sentences a brief may be made of, each with its place in its article and its weight in the story."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from briefings.schemas import Citation, Material, Sentence, SourceText
from briefings.terms import terms
from briefings.write.alternatives import by_letter
from briefings.write.anaphora import leans_back, only_names_a_thing, opens_with
from briefings.write.furniture import FIRST_PERSON, NO_COMMENT, bare, speaks_as_we, tells, trimmed, unquoted
from briefings.write.names import Names, names_of
from briefings.write.phrases import phrases_of
from briefings.write.rank import Likeness, centrality
from briefings.write.sentences import split

ENOUGH_WITHOUT_WE = 3
THIN = (
    20  # usable sentences up to which the story is too small for its weights to tell what is beside the point
)
MOST_OF_SHORT = 3
# Not even below its title does such a sentence stand.
POINTS_BACK = re.compile(
    r"[“\"‘']?(?:This|That|These|Those|It|Its|He|She|They|His|Her|Their|But|However|Also|And|So|Here|"
    r"Plus|Another|With th|"
    r"The (?:company|companies|firm|startup|move|comment|latter|former)\b)"
)
GENERIC = frozenset(
    terms(
        "AI artificial intelligence model models new tool company data launch release says million billion open"
    )
)
OPENING_SENTENCES = 5
ALSO = re.compile(r"(?:\S+ ){1,6}also\b")
# A columnist's voice: it judges and plays where a brief should tell.
CHATTY = by_letter(
    r"^(?:Predictably|Unsurprisingly|Surprisingly|Remarkably|Ironically|Naturally|Frankly|Incredibly|Curiously)\b|"
    r"\bto (?:say|put it)\b.*\b(?:lightly|mildly|bluntly)\b|\bcould not have asked\b|\bneedless to say\b|"
    r"\bthe real story\b|\bpoints out\b|"
    r"\b(?:dramatic|huge deal|big deal|joke|laughable|irresistible|incredibly|stunning|outrageous|ballistic|"
    r"seamless\w*|cutting-edge|world-class|revolutionary|groundbreaking|"
    r"unlock(?:s|ing)?|empower\w*|transformative|undeniable|no easy feat|mission.critical|"
    r"jaw-dropping|game.changer|insane|ridiculous|whopping|of course|after all|simply|just happened)\b|"
    r"\b(?:it|that|there|what|who)[’']s\b|"
    r"\b(?:isn|wasn|doesn|didn|won|can|couldn|wouldn|hasn|haven|aren)[’']t\b|!$"
)
# One shown whole in a page: not the article's words.
TWEET = by_letter(r"\(@\w+\)|\bt\.co/|\bpic\.twitter\.com/")
# A box set into a page, its entries run together.
WIDGET = re.compile(r"Timeline\b|Quick [Gg]uide\b|.{0,200}\bShow Hide\b")
TURN = re.compile(r"(?:But|However|Yet|Still|Nevertheless|Nonetheless|Despite|Although|While|Though)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be used. `place` counts all sentences of its article, so neighbours differ by one.

    `leans`: it points at what stands before it; `needs`: the thing that it opens with, known to those alone who have
    read of it; `plain`: it tells, where a columnist would judge or chat.
    """

    index: int
    article: SourceText
    passage: int
    place: int
    start: int
    end: int
    text: str
    leans: bool
    turns: bool = False
    mild: bool = False
    weight: float = 0.0
    relevance: float = 0.0
    on_topic: bool = True
    plain: bool = True
    needs: str = ""

    def sentence(self) -> Sentence:
        quote = self.article.text[self.start : self.end]
        citation = Citation(
            source=self.article.source,
            article=self.article.article,
            passage=self.passage,
            start=self.start,
            end=self.end,
            quote=quote,
        )
        return Sentence(text=self.text, citations=(citation,))


@dataclass(frozen=True)
class Pool:
    """The candidates of a story in article order, with what is needed to compare them."""

    candidates: tuple[Candidate, ...]
    names: Names
    likeness: Likeness
    phrases: dict[str, str]

    def follower(self, candidate: Candidate) -> Candidate | None:
        """The candidate that directly follows in the same article, if nothing was left out between."""
        following = candidate.index + 1
        if following < len(self.candidates):
            other = self.candidates[following]
            if other.article is candidate.article and other.place == candidate.place + 1:
                return other
        return None


def bodies_of(material: Material) -> list[str]:
    """The running text of each article, its title left out."""
    return [
        "\n".join(a.text[span.start : span.end] for span in a.spans if span.number) for a in material.articles
    ]


def story_names(material: Material) -> Names:
    """The names of a story."""
    return names_of(bodies_of(material), [article.title for article in material.articles])


def pool_of(material: Material, headline: str, names: Names) -> Pool:
    """All sentences of the story fit to be used, weighted. A name is told from a word by the whole story."""
    bodies = bodies_of(material)
    phrases = phrases_of(bodies)
    topical = frozenset(re.findall(r"[a-z]+", headline.lower())) | {phrase.split()[-1] for phrase in phrases}
    found = [piece for article in material.articles for piece in _of_article(article, names, topical)]
    if all(each.leans for each in found):
        found = [piece for article in material.articles for piece in _short_of(article, names)] or found
    kept = [each for each in found if not speaks_as_we(each.text)]
    if len(kept) < ENOUGH_WITHOUT_WE:
        kept = [each for each in found if each.article.primary or each in kept]
    likeness = Likeness([*(terms(each.text) for each in kept), terms(headline)])
    relevance = _relevance(kept, likeness)
    order = {article.article: place for place, article in enumerate(material.articles)}
    central = centrality(likeness.cosine[:-1, :-1], [order[each.article.article] for each in kept])
    common = _common_terms(kept, likeness)
    weighted = []
    for index, each in enumerate(kept):
        weight = _weight(each, float(central[index]), float(relevance[index]))
        on_topic = _on_topic(likeness.sets[index], likeness.sets[-1], common, thin=len(kept) <= THIN)
        weighted.append(
            replace(each, index=index, weight=weight, relevance=float(relevance[index]), on_topic=on_topic)
        )
    return Pool(tuple(weighted), names, likeness, phrases)


def _short_of(article: SourceText, names: Names) -> list[Candidate]:
    """What an article of a sentence or two says right below its own title, where less needs to be "
    "said before it."""
    lenient = _of_article(article, names, frozenset(), addressing=True)
    return [
        replace(each, leans=POINTS_BACK.match(each.text) is not None)
        for each in lenient
        if each.place <= MOST_OF_SHORT
    ]


def _common_terms(kept: list[Candidate], likeness: Likeness) -> frozenset[str]:
    """The terms that at least two articles use; empty for a story of one article."""
    by_article: dict[int, set[str]] = defaultdict(set)
    for index, each in enumerate(kept):
        by_article[each.article.article] |= likeness.sets[index]
    articles = Counter(chain.from_iterable(by_article.values()))
    return frozenset(term for term, using in articles.items() if using > 1) - GENERIC


def _on_topic(own: frozenset[str], headline: frozenset[str], common: frozenset[str], *, thin: bool) -> bool:
    """Whether a sentence belongs to a thin story of several articles: one of them may be a digest of "
    "many events."""
    if not thin or not common:
        return True
    return bool(own & (headline - GENERIC)) or len(own & common) >= 3


def _relevance(kept: list[Candidate], likeness: Likeness) -> NDArray[np.float64]:
    """How close each candidate is to the heart of the story: the headline and how the articles begin. "
    "Highest is 1."""
    if not kept:
        return np.zeros(0)
    opening = [index for index, each in enumerate(kept) if each.place <= OPENING_SENTENCES]
    core = 2.0 * likeness.vectors[-1] + likeness.vectors[opening].sum(axis=0) / max(1, len(opening)) * 2.0
    scores = likeness.vectors[:-1] @ core
    # An opening sentence is like the core for holding itself; the cap keeps it from outweighing everything else.
    top = float(np.quantile(scores, 0.85)) or 1.0
    return np.asarray(np.minimum(1.0, scores / max(top, 1e-9)))


def _weight(each: Candidate, central: float, relevance: float) -> float:
    words = len(each.text.split())
    early = 1.0 / (1.0 + 0.12 * each.place)
    shapely = 1.0 if 12 <= words <= 34 else 0.8 if words <= 42 else 0.55
    if " also" in each.text and ALSO.match(each.text):
        shapely *= 0.75
    if not each.plain:
        shapely *= 0.7
    if NO_COMMENT.search(each.text):
        shapely *= 0.5
    return (0.4 * central + 0.4 * relevance + 0.3 * early) * shapely


def _of_article(
    article: SourceText, names: Names, topical: frozenset[str], *, addressing: bool = False
) -> list[Candidate]:
    found = []
    place = 0
    seen: set[str] = set()
    for span in article.spans:
        if span.number == 0 or TWEET.search(article.text, span.start, span.end):
            continue
        if WIDGET.match(article.text, span.start, span.end):
            continue
        personal = FIRST_PERSON.search(unquoted(article.text[span.start : span.end])) is not None
        for first, (start, end) in enumerate(split(article.text, span.start, span.end)):
            place += 1
            turns = TURN.match(article.text, start, end) is not None
            start = trimmed(article.text, start, end, opens_passage=first == 0)
            text = bare(article.text[start:end])
            if tells(text, addressing=addressing) and text not in seen:
                seen.add(text)
                leans = leans_back(text, names.words, names.people, topical)
                needs = "" if leans else opens_with(text)
                mild = leans and only_names_a_thing(text, names.words, names.people)
                plain = not personal and CHATTY.search(unquoted(text)) is None
                found.append(
                    Candidate(
                        0,
                        article,
                        span.number,
                        place,
                        start,
                        end,
                        text,
                        leans,
                        turns,
                        mild,
                        plain=plain,
                        needs=needs,
                    )
                )
    return found
