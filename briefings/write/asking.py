"""One structured question to a model, asked again once when the answer has not the shape or it was too busy.

What nobody waits for is put off when the model asks for more time than a worker should spend waiting.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import BaseModel

from inference.errors import BadReply, InferenceError, RateLimited, Refused, Truncated
from inference.gateway import Ask, Reply, generate

Shape = TypeVar("Shape", bound=BaseModel)
BRIEFLY, PATIENTLY = (
    8.0,
    40.0,
)  # seconds that a busy model is waited for, by those whom somebody waits for and others
SOON = 2.0  # seconds, where it does not say how long
# Seconds after which a desk begins no request, so that the last one, at both tiers, ends within its task's time.
OPEN = 300.0
log = logging.getLogger("briefings.write")


class NotGoodEnough(Exception):
    """The model answered, but what may be published of it makes no brief or lens."""


class OutOfTime(InferenceError):
    """Not asked: the answer might come after the task's end."""


class Later(RateLimited):
    """The model asks for a pause of `wait` seconds, and nobody waits: the work is to be done after it."""

    def __init__(self, error: RateLimited, wait: float) -> None:
        super().__init__(str(error), error.call, wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are asked, and on whose account, as in `inference.gateway.Ask`; nothing is begun past `until`."""

    work_key: str
    brief: str | None = None
    patient: bool = False
    model: str = ""
    reader: int | None = None
    until: float = field(default_factory=lambda: time.monotonic() + OPEN)

    def ask(self, shape: type[Shape], purpose: str, step: str, system: str, prompt: str, limit: int) -> Shape:
        """The answer in `shape`. One more attempt for a malformed answer, and for a model that is busy for a moment.

        Raises `inference.errors`: OutOfTime once the desk is closed, and where it is patient Later.
        """
        question = Ask(
            purpose=purpose,
            work_key=self.work_key,
            step=step,
            system=system,
            prompt=prompt,
            schema=shape,
            max_output_tokens=limit,
            brief=self.brief,
            reader=self.reader,
            patient=self.patient,
            model=self.model,
        )
        try:
            reply = self._when_it_has_time(question)
        except Refused:
            raise
        except BadReply as error:
            log.info("asking again for the %s of %s: %s", step, self.work_key, error)
            longer = 2 * limit if isinstance(error, Truncated) else limit
            reply = self._when_it_has_time(replace(question, max_output_tokens=longer))
        return shape.model_validate(reply.parsed)

    def _when_it_has_time(self, question: Ask) -> Reply:
        try:
            try:
                return self._begun(question)
            except RateLimited as error:
                self._wait(error)
            return self._begun(question)
        except RateLimited as error:
            if self.patient and error.retry_after is not None:
                raise Later(error, error.retry_after) from error
            raise

    def _begun(self, question: Ask) -> Reply:
        if time.monotonic() > self.until:
            raise OutOfTime(f"no time is left to ask for the {question.step} of {self.work_key}")
        return generate(question)

    def _wait(self, error: RateLimited) -> None:
        """Wait as long as the busy model asks. Raises the error again where that is too long."""
        wait = SOON if error.retry_after is None else error.retry_after
        jitter = random.uniform(0.05, 0.5 + wait / 4)  # noqa: S311  not all workers at once
        most = PATIENTLY if self.patient else BRIEFLY
        if wait > most or time.monotonic() + wait + jitter > self.until:
            raise error
        log.info("%s waits %.1f s: %s", self.work_key, wait, error)
        time.sleep(wait + jitter)
