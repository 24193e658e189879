"""Reads a plain sentence as subject, verb and rest; gives up rather than guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefings.write.lexicon import (
    COMMON_PLURALS,
    EVENT_NOUNS,
    GIVEN,
    IRREGULAR_PLURALS,
    NO_SUBJECT,
    PLURALS,
    SENTENCE_VERBS,
)
from briefings.write.names import TITLES, Names
from briefings.write.verbs import PARTICIPLES, doing, forms

MODALS = "will|would|can|could|may|might|must|should|cannot"
MODAL = frozenset(MODALS.split("|"))
# What may follow a modal without being the verb of its clause.
NO_VERB = frozenset("be have not also never only now still soon then even both just".split())  # noqa: SIM905 - words
BE = "is|are|was|were"
HAVE = "has|have|had"
DO = "does|do|did"
FORM: dict[str, tuple[str, str]] = {}  # an inflected form -> its base and "base", "third", "past" or "doing"
for _verb in sorted(SENTENCE_VERBS):
    _third, _past = forms(_verb)
    FORM.setdefault(doing(_verb), (_verb, "doing"))
    for _form, _kind in ((_past, "past"), (_third, "third"), (_verb, "base")):
        FORM[_form] = (_verb, _kind)
for _verb, _form in PARTICIPLES.items():
    FORM.setdefault(_form, (_verb, "participle"))
# Words are found first and looked up then: an alternation of a thousand verb forms would be slow.
GROUP = re.compile(
    r" (?:(?:on|in|last|this) (?:[A-Z][a-z]+|week|month|year) )?"
    rf"(?:(?P<aux>{MODALS}|{BE}|{HAVE}|{DO})(?P<not> not|n[’']t)?(?P<been> (?:each )?been)? )?"
    r"(?:(?:also|even|now|today|yesterday|already|only|each|both|still|then|therefore|not yet|yet|just|later|first|"
    r"again|never|soon|further|instead|(?:on|last) [A-Z][a-z]+day|"
    r"[a-z]+ly) )?"
    r"(?P<verb>[a-z]+)(?= |\.|$)"
)
ATTRIBUTED = re.compile(
    r"(?:,? according to [^,]{3,70}|, (?:[\w’'.&-]+ ){1,5}(?:said|says|say|reported|wrote|warns|warned|"
    r"added|found))"
    r"(?: (?:on|in) [^,.]{3,30})?\.$"
)
# What may come before the subject: a time, a place, a source.
SETTING = re.compile(
    r"(?:According to|In|On|At|After|Before|Earlier|During|For|Under|By|Since|Last|As of|With|Until|"
    r"Late|Early|Besides)"
    r" [^,“”\"]{2,70}, (?=[A-Z\d]|the )|(?:Earlier|Separately|Today|Yesterday|Afterwards),? (?=[A-Z])"
)
SAYS = re.compile(
    r"(?:The )?(?:[A-Z][\w’'.&-]*(?: (?:[A-Z][\w’'.&-]*|of|and|for|general|spokes\w+|officials)){0,7})"
    r"(?:, [^,“”]{3,60},)? "
    r"(?:also |has |had |have )?(?:says|said|argues|argued|believes|reports|reported|estimates|told (?:the )?[A-Z]\w+)"
    r"(?: (?:on )?[A-Z]\w+(?: \d+)?)?(?: that)? (?=[A-Z]|the |g|i|[a-z]{3,}s [a-z])"
)
OPENS_NO_SUBJECT = frozenset(
    ["for", "with", "from", "of", "into", "over", "about", "against", "even", "not", "so"]
)
LOOSE = frozenset(
    [
        "following",
        "same",
        "new",
        "latest",
        "most",
        "first",
        "second",
        "other",
        "only",
        "two",
        "three",
        "next",
        "last",
    ]
)
MASS = frozenset(
    [
        "revenue",
        "demand",
        "spending",
        "growth",
        "traffic",
        "access",
        "enforcement",
        "inflation",
        "training",
        "software",
        "research",
    ]
)
WHEN_WITHIN = re.compile(r"\b(?:last|next|earlier|today|yesterday|\w+day|week|month|year|again|ago)\b")
LOOSE_END = frozenset(["even", "also", "now", "still", "just", "then", "already", "soon", "later", "ever"])
MOST_WORDS = 9
LETTERS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Clause:
    """`subject` as a question says it ("the rules"); `aux` empty, a modal or a form of be, have, do; `verb` its base.

    `form`: "base", "third", "past" or "doing". `rest`: what follows the verb, the last full stop and
    attribution left out.
    """

    subject: str
    plural: bool
    aux: str
    negated: bool
    verb: str
    form: str
    rest: str

    @property
    def helper(self) -> str:
        """The auxiliary of a question about the subject: "did", "does", "do" or the sentence's own modal."""
        if self.aux and self.aux not in (*HAVE.split("|"), *BE.split("|")):
            return "can" if self.aux == "cannot" else self.aux
        if self.form == "past":
            return "did"
        return "do" if self.plural else "does"


