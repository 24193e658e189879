"""What can go wrong between us and a model, in our own words: nobody else sees an error of the client library."""

from __future__ import annotations


class InferenceError(Exception):
    """No usable reply. `call` is the ledger row of the attempt, None when nothing was reserved."""

    def __init__(self, message: str, call: int | None = None) -> None:
        super().__init__(message)
        self.call = call


class Refusal(InferenceError):
    """Refused by us before a byte left: nothing was spent. Trying again at once changes nothing."""


class NotConfigured(Refusal):
    """There is neither a key nor a base URL: the extractive writer serves."""


class NoRoom(Refusal):
    """The disk is nearly full, and what a model says could not be kept."""


class Unsendable(Refusal):
    """The key, the base URL or the text cannot be put into a request."""


class OverBudget(Refusal):
    """The hold does not fit into a budget: `scope` is `service`, `purpose:<name>` or `reader:<id>`, `period` when."""

    def __init__(self, scope: str, period: str) -> None:
        super().__init__(f"the budget of {scope} for {period} is spent")
        self.scope = scope
        self.period = period


class UnknownModel(Refusal):
    """The model has no price, and an unknown price is never zero."""

    def __init__(self, model: str, provider: str) -> None:
        super().__init__(
            f"no price is known for model {model!r} at {provider}: write one into the file named by NUTGRAF_PRICES "
            "(0 is allowed for a model of your own)"
        )
        self.model = model


class BadPrices(Refusal):
    """The file named by NUTGRAF_PRICES cannot be used; the text is one line and says why."""


class TooLong(Refusal):
    """The prompt would pass the length from which providers charge more."""


class LedgerDown(Refusal):
    """The ledger cannot be reached, so there is no call; after an answer, its bill waits in the spool."""


class NotSent(InferenceError):
    """The attempt was taken away from us (its lease ran out) before it was sent."""


class RateLimited(InferenceError):
    """429, or not asked because a Retry-After has not passed yet; nothing was billed.

    `retry_after`: seconds the provider asks us to wait, None when it does not say.
    """

    def __init__(self, message: str, call: int | None, retry_after: float | None) -> None:
        super().__init__(message, call)
        self.retry_after = retry_after


class NoFlex(RateLimited):
    """429 of the flex tier, which has no room at the moment; nothing was billed."""


class Rejected(InferenceError):
    """A 4xx other than 429: the key, the model's name or the request is wrong. Nothing was billed."""

    def __init__(self, message: str, call: int | None, status: int) -> None:
        super().__init__(message, call)
        self.status = status


class Unavailable(InferenceError):
    """Not reached, a server error, a cut connection or the deadline. `billed` is False when provably nothing was."""

    def __init__(self, message: str, call: int | None, *, billed: bool) -> None:
        super().__init__(message, call)
        self.billed = billed


class BadReply(InferenceError):
    """An answer that cannot be used: HTML, invalid JSON, no choices, empty, not of the schema. It was billed."""


class Truncated(BadReply):
    """The answer was cut at the output limit. It was billed."""


class Refused(BadReply):
    """The model or the provider's filter declined to answer. It was billed."""
