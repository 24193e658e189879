"""What a reader wants more or less of, or not at all, and what was learned of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from briefings.api.asked import limit, reader_of
from briefings.api.briefs import own
from briefings.api.ids import BriefId, Id
from briefings.api.pages import Page, Paging, page
from briefings.api.problems import FieldProblem, Problem, not_found
from briefings.feedback import learn
from briefings.feedback.models import Signal
from briefings.feedback.telling import Named
from briefings.schemas import Shape
from users.models import User

router = Router(tags=["feedback"])
LONGEST = 320  # characters of what is muted, with its kind


class Feedback(Shape):
    """`more` and `less` of such stories take each other's place; `dismiss`: this story is not relevant; `mute` keeps
    out what `about` names, one of the brief's `may_mute`.
    """

    act: Literal["more", "less", "dismiss", "mute"]
    about: str = Field("", max_length=LONGEST)


class MayMute(Shape):
    about: str
    label: str


class StanceDocument(Shape):
    """What the reader has said about a brief. `learned`: what "more" or "less" of it taught, in words; empty where it
    has nothing to go by. `kept_out_by` is what was learned that keeps its story out, by its id.
    """

    more: bool
    less: bool
    learned: tuple[str, ...]
    kept_out_by: int | None
    may_mute: tuple[MayMute, ...]


class LearnedDocument(Shape):
    """One thing learned, from one act about the brief of that `headline`. `weight` is below 0 for less of it, and 0 for
    what is kept out.
    """

    id: int
    act: Literal["more", "less", "dismiss", "mute"]
    kind: str
    label: str
    weight: float
    headline: str
    learned_at: datetime


@router.get("/briefs/{brief_id}/feedback", response=StanceDocument, operation_id="feedback")
def feedback(request: HttpRequest, brief_id: BriefId) -> StanceDocument:
    """What the reader has said about the brief, and what of it may be muted."""
    return _stance(reader_of(request), brief_id)


@router.post("/briefs/{brief_id}/feedback", response=StanceDocument, operation_id="give_feedback")
def give_feedback(request: HttpRequest, brief_id: BriefId, given: Feedback) -> StanceDocument:
    """Learn from what the reader says of the brief, from the next edition on. Said twice, it teaches nothing new."""
    limit(request, "feedback")
    reader = reader_of(request)
    if learn.learn(reader, brief_id, given.act, given.about) is None:
        own(reader, brief_id)
        wrong = FieldProblem(field="body.about", message="the brief tells of no such thing")
        raise Problem("invalid", errors=[wrong])
    return _stance(reader, brief_id)


@router.delete("/briefs/{brief_id}/feedback", response={204: None}, operation_id="take_feedback_back")
def take_feedback_back(request: HttpRequest, brief_id: BriefId) -> Status[None]:
    """Forget what was learned from the reader's "more" or "less" of the brief."""
    own(reader_of(request), brief_id)
    learn.take_back(reader_of(request), brief_id)
    return Status(204, None)


@router.get("/learned", response=Page[LearnedDocument], operation_id="list_learned")
def list_learned(request: HttpRequest, paging: Query[Paging]) -> Page[LearnedDocument]:
    """All that was learned of the reader, the latest first."""
    found = learn.signals_of(reader_of(request).pk)
    return page(found, lambda one: (one.made_at, one.pk), _told, paging)


@router.delete("/learned", response={204: None}, operation_id="forget_all_learned")
def forget_all_learned(request: HttpRequest) -> Status[None]:
    """Forget all of it: editions are chosen by the profile alone."""
    learn.forget_all(reader_of(request))
    return Status(204, None)


@router.delete("/learned/{learned_id}", response={204: None}, operation_id="forget_learned")
def forget_learned(request: HttpRequest, learned_id: Id) -> Status[None]:
    """Undo one thing that was learned."""
    if not learn.forget(reader_of(request), learned_id):
        raise not_found()
    return Status(204, None)


def _stance(reader: User, brief_id: str) -> StanceDocument:
    (one,) = learn.stances([own(reader, brief_id).document], learn.signals_of(reader.pk))
    return StanceDocument(
        more=one.more,
        less=one.less,
        learned=one.learned,
        kept_out_by=one.out.pk if one.out else None,
        may_mute=tuple(map(_may_mute, (*one.topics, *one.sources))),
    )


def _may_mute(one: Named) -> MayMute:
    return MayMute(about=one.value, label=one.label)


def _told(one: Signal) -> LearnedDocument:
    return LearnedDocument.model_validate(
        {
            "id": one.pk,
            "act": one.act,
            "kind": one.kind,
            "label": one.label,
            "weight": one.weight,
            "headline": one.headline,
            "learned_at": one.made_at,
        }
    )
