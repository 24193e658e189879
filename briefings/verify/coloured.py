"""The rule of colour: no word is put in that tells how, or of what kind, where the source tells none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from briefings.verify.altered import MEASURES, judged_elsewhere
from briefings.verify.charged import QUOTED
from briefings.verify.outlets import FRAME
from briefings.verify.places import lowered, words
from briefings.verify.spelling import listed

# Words in "ly" that tell of time, of how sure or how much, or of nothing; all others tell how something was done.
_NO_MANNER = listed("""
    accordingly actually additionally allegedly ally annually anomaly apparently apply approximately assembly
    basically belly bully butterfly collectively commonly completely comply consequently currently daily directly
    early elderly entirely especially eventually exactly exclusively family finally firstly formerly frequently
    friendly fully generally historically hourly imply individually initially internally internationally jointly
    largely lastly lately likely locally mainly merely monopoly monthly mostly multiply mutually namely nationally
    nearly newly normally notably occasionally only originally overly partially particularly partly possibly
    potentially precisely presently presumably previously primarily probably purportedly quarterly rally reasonably
    recently rely reply reportedly respectively roughly secondly seemingly separately shortly similarly simply
    simultaneously slightly solely specially specifically subsequently supply supposedly tally totally typically
    ultimately unlikely usually virtually weekly wholly yearly
    """)


def put_in(text: str, around: str) -> Iterator[str]:
    """The words of `text` that stand nowhere in `around`, and tell how something is done or part two of its words."""
    own, outside = words(FRAME.sub("", text)), lowered(QUOTED.sub(" ", text))
    theirs = words(around)
    held = {word.stem for word in theirs}
    pairs = {(one.lower, other.lower) for one, other in pairwise(theirs)}
    for at, word in enumerate(own):
        if not word.content or word.capital or word.stem in held or word.lower not in outside:
            continue
        if word.lower in MEASURES or judged_elsewhere(word.lower):
            continue
        manner = word.lower.endswith("ly") and word.lower not in _NO_MANNER
        between = 0 < at < len(own) - 1 and (own[at - 1].lower, own[at + 1].lower) in pairs
        if manner or (between and (own[at - 1].content or own[at + 1].content)):
            yield word.text
