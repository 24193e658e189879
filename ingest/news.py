"""Whether a report brings news to a story that others tell already. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ingest import terms
from ingest.terms import Gist

# An echo shares nearly all names, figures and rare words; a report that adds something has some that nobody had.
_FRESH = 5
_SHARE = 0.25


def tells_more(one: Gist, others: Iterable[Gist]) -> bool:
    """Whether its title and lead say what none of the others' do: enough telling words, and enough of all it says."""
    said = _telling(one)
    fresh = said.difference(*map(_telling, others))
    return len(fresh) >= _FRESH and len(fresh) >= _SHARE * len(said)


def _telling(gist: Gist) -> set[str]:
    return {gram for gram in gist.whole if " " not in gram and terms.weight(gram) >= 1}
