"""The rule of modality: what is planned is not done, what may be is not so, and the other way round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from briefings.terms import stem
from briefings.verify.places import Word, lowered, words
from briefings.verify.spelling import listed

PLAIN, PLANNED, POSSIBLE, NEEDED, ABLE, OPEN = (
    "as so",
    "as planned",
    "as possible",
    "as needed",
    "as able",
    "",
)

_MARKS: dict[str, str] = {
    **dict.fromkeys(
        listed("will would shall won't wouldn't i'll we'll he'll she'll they'll it'll we'd they'd"), PLANNED
    ),
    **dict.fromkeys(listed("may might could couldn't"), POSSIBLE),
    **dict.fromkeys(listed("should must shouldn't ought"), NEEDED),
    **dict.fromkeys(listed("can can't cannot"), ABLE),
}
# Before a "to": what is only meant, asked for or expected is not done.
_MEANT = listed("""
    plan plans planned planning intend intends intended intending hope hopes hoped hoping want wants wanted wanting aim
    aims aimed aiming expect expects expected expecting agree agrees agreed set likely unlikely scheduled due propose
    proposes proposed vow vows vowed promise promises promised pledge pledges pledged threaten threatens threatened
    threatening prepare prepares prepared preparing going about ready poised slated bound mean means meant like consider
    seek seeks sought seeking try tries tried trying wish wishes wished offer offers offered plot proposal commit
    committed decide decides decided eager willing
    """)
_LINKS = listed("""
    be been being have has had not never also still only soon now then even ever just really actually eventually
    almost nearly probably possibly likely certainly finally already again further instead always often no longer
    get got as well is are was were
    """)
_CARRIERS = {
    **dict.fromkeys(listed("be been being is are was were"), "be"),
    **dict.fromkeys(listed("have having has had"), "have"),
}
_BEFORE_A_NOUN = listed("""
    a an the this that these those its his her their our your my any some no each every of for in on at by with from
    as and or's more most own new such between into about over under through during against
    """)
_IRREGULAR_FORMS = """
make made; take took taken; get got gotten; give gave given; do did done does; go went gone goes; build built;
buy bought;
sell sold; pay paid; begin began begun; see saw seen; bring brought; lead led; leave left; lose lost; run ran;
send sent;
spend spent; win won; become became; come came; keep kept; hold held; meet met; say said; show shown; tell told;
find found;
fall fell fallen; rise rose risen; grow grew grown; know knew known; think thought; write wrote written; speak
spoke spoken;
break broke broken; choose chose chosen; draw drew drawn; drive drove driven; eat ate eaten; fight fought; fly
flew flown;
forget forgot forgotten; hear heard; hide hid hidden; hurt; lay laid; mean meant; read; ride rode; sing sang
sung; sit sat;
stand stood; steal stole stolen; teach taught; throw threw thrown; understand understood; wear wore worn; catch caught;
deal dealt; feel felt; seek sought; shoot shot; shut; sink sank sunk; strike struck; swear swore sworn; sweep swept;
withdraw withdrew withdrawn; be is are was were been; have has had; face faces faced; cut cuts; put puts; let
lets; set sets; hit hits; cost costs; use used uses using; want wanted wants
"""
_BASE = {form: forms.split()[0] for forms in _IRREGULAR_FORMS.split(";") for form in forms.split()}
_GOVERNING = frozenset(word for word, told in _MARKS.items() if told != ABLE)
REACH = 5


def shifted(text: str, best: str, stated: str) -> Iterator[str]:
    """The verbs of `text` told as so, planned, possible or needed where the sentence it matches `best` has them
    otherwise throughout, or all that are `stated` where that one lacks the verb."""
    if not any(map(_governs, (text, best, stated))):
        return
    own, theirs = _governed(text), {**_governed(stated), **_governed(best)}
    for verb in sorted(own.keys() & theirs.keys()):
        here, there = own[verb], theirs[verb]
        if not (here | there) & {PLANNED, POSSIBLE, NEEDED}:
            continue
        if not any(agree(one, other) for one in here for other in there):
            yield f"{verb}, told {min(here)}"


@lru_cache(maxsize=1024)
def _governs(text: str) -> bool:
    """Whether anything may be told there as planned, possible or needed."""
    held = lowered(text)
    return not held.isdisjoint(_GOVERNING) or ("to" in held and not held.isdisjoint(_MEANT))


def told(among: Sequence[str]) -> str:
    """How lower-case words that hold a verb tell it."""
    for at, word in enumerate(among):
        if word in _MARKS:
            return _MARKS[word]
        if word == "to" and at and among[at - 1] not in ("have", "has", "had"):
            return PLANNED if not _MEANT.isdisjoint(among[:at]) else OPEN
    return PLAIN if among else OPEN


def agree(one: str, other: str) -> bool:
    """Whether a verb may be told in either of two ways."""
    return (
        one == other
        or OPEN in (one, other)
        or {one, other} <= {PLAIN, ABLE}
        or {one, other} <= {POSSIBLE, ABLE}
    )


@lru_cache(maxsize=1024)
def _governed(text: str) -> Mapping[str, frozenset[str]]:
    """Each verb by its stem, and in which ways it is told; what may be a noun is left out where nothing governs it."""
    among = words(text)
    found: dict[str, set[str]] = defaultdict(set)
    for at, word in enumerate(among):
        if not word.lower.isalpha() or word.lower in _LINKS or word.lower in _MARKS:
            continue
        if (mark := _mark(among, at)) is not None:
            found[verb_stem(word.lower)].add(mark)
        elif word.content and (carried := _carried(among, at)):
            verb, mark = carried
            found[f"{verb} {word.stem}"].add(mark)
    return {verb: frozenset(marks) for verb, marks in found.items()}


@lru_cache(maxsize=20_000)
def verb_stem(verb: str) -> str:
    """The stem of a lower-case verb's base form: "made" and "making" are one."""
    return stem(_BASE.get(verb, verb))


def _mark(among: tuple[Word, ...], at: int) -> str | None:
    """How the word at `at` is told; None where it is no verb for sure."""
    here = at - 1
    while here >= max(0, at - REACH) and (among[here].lower in _LINKS or among[here].lower.endswith("ly")):
        here -= 1
    if here < 0:
        return None
    before = among[here].lower
    if before in _MARKS:
        return _MARKS[before]
    if before == "to":
        near = [word.lower for word in among[max(0, here - 4) : here]]
        return PLANNED if not _MEANT.isdisjoint(near) else OPEN
    if (
        before in _BEFORE_A_NOUN
        and here == at - 1
        and not (before == "that" and among[at].lower.endswith("ed"))
    ):
        return None
    verb = among[at].content or among[at].lower in _BASE
    return PLAIN if verb and not among[at].capital else None


def _carried(among: tuple[Word, ...], at: int) -> tuple[str, str] | None:
    """The "be" or "have" that a word belongs to ("will be the first", "has the right") and how that is told."""
    verb = ""
    for here in range(at - 1, max(-1, at - 1 - REACH), -1):
        word = among[here].lower
        if word in _MARKS:
            return (verb, _MARKS[word]) if verb else None
        if word in _CARRIERS:
            verb = verb or _CARRIERS[word]
        elif word not in _LINKS and word not in _BEFORE_A_NOUN and word not in ("one", "to"):
            break
    return (verb, PLAIN) if verb else None
