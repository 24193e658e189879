"""The only door to models: reserve, mark sent, call, settle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from inference import answer, breaker, dialect, disk, ledger, prices, spool, traces, ways, wire
from inference.book import CLIFF
from inference.dialect import Dialect
from inference.errors import (
    BadPrices,
    BadReply,
    LedgerDown,
    NoFlex,
    NoRoom,
    NotConfigured,
    RateLimited,
    Rejected,
    TooLong,
    Unavailable,
)
from inference.evidence import Evidence
from inference.ledger import Attempt, Bill
from inference.models import Call, Purpose
from inference.prices import Tariff
from inference.reach import reachable
from inference.tokens import Reading, Tokens, read_usage, upper_bound
from inference.ways import Key

CHAT, EMBEDDINGS = "/chat/completions", "/embeddings"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a model.

    `work_key` names the work (such as `brief:<id>`) and `step` the part of it (such as `write`): each attempt is one
    ledger row numbered within both. `purpose` is one of `inference.models.Purpose`. Put what is long and stable into
    `system`: the provider caches the prefix. `schema` is what the answer must be, a pydantic class or a JSON schema
    of an object; None asks for plain text. `model` empty means the cheap one. `brief` and `reader` are ids, for the
    accounts; a `reader` also charges that reader's budget. `patient`: nobody waits, a cheaper tier that takes longer
    will do.
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
    patient: bool = False


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
    return bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL)


def generate(ask: Ask) -> Reply:
    """One answer, metered; never inside a transaction. A retry is another call of this, a new attempt.

    An endpoint that refuses the way it is asked (a 400, which is free) is asked in a simpler way, each an attempt of
    its own; one whose flex tier has no room or does not answer, at the standard tier. Raises `inference.errors`:
    NotConfigured, NoRoom, Unsendable, OverBudget, UnknownModel, BadPrices, TooLong, LedgerDown (nothing was sent);
    RateLimited, Rejected, Unavailable, BadReply, Truncated, Refused (`call` is the ledger row). A Retry-After is obeyed
    by all workers: until it has passed, they raise RateLimited without a call.
    """
    ask = ask if ask.model else replace(ask, model=settings.NUTGRAF_MODEL_CHEAP)
    done = _ask_simply_enough(ask, _json_schema(ask.schema))
    text = answer.text(done.body, done.call)
    try:
        parsed = answer.parsed(text, ask.schema, done.call)
    except BadReply:
        ways.shape_ignored(_chat_with(ask.model))
        raise
    if parsed is not None:
        ways.shape_kept(_chat_with(ask.model))
    return Reply(text, parsed, done.call, done.model or ask.model, done.usage, done.cost)


def _ask_simply_enough(ask: Ask, schema: dict[str, Any] | None) -> _Done:
    key = _chat_with(ask.model)
    way = ways.known(key) or dialect.first(*key[1:], settings.NUTGRAF_BACKGROUND_TIER)
    tried: list[Dialect] = []
    while True:
        tried.append(way)
        flex = way.flex and ask.patient and ways.flex_serves(key)
        try:
            done = _metered(_chat(ask, schema, way, flex), _attempt(ask))
        except Rejected as error:
            simpler = dialect.simpler(way, str(error)) if error.status in (400, 422) else None
            if simpler is None or simpler in tried:
                raise
            way = simpler
        except (NoFlex, Unavailable) as error:
            if not flex or (isinstance(error, Unavailable) and not error.billed):
                raise
            ways.flex_failed(key)
        else:
            ways.learn(key, way)
            return done


def _chat_with(model: str) -> Key:
    return CHAT, prices.base_url(), model


def _chat(ask: Ask, schema: dict[str, Any] | None, way: Dialect, flex: bool) -> _Request:
    tier = dialect.FLEX if flex else None
    body = dialect.chat(way, ask.model, ask.system, ask.prompt, schema, ask.max_output_tokens, tier)
    size = upper_bound(ask.system + ask.prompt + (json.dumps(schema) if schema else ""))
    return _Request(CHAT, body, size, ask.max_output_tokens)


def _attempt(ask: Ask) -> Attempt:
    return Attempt(ask.purpose, ask.work_key, ask.step, ask.model, brief=ask.brief or "", reader=ask.reader)


def embed(
    texts: Sequence[str],
    *,
    work_key: str,
    model: str,
    step: str = "embed",
    brief: str | None = None,
    reader: int | None = None,
) -> Embedded:
    """Vectors of the texts by that model of the endpoint, metered like `generate`, with the same errors."""
    attempt = Attempt(Purpose.EMBED, work_key, step, model, brief=brief or "", reader=reader)
    done = _embed_simply_enough(texts, attempt)
    vectors = answer.vectors(done.body, len(texts), done.call)
    return Embedded(vectors, done.call, done.model or model, done.usage, done.cost)


def _embed_simply_enough(texts: Sequence[str], attempt: Attempt) -> _Done:
    """Not every compatible server takes base64 or knows that there is a choice: that is found out on its first call."""
    key = (EMBEDDINGS, prices.base_url(), attempt.model)
    size = sum(upper_bound(text) for text in texts)
    way = ways.known(key) or Dialect()
    while True:
        try:
            done = _metered(
                _Request(EMBEDDINGS, dialect.embeddings(way, attempt.model, texts), size, 0), attempt
            )
        except Rejected as error:
            simpler = dialect.simpler_vectors(way)
            if ways.known(key) or error.status not in (400, 422) or simpler is None:
                raise
            way = simpler
        else:
            ways.learn(key, way)
            return done


def report(path: str, asked: Mapping[str, object]) -> dict[str, Any]:
    """One page of a report of the provider's admin API; costs nothing, so nothing is reserved.

    Raises NotConfigured without OPENAI_ADMIN_KEY, RateLimited and Rejected for a 4xx, Unavailable, BadReply.
    """
    if not settings.OPENAI_ADMIN_KEY:
        raise NotConfigured("no OPENAI_ADMIN_KEY: the provider shows its reports to nobody else")
    try:
        got = wire.get(path, asked, settings.OPENAI_ADMIN_KEY)
    except (wire.NotReached, wire.Lost) as error:
        raise Unavailable(f"no report from the provider: {error}", None, billed=False) from error
    body = answer.as_object(got.text)
    if 400 <= got.status < 500:
        raise _rejection(None, body or {}, got)
    if got.status >= 500:
        raise Unavailable(f"HTTP {got.status} instead of a report", None, billed=False)
    if body is None:
        raise BadReply("the report is not a JSON object")
    return body


# ---------------------------------------------------------------- reserve, call, settle


@dataclass(frozen=True, slots=True)
class _Request:
    path: str
    body: dict[str, Any]
    input_bound: int
    output_bound: int


@dataclass(frozen=True, slots=True)
class _Done:
    """An answered and accounted request: its JSON body (empty when it was none)."""

    body: dict[str, Any]
    call: int
    model: str
    usage: Tokens | None
    cost: int


def _metered(request: _Request, attempt: Attempt) -> _Done:
    if not available():
        raise NotConfigured("no OPENAI_API_KEY and no OPENAI_BASE_URL: there is no model to ask")
    if disk.full():
        raise NoRoom("the disk is nearly full")
    wire.check_sendable(request.path, request.body)
    if request.input_bound > CLIFF:
        raise TooLong(f"about {request.input_bound} tokens; prices change from {CLIFF} on")
    with reachable():
        asked = prices.tariff(attempt.model)
        breaker.check(asked.provider, attempt.model)
    hold = asked.bound(request.input_bound, request.output_bound)
    call = ledger.reserve(replace(attempt, provider=asked.provider, hold=hold))
    ledger.mark_sent(call.pk)
    operation = "chat" if request.path == CHAT else "embeddings"
    told = traces.asked(
        operation, asked.provider, attempt.model, request.output_bound, attempt.purpose, call.pk
    )
    with traces.span(f"{operation} {attempt.model}", traces.CLIENT, told) as span:
        done = _sent(call, asked, request)
        span.note(traces.answered(done.model, done.usage, done.cost, done.body))
    return done


def _sent(call: Call, asked: Tariff, request: _Request) -> _Done:
    try:
        got = wire.post(request.path, request.body, str(call.attempt))
    except wire.NotReached as error:
        ledger.release(call.pk, str(error))
        raise Unavailable(f"the model cannot be reached: {error}", call.pk, billed=False) from error
    except wire.Lost as error:
        ledger.mark_unknown(call.pk, str(error))
        raise Unavailable(f"no answer from the model: {error}", call.pk, billed=True) from error
    return _account(call, asked, got)


def _account(call: Call, asked: Tariff, got: wire.Got) -> _Done:
    """Write down what the answer cost before anybody looks at what it says."""
    body = answer.as_object(got.text) or {}
    reading = read_usage(body.get("usage"))
    evidence = answer.evidence(body, got.request_id)
    if reading is None and 400 <= got.status < 500:
        refused = _rejection(call.pk, body, got)
        pause = None if isinstance(refused, NoFlex) else breaker.pause(got.retry_after)
        words = f"HTTP {got.status}: {answer.complaint(body, got.text)}"
        ledger.release(call.pk, words, evidence, pause=pause)
        raise refused
    if reading is None:
        pause = breaker.pause(got.retry_after) if got.status >= 400 else None
        ledger.mark_unknown(call.pk, f"HTTP {got.status} without usage", evidence, pause=pause)
        cost = call.hold
    else:
        cost = _settle(call, asked, reading, evidence)
    if got.status >= 400:
        raise Unavailable(f"HTTP {got.status} from the model", call.pk, billed=True)
    if not 200 <= got.status < 300 or not body:
        raise BadReply(f"HTTP {got.status} with something other than a JSON object", call.pk)
    return _Done(body, call.pk, evidence.model_reported, reading.tokens if reading else None, cost)


def _settle(call: Call, asked: Tariff, reading: Reading, evidence: Evidence) -> int:
    """Post the cost by the prices of what answered; nano-dollars. Where those are not known, the hold stays."""
    tariff: Tariff | None
    try:
        with reachable():
            tariff, flags = prices.billed(asked, evidence.model_reported, evidence.tier)
    except LedgerDown:
        tariff, flags = asked, ["priced as asked for: the ledger was away"]
    except BadPrices as error:  # the file was changed since we asked
        tariff, flags = asked, [f"priced as asked for: {error}"]
    if reading.mismatch:
        flags.append(f"usage: {reading.mismatch}")
    evidence = replace(evidence, flags=tuple(flags))
    if tariff is None:
        ledger.mark_unknown(call.pk, "; ".join(flags), evidence)
        return call.hold
    cost = tariff.cost(reading.tokens)
    spool.post(call.pk, Bill(cost, reading.tokens, tariff.rows, evidence))
    return cost


def _rejection(call: int | None, body: dict[str, Any], got: wire.Got) -> RateLimited | Rejected:
    said = answer.complaint(body, got.text)
    if got.status == 429 and answer.code(body) == "resource_unavailable":
        return NoFlex(f"no room in the flex tier: {said}", call, got.retry_after)
    if got.status == 429:
        return RateLimited(f"rate limited: {said}", call, got.retry_after)
    return Rejected(f"HTTP {got.status}: {said}", call, got.status)


def _json_schema(schema: answer.Schema) -> dict[str, Any] | None:
    if schema is None:
        return None
    found: dict[str, Any] = dialect.strict(schema.model_json_schema() if isinstance(schema, type) else schema)
    return found
