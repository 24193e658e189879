"""One structured question to a model, asked again once when the answer has not the shape."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from inference.errors import BadReply, Refused, Truncated
from inference.gateway import Ask, generate

Shape = TypeVar("Shape", bound=BaseModel)
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
        """The answer in `shape`. One more attempt for a malformed answer; raises `inference.errors` otherwise."""
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
            reply = generate(question)
        except Refused:
            raise
        except BadReply as error:
            log.info("asking again for the %s of %s: %s", step, self.work_key, error)
            longer = 2 * limit if isinstance(error, Truncated) else limit
            reply = generate(replace(question, max_output_tokens=longer))
        return shape.model_validate(reply.parsed)
