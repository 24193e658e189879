"""What models are asked to answer with: shapes of plain text and labels, nothing that could carry more."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    # Compatible servers without strict schemas add fields; what is not asked for is not looked at.
    model_config = ConfigDict(extra="ignore", frozen=True)


class Statement(Shape):
    statement: str
    passages: tuple[str, ...]


class FactsReply(Shape):
    facts: tuple[Statement, ...]


class Said(Shape):
    text: str
    passages: tuple[str, ...]


class Answered(Shape):
    question: str
    answer: tuple[Said, ...]


class Disputed(Shape):
    about: str
    first: Said
    second: Said


class BriefReply(Shape):
    headline: Said
    takeaways: tuple[Said, ...]
    lead: tuple[Said, ...]
    sections: tuple[Answered, ...]
    catch: tuple[Said, ...] = ()
    bottom_line: tuple[Said, ...] = ()
    disagreements: tuple[Disputed, ...] = ()
    follow_ups: tuple[str, ...] = ()


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


class LensesReply(Shape):
    lenses: tuple[LensReply, ...]


class BriefAndLensesReply(BriefReply):
    lenses: tuple[LensReply, ...]
