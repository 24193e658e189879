"""One structured question to a model, asked again once when the answer has not the shape or it was too busy."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from inference.errors import BadReply, RateLimited, Refused, Truncated
from inference.gateway import Ask, Reply, generate

Shape = TypeVar("Shape", bound=BaseModel)
BRIEFLY, PATIENTLY = (
    8.0,
    40.0,
)  # seconds that a busy model is waited for, by those whom somebody waits for and others
SOON = 2.0  # seconds, where it does not say how long
log = logging.getLogger("briefings.write")


class NotGoodEnough(Exception):
    """The model answered, but what may be published of it makes no brief or lens."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are asked, and on whose account: all of it as in `inference.gateway.Ask`."""

    work_key: str
    brief: str | None = None
    patient: bool = False
    model: str = ""
    reader: int | None = None

    def ask(self, shape: type[Shape], purpose: str, step: str, system: str, prompt: str, limit: int) -> Shape:
        """The answer in `shape`. One more attempt for a malformed answer, and for a model that is busy for a moment.

        Raises `inference.errors`.
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
            reply = _when_it_has_time(question)
        except Refused:
            raise
        except BadReply as error:
            log.info("asking again for the %s of %s: %s", step, self.work_key, error)
            longer = 2 * limit if isinstance(error, Truncated) else limit
            reply = _when_it_has_time(replace(question, max_output_tokens=longer))
        return shape.model_validate(reply.parsed)


def _when_it_has_time(question: Ask) -> Reply:
    try:
        return generate(question)
    except RateLimited as error:
        wait = SOON if error.retry_after is None else error.retry_after
        if wait > (PATIENTLY if question.patient else BRIEFLY):
            raise
        log.info("%s waits %.1f s: %s", question.work_key, wait, error)
        time.sleep(wait + random.uniform(0.05, 0.5 + wait / 4))  # noqa: S311  not all workers at once
        return generate(question)
