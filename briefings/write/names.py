"""The names of a story, people and others, found by their capitals and by how the sentences use them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from briefings.write.lexicon import FAMOUS, GIVEN, NOT_NAMES, NOT_SURNAMES, PLACES, STARTERS

TITLES = (
    r"(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Prof|Lt|Col|Sgt|Capt|President|Senator|Congressman|Congresswoman|"
    r"Representative|Judge|Justice|"
    r"Secretary|Chairman|Chairwoman|Commissioner|Director|Minister|Chancellor|Prince|Princess|King|"
    r"Queen|Pope|CEO|"
    r"CTO|COO|CFO|"
    r"General|Admiral|Mayor|Governor|Sheriff|Speaker|Leader|Rev|Detective|Lieutenant|Captain|Sergeant|Officer|"
    r"Attorney|Ambassador|Professor|Whip|Chief|Superintendent|Supt|founder|co-founder|chief executive|"
    r"spokesman|"
    r"spokeswoman|spokesperson|executive|analyst|professor|researcher|attorney|lawyer|engineer)"
)
ROLE_WORD = re.compile(
    rf"\b{TITLES}\b\.?(?!\s+of\b)|\b(?:CNN|Former|Then|Vice|Deputy|General Counsel|Executive|Operating|"
    rf"Officer)\b"
)
PIECE = r"(?:[A-Z][\w’'&-]*(?:\.[A-Z]\.?|\.\d+)*|\b[a-z]{1,2}[A-Z]\w+|\bgpt-[\w.-]+)"
SEQUENCE = re.compile(
    rf"{PIECE}(?: (?:(?:of|for|de|von|bin|al|del) (?:the )?)?{PIECE}|\.?(?<=\b[A-Z])\. {PIECE}|"
    rf" \d+(?:\.\d+)?\b(?![,.]?\d)(?! (?:million|billion|percent)))*"
)
TITLED = re.compile(rf"\b{TITLES}\. $")
INSIDE_SENTENCE = re.compile(r"(?<=[a-z,;] )[A-Za-z][\w’'-]*")
STARTS = re.compile(r"(?:^|[.!?:]\s+|[“\"‘]\s*|\n)$")
SAYING = (
    r"(?:said|says|told|wrote|writes|tweeted|added|adds|argued|argues|warned|warns|testified|noted|"
    r"notes|claimed|"
    r"claims|insisted|explained|"
    r"acknowledged|admitted|denied|declared|called|stated|replied|suggested|announced|believes|thinks|tells)"
)


@dataclass(frozen=True, slots=True)
class Name:
    """One thing the story names. `short` is what a second mention calls it: a person's surname."""

    text: str
    short: str
    person: bool
    count: int
    articles: int
    definite: bool = False
    place: bool = False

    @property
    def called(self) -> str:
        """The name inside a question: "the FTC", "Google", "Mark Zuckerberg"."""
        return f"the {self.text}" if self.definite else self.text


@dataclass(frozen=True)
class Names:
    """All names of a story, the most used first, and its spelling of common words."""

    found: tuple[Name, ...]
    words: frozenset[str]
    people: frozenset[str]
    surnames: dict[str, str]
    fuller: dict[str, str]
    offices: dict[str, str]
    lower: Counter[str] = field(repr=False)
    upper: Counter[str] = field(repr=False)

    def in_text(self, text: str) -> tuple[Name, ...]:
        """The names that `text` uses, in full or by surname, the most used in the story first."""
        return tuple(name for name in self.found if name.short in text and _used(name, text))

    def is_common(self, word: str) -> bool:
        """Whether the story's running text writes this word small."""
        return self.lower[word.lower()] > self.upper[word.lower()]


LONGER = frozenset({"White House", "Fox News", "South Korea", "North Korea"})


def _used(name: Name, text: str) -> bool:
    """Whether `text` has the name as a whole, not as a part of a longer one ("House" in "White House")."""
    at = text.find(name.short)
    while at >= 0:
        end = at + len(name.short)
        whole = (
            not (at and (text[at - 1].isalnum() or text[at - 1] == "-")) and not text[end : end + 1].isalnum()
        )
        if whole and (name.person or not _inside_longer(text[:at], text[end:], name.short)):
            return True
        at = text.find(name.short, end)
    return False