def clause_of(text: str, names: Names) -> Clause | None:
    """The main clause of `text`, without who says so; None when any part of it is unsure."""
    own = (
        SETTING.sub("", ATTRIBUTED.sub(".", text), count=1)
        if SETTING.match(text)
        else ATTRIBUTED.sub(".", text)
    )
    inner = SAYS.match(own)
    if inner and (told := _main(_capital(own[inner.end() :]), names)):
        return told
    return _main(own, names)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:] if re.match(r"the |[a-z]{3,}s ", text) else text


def _main(own: str, names: Names) -> Clause | None:
    own = own.rstrip(".")
    at = 0
    while found := GROUP.search(own, at):
        at = found.start() + 1
        if found["verb"] not in FORM and not (found["aux"] in MODAL and found["verb"] not in NO_VERB):
            continue
        before = own[: found.start()]
        # "The agency, based in Atlanta, did not": what stands right behind one comma hangs on the name before it.
        if before.count(",") == 1 and before.endswith(",") and not found["aux"]:
            continue
        if len(before.split()) > MOST_WORDS + 8:
            return None
        subject = subject_in(before, names) or _those_who(before, found["aux"], names)
        base, kind = FORM.get(found["verb"], (found["verb"], "base"))
        if subject and _agrees(kind, found["aux"], plural_of(subject, names)):
            negated = bool(found["not"]) or found["aux"] == "cannot" or "not yet" in found.group()
            rest = own[found.end() :].strip()
            plural = plural_of(subject, names)
            aux = ("were" if plural else "was") if found["been"] else found["aux"] or ""
            form = "past" if kind == "participle" else kind
            return Clause(subject, plural, aux, negated, base, form, rest)
        if subject is None and "," not in before and len(before.split()) > MOST_WORDS:
            return None
    return None


THOSE_WHO = re.compile(r"(?P<who>[A-Z][a-z]+) (?:that|who) [a-z][^,;:“”\"]{3,55}$")


def _those_who(before: str, aux: str | None, names: Names) -> str | None:
    """Of whom something may or must be so that is said of no others: "cities that rent the robots" before "must"."""
    found = THOSE_WHO.match(before) if aux in MODAL else None
    return before[0].lower() + before[1:] if found and _phrase(found["who"], names) else None


def _agrees(kind: str, aux: str | None, plural: bool) -> bool:
    if aux in MODAL or aux in ("does", "do", "did"):
        return kind == "base" and (aux not in ("does", "do") or plural == (aux == "do"))
    if aux:
        return kind in ("past", "participle") or (kind == "doing" and aux in ("is", "are", "was", "were"))
    if kind in ("participle", "doing"):
        return False
    return kind == "past" or plural == (kind == "base")


