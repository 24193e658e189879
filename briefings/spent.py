"""What briefs cost, as the document says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from briefings.schemas import Cost, Tokens

FREE = Cost(
    usd="0.000000",
    tokens=Tokens(),
    models=(),
    shared_usd="0.000000",
    personal_usd="0.000000",
    naive_usd="0.000000",
    usd_at_2023_prices="0.000000",
)


def on_briefs(brief_ids: Sequence[str]) -> Mapping[str, Cost]:
    """The cost of each brief by id; a brief written without a model cost nothing."""
    return dict.fromkeys(brief_ids, FREE)
