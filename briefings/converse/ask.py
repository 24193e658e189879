"""What a reader does in a conversation: asks, stops, asks again, forgets. Answers nothing itself."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext

from briefings import read
from briefings.converse.models import LONGEST, Conversation, Turn
from briefings.converse.question import clean
from briefings.converse.question import read as read_question
from users.models import User

MOST_TURNS = 30  # in one conversation
TRIES = 5  # to keep a question while other windows are at the same conversation


class CannotAsk(Exception):
    """The question is not taken; the text says why, in words for the reader."""


class AskedOtherwise(CannotAsk):
    """The same client id came with another question before."""


def ask(user: User, brief_id: str, question: str, client_id: str = "") -> Turn | None:
    """A question about a brief of the reader's editions, due to be answered; None where they have no such brief.

    Raises CannotAsk. Asked the same again while the last is still being answered, that one serves; under a client id
    that was used before, that turn serves whatever became of it.
    """
    text = clean(question)
    left = TRIES
    while read.reading_for(user, brief_id) is not None:  # the account may be closed meanwhile
        _check(text)
        left -= 1
        try:
            with transaction.atomic():
                conversation, _ = Conversation.objects.get_or_create(reader=user, brief_id=brief_id)
                return _next(conversation, text, client_id)
        except IntegrityError:  # the same reader, who asks or forgets in another window
            if not left:
                raise
    return None


def _check(text: str) -> None:
    if not text:
        raise CannotAsk(gettext("Type a question first."))
    if len(text) > LONGEST:
        raise CannotAsk(
            gettext("A question may have {most} characters; this one has {length}.").format(
                most=LONGEST, length=len(text)
            )
        )


def _next(conversation: Conversation, text: str, client_id: str) -> Turn:
    turns = conversation.turns.all()
    if client_id and (known := turns.filter(client_id=client_id).first()):
        if known.question != text:
            raise AskedOtherwise("This id was given to another question.")
        return known
    last = turns.order_by("-number").first()
    if last and last.state == Turn.State.QUEUED:
        if last.question == text:
            return last
        raise CannotAsk(gettext("One question at a time: the last one is still being answered."))
    if turns.count() >= MOST_TURNS:
        raise CannotAsk(
            gettext(
                "That was question number {n}: this conversation is full. Forget it to begin anew."
            ).format(n=MOST_TURNS)
        )
    asked = read_question(text)
    return Turn.objects.create(
        conversation=conversation,
        number=(turns.aggregate(last=Max("number"))["last"] or 0) + 1,
        question=text,
        client_id=client_id,
        stands_alone=not asked.personal and not (last and asked.leans),
        due_at=Now(),
    )


def stop(user: User, brief_id: str, number: int) -> bool:
    """Answer it no further; what was released stays. False where the reader has no such question under way."""
    queued = _mine(user, brief_id, number).filter(state=Turn.State.QUEUED)
    # Another attempt number: whoever is at it releases nothing more.
    return (
        queued.update(state=Turn.State.STOPPED, due_at=None, lease_until=None, attempt=F("attempt") + 1) == 1
    )


def again(user: User, brief_id: str, number: int) -> Turn | None:
    """Answer a question anew that was stopped or failed, or that the model gave no answer to; None where not.

    It becomes another row: whoever still works at the old one finds it gone.
    """
    with transaction.atomic():
        old = _mine(user, brief_id, number).select_for_update().first()
        if old is None or not may_be_asked_again(old):
            return None
        old.delete()
        return Turn.objects.create(
            conversation=old.conversation,
            number=old.number,
            question=old.question,
            client_id=old.client_id,
            stands_alone=old.stands_alone,
            due_at=Now(),
        )


def may_be_asked_again(turn: Turn) -> bool:
    """Whether another attempt may bring more: it was stopped, it failed, or the model gave no answer."""
    unanswered = turn.state in (Turn.State.STOPPED, Turn.State.FAILED)
    return unanswered or (turn.state == Turn.State.ANSWERED and turn.without == Turn.Without.NO_ANSWER)


def forget(user: User, brief_id: str) -> bool:
    """Delete the conversation with all its questions and answers. False where there is none."""
    gone, _ = Conversation.objects.filter(reader=user, brief=brief_id).delete()
    return gone > 0


def _mine(user: User, brief_id: str, number: int) -> QuerySet[Turn]:
    return Turn.objects.filter(conversation__reader=user, conversation__brief=brief_id, number=number)