def _inside_longer(before: str, after: str, name: str) -> bool:
    words = before.split()
    previous, following = (words or [""])[-1], (after.split(None, 1) or [""])[0]
    if f"{previous} {name}" in LONGER:
        return True
    inside = previous[:1].isupper() and previous[-1:] not in ',.;:”"' and len(words) > 1
    longer = following[:1].isupper() and after.startswith(" ") and not TITLE.match(following)
    return inside or longer


def names_of(bodies: Sequence[str], titles: Sequence[str]) -> Names:
    """Collects the names in the running text of `bodies` (one per article); titles only confirm."""
    counts: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    for body in bodies:
        here = _sequences(body, set(re.findall(r"[A-Z][\w’'-]+", " ".join(titles))))
        counts.update(here)
        spread.update(set(here))
        for word, count in Counter(INSIDE_SENTENCE.findall(body)).items():
            (lower if word[0].islower() else upper)[word.lower()] += count
    return _resolve(counts, spread, lower, upper, bodies, " ".join(titles))


def _sequences(body: str, titled: set[str]) -> Counter[str]:
    middle, initial = Counter[str](), Counter[str]()
    runs = Counter((match.group(), _opens(body, match.start())) for match in SEQUENCE.finditer(body))
    for (run, opens), count in runs.items():
        for part in _parts(run):
            if text := _tidy(part):
                (initial if opens else middle)[text] += count
                opens = False
    known = set(middle)
    known |= {text for text in initial if text in titled and text.lower() not in body}
    for text, count in initial.items():
        if text in known or (" " in text and text.split()[0] in GIVEN):
            middle[text] += count
    return middle


def _opens(body: str, start: int) -> bool:
    """Whether a sentence begins here; the full stop of "Rep. Joaquin Castro" ends none."""
    before = body[max(0, start - 16) : start]
    return not before or (STARTS.search(before[-3:]) is not None and not TITLED.search(before))


def _parts(sequence: str) -> list[str]:
    """A run of capitals cut where a role or a given name begins: "FBI Director Robert Mueller" names two."""
    parts: list[str] = []
    for part in ROLE_WORD.split(sequence):
        words = part.split()
        if "of" in words[2:] and words[0] in GIVEN:  # "Mike Rogers of Michigan"
            words = words[: words.index("of")]
            part = " ".join(words)
        at = next(
            (i for i, word in enumerate(words[:-1]) if i and word in GIVEN and words[i - 1] not in GIVEN), 0
        )
        parts += [" ".join(words[:at]), " ".join(words[at:])] if at else [part]
    return parts


def _tidy(text: str) -> str:
    text = re.sub(r"[’']s$|[’']$|\.$", "", text)
    words = text.split()
    while words and (
        (words[0] in NOT_NAMES and words[1:2] != ["Arabia"])
        or (words[0].rstrip(".") in NOT_NAMES and words[1:2] != ["Arabia"])
        or words[0] in ("The", "A", "An", "In", "On", "At", "But", "And", "of", "for", "the", "de")
    ):
        words = words[1:]
    if not words or len(words) > 5 or not words[0][0].isalpha() or words[0].startswith(("I’", "I'")):
        return ""
    if len(words) == 1 and (len(words[0]) < 2 or re.sub(r"[’']s$", "", words[0]) in NOT_NAMES):
        return ""
    if re.search(
        r"-(?:powered|driven|based|led|native|enabled|ready|first|generated|backed|owned|style)$", text
    ):
        return ""
    if re.fullmatch(r"Democrats?|Republicans?|Koreans?|Americans?|\w+[Bb]ased", words[-1]) and len(words) > 1:
        return ""
    if len(words) > 1 and all(word.isupper() and len(word) > 3 for word in words):
        return ""
    if any(re.search(r"[’']s$", word) for word in words[:-1]):
        return ""
    words[0] = re.sub(rf"^{TITLES}$", "", words[0]) or (words[1] if len(words) > 1 else "")
    if len(words) > 1 and words[0] == words[1]:
        words = words[1:]
    return " ".join(words)


