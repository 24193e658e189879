"""The only door to models: reserve, mark sent, call, settle. The sole importer of openai."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from inference.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a model.

    `work_key` names the work (such as `brief:<id>`) and `step` the part of it (such as `write`): each attempt is one
    ledger row numbered within both. `purpose` is one of `inference.models.Purpose`. Put what is long and stable into
    `system`: the provider caches the prefix. `schema` is what the answer must be, a pydantic class or a JSON schema
    of an object; None asks for plain text. `model` empty means the cheap one. `brief` and `reader` are ids, for the
    accounts; a `reader` also charges that reader's budget.
    """

    purpose: str
    work_key: str
    step: str
    system: str
    prompt: str
    schema: type[BaseModel] | Mapping[str, Any] | None = None
    model: str = ""
    max_output_tokens: int = 4000
    brief: str | None = None
    reader: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer. `parsed` is the JSON object when a schema was asked for (and fits it), else None.

    `usage` is None when the provider did not say; `cost_nano` (nano-dollars) is then the hold that stays reserved.
    """

    text: str
    parsed: dict[str, Any] | None
    call: int
    model: str
    usage: Tokens | None
    cost_nano: int


@dataclass(frozen=True, slots=True)
class Embedded:
    """One vector for each text, in order."""

    vectors: tuple[tuple[float, ...], ...]
    call: int
    model: str
    usage: Tokens | None
    cost_nano: int


def available() -> bool:
    """Is a model configured at all (a key or a base URL)? Says nothing about budgets or whether it answers."""
    raise NotImplementedError


def generate(ask: Ask) -> Reply:
    """One attempt, metered; never inside a transaction. A retry is another call of this, a new attempt.

    Raises `inference.errors`: NotConfigured, OverBudget, UnknownModel, TooLong, LedgerDown (nothing was sent);
    RateLimited, Rejected, Unavailable, BadReply, Truncated, Refused (see `call` for the ledger row).
    """
    raise NotImplementedError


def embed(
    texts: Sequence[str],
    *,
    work_key: str,
    step: str = "embed",
    model: str = "",
    brief: str | None = None,
    reader: int | None = None,
) -> Embedded:
    """Vectors of the texts by the configured embedder, metered like `generate`, with the same errors."""
    raise NotImplementedError
