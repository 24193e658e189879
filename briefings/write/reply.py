"""What models are asked to answer with: shapes of plain text and labels, nothing that could carry more."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

_LABEL = r"[A-Z]\d+(?:\.\d+)?"
_ENDING = re.compile(
    rf"\s*(?P<labels>(?:\[\s*{_LABEL}(?:\s*[,;]\s*{_LABEL})*\s*\]\s*)+)(?P<stop>[.!?]?)\s*\Z"
)


class Shape(BaseModel):
    # Compatible servers without strict schemas add fields; what is not asked for is not looked at.
    model_config = ConfigDict(extra="ignore", frozen=True)


class Labelled(Shape):
    """A sentence and the labels of what it rests on.

    Models write it as one string that ends with the labels in brackets: an object for each sentence would be a third of
    what is paid for. Where one comes as an object all the same, that is taken too.
    """

    sentence: ClassVar[str] = "text"

    passages: tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _of_one_string(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        ending = _ENDING.search(given)
        if ending is None:
            return {cls.sentence: given, "passages": ()}
        text = given[: ending.start()]
        labels = tuple(re.findall(_LABEL, ending["labels"]))
        return {
            cls.sentence: text if text.endswith(ending["stop"]) else text + ending["stop"],
            "passages": labels,
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string"}


class Statement(Labelled):
    sentence = "statement"

    statement: str


class FactsReply(Shape):
    facts: tuple[Statement, ...]


class Said(Labelled):
    text: str


class Answered(Shape):
    question: str
    answer: tuple[Said, ...]


class Disputed(Shape):
    about: str
    first: Said
    second: Said


class Next(Shape):
    """A question for later, with its answer where there is one; a bare string has none."""

    question: str
    answer: tuple[Said, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_one_string(cls, given: Any) -> Any:
        return {"question": given} if isinstance(given, str) else given


class BriefReply(Shape):
    headline: Said
    takeaways: tuple[Said, ...]
    lead: tuple[Said, ...]
    sections: tuple[Answered, ...]
    catch: tuple[Said, ...] = ()
    bottom_line: tuple[Said, ...] = ()
    disagreements: tuple[Disputed, ...] = ()
    follow_ups: tuple[Next, ...] = ()


class Rewritten(Shape):
    label: str
    text: str
    passages: tuple[str, ...]


class RepairReply(Shape):
    sentences: tuple[Rewritten, ...]


class LensReply(Shape):
    reader: str
    why_it_matters: tuple[Said, ...]
    questions: tuple[Answered, ...] = ()


class AnswerReply(Shape):
    answer: tuple[Said, ...]


class LensesReply(Shape):
    lenses: tuple[LensReply, ...]


class BriefAndLensesReply(BriefReply):
    lenses: tuple[LensReply, ...]