# "Credit-reporting company Equifax", "AI startup Anthropic": the name is meant, the rest says which.
SORT = re.compile(
    r"(?:The |An? )?(?:[\w’'-]+ ){0,4}(?:company|startup|firm|maker|giant|lab|group|agency|provider|developer|site|"
    r"platform|network|bureau|retailer|carmaker|chipmaker|outlet|nonprofit|unit|subsidiary|rival|owner|parent) $"
)


def subject_in(before: str, names: Names) -> str | None:
    """The subject that stands alone at the start of a sentence, as a question says it; None when unsure."""
    words = before.split(",")[0] if before.endswith(",") else before
    if re.search(r"[“”\"():;,]|\d+ percent", words) or not 1 <= len(words.split()) <= MOST_WORDS:
        return None
    if words.endswith((" the", " a", " of", " an")) or WHEN_WITHIN.search(words):
        return None
    if not NO_SUBJECT.isdisjoint(LETTERS.findall(words.lower())):
        return None
    if words.split()[0].lower() in OPENS_NO_SUBJECT:
        return None
    if words.endswith((" and", " or")):
        return None
    if " and " in words:
        both = [subject_in(part, names) for part in words.split(" and ")]
        return " and ".join(part for part in both if part) if all(both) and len(both) == 2 else None
    for name in names.in_text(words):
        if words == name.text or words == f"The {name.text}":
            return name.called if name.text == words or name.definite else f"the {name.text}"
        if words == name.short or re.fullmatch(rf"{TITLES}\.? {re.escape(name.short)}", words):
            return name.text if name.person else name.called
        if name.person and (words.endswith(f" {name.text}") or words.startswith(f"{name.text} of ")):
            return name.text
        if words.endswith(f" {name.text}") and SORT.match(words[: -len(name.text)]):
            return name.called
        if words.endswith(f" {name.text}") and not re.search(
            r"[’']s |\b(?:of|in|for|at|from|by|on|with)\b", words
        ):
            return None
    return _phrase(words, names)


def _phrase(words: str, names: Names) -> str | None:
    """A subject that is no name: "the rules", "Nvidia’s shares", "providers of open models"."""
    first, *others = words.split()
    if words[0].islower() or first.lower() in (
        "a",
        "an",
        "no",
        "some",
        "many",
        "most",
        "one",
        "two",
        "three",
    ):
        return None
    if first == "The":
        sure = others and others[0] not in LOOSE and not others[-1].endswith("ly")
        return f"the {' '.join(others)}" if sure else None
    proper = first in names.words or re.sub(r"[’']s$", "", first) in names.words or first in GIVEN
    if proper:
        tail = others[-1] if others else ""
        owned = re.search(r"[’']s? ", words) is not None
        noun = re.fullmatch(r"[a-z-]+", tail) and (owned or tail.endswith("s") or tail in EVENT_NOUNS)
        return words if noun and not tail.endswith("ly") and tail not in LOOSE_END else None
    said = words[0].lower() + words[1:]
    if first == "All":
        return said if is_plural(head(said)) else None
    common = names.is_common(first) or first.lower() in COMMON_PLURALS
    sure = common and first[1:].islower() and not first.endswith("ly")
    return said if sure and (is_plural(head(said)) or head(said) in MASS) else None


def head(phrase: str) -> str:
    """The last word of a noun phrase before what hangs on it: "providers" of "providers of open models"."""
    return re.split(
        r" (?:that|who|of|for|in|with|behind|on|at|from|under|against|to|outside|without) ", phrase
    )[0].split()[-1]


def is_plural(word: str) -> bool:
    return word in IRREGULAR_PLURALS or (
        word.endswith("s") and not word.endswith(("ss", "us", "is", "’s", "'s"))
    )


def plural_of(subject: str, names: Names) -> bool:
    """Whether the subject takes a plural verb; a name takes a singular one unless it names a group."""
    if " and " in subject:
        return True
    last = head(subject)
    if last[0].isupper() or any(char.isdigit() for char in last):
        return last in PLURALS
    return is_plural(last)