def _resolve(
    counts: Counter[str],
    spread: Counter[str],
    lower: Counter[str],
    upper: Counter[str],
    bodies: Sequence[str],
    titles: str,
) -> Names:
    text = "\n".join(bodies)
    people = {name for name in counts if _is_person(name, bodies, text)}
    surnames: dict[str, str] = {}
    for person in sorted(people, key=lambda each: (-counts[each], each)):
        surnames.setdefault(person.split()[-1], person)
    merged: Counter[str] = Counter()
    reach: Counter[str] = Counter()
    for name, count in counts.items():
        full = surnames.get(name, name)
        merged[full] += count
        reach[full] = max(reach[full], spread[name])
    found = [
        Name(
            text=name,
            short=name.split()[-1] if name in people else name,
            person=name in people,
            count=count + 3 * (name.split()[-1] in titles),
            articles=reach[name],
            definite=count >= 2 and name not in people and _takes_article(name, _uses(name, text)),
            place=name in PLACES
            or (count >= 2 and name not in people and _is_place(name, _uses(name, text))),
        )
        for name, count in merged.items()
    ]
    found.sort(key=lambda name: (-name.count * name.articles, name.text))
    words = frozenset(word for name in counts for word in name.split())
    fuller = _introducers(counts, bodies)
    somebody = frozenset(word for name in people for word in name.split()) | FAMOUS | fuller.keys()
    offices = {name: office for name in sorted(people) if (office := _office(name, text))}
    return Names(tuple(found), words, somebody, surnames, {**fuller, **surnames}, offices, lower, upper)


# "FTC Chairman", "Breitbart News editor in chief": what stands before a name and says whose voice it is.
OFFICE = (
    r"(?:(?!(?:The|A|An|And|But|As|In|On|At|For|While|When|After|Former) )[A-Z][\w.&’-]*(?<![.,])(?:[’']s)? ){0,5}"
    r"(?:Chairman|Chairwoman|Chair|Commissioner|Director|President|CEO|CTO|CFO|COO|Secretary|Senator|Sen\.|Rep\.|"
    r"Supt\.|Minister|General|Judge|Justice|Professor|Attorney|Mayor|Governor|Gov\.|Analyst|"
    r"chief executive|chief scientist|chief technology officer|[Ss]pokes(?:man|woman|person)|editor in chief|"
    r"founder|co-founder|analyst|professor|researcher|economist|attorney|lawyer|engineer|head)"
)


OFFICE_BEFORE = re.compile(rf"(?<!\S)(?P<office>{OFFICE})$")
LONGEST_OFFICE = 90  # characters


def _office(name: str, text: str) -> str:
    """The office that the story gives a person right before the full name; empty when it gives none."""
    at = text.find(f" {name}")
    while at >= 0:
        found = OFFICE_BEFORE.search(text[max(0, at - LONGEST_OFFICE) : at])
        if found and len(found["office"].split()) <= 6:
            return found["office"]
        at = text.find(f" {name}", at + 1)
    return ""


def _introducers(counts: Counter[str], bodies: Sequence[str]) -> dict[str, str]:
    """By last word, the longer name that articles use first and shorten later: "Tsarnaev" for "
    ""Tamerlan Tsarnaev"."""
    found = {}
    for name in sorted(counts):
        last = name.split()[-1]
        short = 2 <= len(name.split()) <= 3 and counts[last] >= 2 and last not in NOT_SURNAMES
        if short and not last.endswith("s") and last[0].isupper() and _comes_first(name, last, bodies):
            found[last] = name
    return found


