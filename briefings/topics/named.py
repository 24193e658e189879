"""Which topics a story tells of: companies, models, people, and what it concerns. Pure.

Names are those that the extractive writer finds in the story's own texts, concerns those that choosing goes by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from briefings import near
from briefings.topics import spelling
from briefings.topics.words import FAMILIES, GENERIC, KNOWN, SIZES
from briefings.write.concerns import CONCERNS
from briefings.write.names import Name, Names, names_of
from ingest import terms
from ingest.background import ORDINARY
from ingest.headline import told
from ingest.material import Material

MOST = 8  # names of one story
MOST_CONCERNS = 2
ARTICLES, READ = 12, 6_000  # articles, and characters of each: what a story is about is named early
OFTEN = 3  # times in the running text, for a name that no headline has
WORDS = 4  # in a name; longer ones are titles of papers and parts of headlines
# The first of them say most; what nearly every story shows is no topic.
NARROW = frozenset(one.said for one in CONCERNS[:29])
OPENING = 800
_MODEL = re.compile(
    rf"(?<![\w-])(?:{FAMILIES})[ -]?\d+(?:\.\d+)*(?![\w.-]*\d)(?:[ -]{SIZES}(?!\w))?", re.IGNORECASE
)
_YEAR = re.compile(r" (?:19|20)\d\d$")
_KNOWN = re.compile(
    rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, KNOWN), key=len, reverse=True))})(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A topic of a story, spelled as the story spells it. `kind`: person, model, name or concern."""

    key: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Texts:
    """`running` is what says of a name that it is one: text in which not every word has a capital."""

    headlines: str
    bodies: tuple[str, ...]
    running: str


def topics_of(material: Material) -> list[Named]:
    """The story's topics, what it is most about first: those of a headline, then those told of most."""
    articles = material.articles[:ARTICLES]
    texts = _texts([(told(one.title), one.text.removeprefix(one.title)) for one in articles])
    names = names_of(texts.bodies, texts.headlines.splitlines())
    publishers = {spelling.key(one.publisher) for one in articles if not one.primary}
    found: dict[str, Named] = {}
    for named in _named(names, texts):
        if named.key not in publishers:
            found.setdefault(named.key, named)
    return [*list(found.values())[:MOST], *_concerns(material)]


def _texts(articles: Sequence[tuple[str, str]]) -> _Texts:
    pairs = [(terms.plain(title), terms.plain(text[:READ])) for title, text in articles]
    running = [text for pair in pairs for text in pair[_in_title_case(pair[0]) :]]
    return _Texts(
        "\n".join(title for title, _ in pairs),
        tuple(f"{title}\n{text}" for title, text in pairs),
        "\n".join(running),
    )


def _in_title_case(headline: str) -> bool:
    """Whether most longer words of the headline have a capital, so that a capital says nothing."""
    longer = [word for word in headline.split()[1:] if len(word) > 3 and word[0].isalpha()]
    return 2 * sum(word[0].isupper() for word in longer) > len(longer)


def _named(names: Names, texts: _Texts) -> Iterator[Named]:
    for kind, pattern in (("name", _KNOWN), ("model", _MODEL)):
        yield from (Named(spelling.key(name), name, kind) for name in pattern.findall(texts.headlines))
    first = [name for name in names.found if _in(name.short, texts.headlines)]
    for name in first + [name for name in names.found if name not in first and name.count >= OFTEN]:
        if not _is_topic(name, names, texts.running):
            continue
        kind = "person" if name.person else "model" if _numbered(name.text) else "name"
        for spelled in (name.text, *(_sizes(name.text, texts) if kind == "model" else ())):
            if key := spelling.key(spelled):
                yield Named(key, spelling.plain(spelled), kind)


def _sizes(model: str, texts: _Texts) -> list[str]:
    """The model's sizes that the story speaks of: "GPT-5 mini" for GPT-5."""
    sized = re.compile(rf"(?<![\w-]){re.escape(model)}[ -]{SIZES}(?!\w)", re.IGNORECASE)
    return sorted({match for text in texts.bodies for match in sized.findall(text)})


def _is_topic(name: Name, names: Names, running: str) -> bool:
    words = re.findall(r"[^\W\d_]+", name.text)
    if name.place or spelling.key(name.text) in GENERIC or not words or len(name.text.split()) > WORDS:
        return False
    if len(name.text) > spelling.LONGEST:
        return False
    if re.match(r"Head of|[A-Z][a-z]+(?:ed|ing)\b(?! AI)", name.text) or name.text in names.offices.values():
        return False
    if _YEAR.sub("", name.text) in KNOWN:
        return not _YEAR.search(name.text)  # "Google 2025" is Google
    if name.person:
        return True
    if all(names.is_common(word) for word in words) or not any(map(_telling, words)):
        return False
    if _numbered(name.text) or (" " not in name.text and _shaped(name.text)):
        return True
    # The first word of a sentence has its capital for that; the second of two has its own.
    return _in(name.text, running, r"(?<!\w)" if " " in name.text else r"(?<=[a-z,;] )")


def _telling(word: str) -> bool:
    """Whether the word is no ordinary one that only stands with a capital here."""
    stemmed = terms.stem(word.lower())
    return _shaped(word) or (stemmed not in ORDINARY and terms.weight(stemmed) > 0)


def _numbered(name: str) -> bool:
    """Whether it has a number that is no year."""
    return any(map(str.isdigit, _YEAR.sub("", name)))


def _shaped(name: str) -> bool:
    """Whether its very form says that it is a name: OpenAI, GPT-5, xAI."""
    return any(any(map(str.isupper, word[1:])) or any(map(str.isdigit, word)) for word in name.split())


def _in(name: str, text: str, before: str = r"(?<!\w)") -> bool:
    return re.search(rf"{before}{re.escape(name)}(?!\w)", text) is not None


def _concerns(material: Material) -> list[Named]:
    best = material.articles[0]
    seen = near.shown(best.title, best.text.removeprefix(best.title)[:OPENING])
    plainly = [said for said, how in seen.items() if how == near.TITLE and said in NARROW]
    return [Named(spelling.key(said), said, "concern") for said in plainly[:MOST_CONCERNS]]