INSIDE = frozenset("in near from around outside across".split())  # noqa: SIM905 - reads as words
FREE = re.compile(
    r"[,.;”\"]| (?:said|says|is|was|has|had|will|would|could|and|or|to|in|on|for|that|which|also|did|does|"
    r"announced|told|the|its)\b"
)
ALWAYS_DEFINITE = frozenset(["FBI", "FTC", "FCC", "NSA", "CIA", "EU", "SEC", "DOJ", "FDA", "UN"])
BODY = re.compile(
    r"(?:Federal|National|House|Senate|Supreme|European|Justice|State|Securities) .*(?:Bureau|Agency|"
    r"Commission|Committee|"
    r"Court|Department|Council|Union)\b|(?:\w+ )?(?:Bureau|Department|Office|Ministry) of "
)
AGED = re.compile(r",? (?:\d\d,|who\b)")
SPEAKS_NEXT = re.compile(rf" {SAYING}\b")
SPOKE_BEFORE = re.compile(rf", {SAYING} $")
# `," said Vivian Schiller, executive director`
SAID_NEXT = re.compile(rf"[,”\"’'] {SAYING} $")
OFFICE_AFTER = re.compile(
    r", (?:an?|the)? ?(?:[\w-]+ ){0,3}(?:director|professor|analyst|officer|researcher|president|spokes\w+|editor|head|"
    r"chief|founder|co-founder|chair\w*|lawyer|attorney|partner|fellow|economist|scientist|engineer|manager|"
    r"activist|author|expert|adviser|advisor|lecturer|strategist|minister)\b"
)
TITLE = re.compile(rf"{TITLES}\.?")


def _uses(name: str, text: str) -> list[tuple[str, str]]:
    """What stands right before and after each whole use of the name: the 24 characters before it, 48 after it."""
    found = []
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (at and (text[at - 1].isalnum() or text[at - 1] == "-")) and not text[end : end + 1].isalnum():
            found.append((text[max(0, at - 24) : at], text[end : end + 48]))
        at = text.find(name, end)
    return found


def _last_word(before: str) -> str:
    return before.split()[-1] if before.endswith(" ") and before.strip() else ""


def _is_place(name: str, uses: list[tuple[str, str]]) -> bool:
    """Whether the story mostly says that things happen in it, not that it does things."""
    inside = sum(_last_word(before) in INSIDE for before, _ in uses)
    return " " not in name and inside >= 0.35 * len(uses)


def _takes_article(name: str, uses: list[tuple[str, str]]) -> bool:
    """Whether running text says "the FTC" and not "FTC", where nothing follows that it could belong to."""
    free = [_last_word(before).lower() == "the" for before, after in uses if FREE.match(after)]
    return 2 * sum(free) > len(free) or name in ALWAYS_DEFINITE or BODY.match(name) is not None


def _is_person(name: str, bodies: Sequence[str], text: str) -> bool:
    words = name.split()
    if not 2 <= len(words) <= 4 or any(char.isdigit() for char in name) or " of " in name or " for " in name:
        return False
    if words[-1] in NOT_SURNAMES or words[0] in STARTERS or words[-1].isupper():
        return False
    if words[0] in GIVEN and words[-1] in FAMOUS:
        return True  # who is called by surname alone from the first line on
    if not _comes_first(name, words[-1], bodies):
        return False
    if words[0] in GIVEN:
        return True
    if len(words) > 3 or words[0] in NOT_SURNAMES:
        return False
    whole = _uses(name, text)
    if any(TITLE.fullmatch(_last_word(before)) or AGED.match(after) for before, after in whole):
        return True
    if any(SAID_NEXT.search(before) and OFFICE_AFTER.match(after) for before, after in whole):
        return True
    return any(
        (SPEAKS_NEXT.match(after) and before.rstrip()[-1:] in (".", "”", '"', ""))
        or SPOKE_BEFORE.search(before)
        for before, after in _uses(words[-1], text)
    )


def _comes_first(name: str, last: str, bodies: Sequence[str]) -> bool:
    """Whether articles write the whole name before they shorten it: so people are introduced, not companies."""
    using = [body for body in bodies if last in body]
    first = [body for body in using if 0 <= body.find(name) <= body.find(last)]
    return 2 * len(first) >= len(using)
