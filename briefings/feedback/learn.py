"""Keeps what a reader asks for more or less of, or not at all, as signals; and takes it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from briefings import read
from briefings.feedback import telling
from briefings.feedback.models import Signal
from briefings.feedback.taste import Learned, Taste, taste_of
from briefings.feedback.telling import SORTS, WEIGHTS, Named
from briefings.models import Letter
from briefings.schemas import BriefDocument
from ingest.models import Source
from users.kept import digest
from users.models import User
from users.prepared import Prepared, given

ACTS = frozenset(Signal.Act.values)
_FIELDS = ("pk", "act", "kind", "key", "label", "weight")


@dataclass(frozen=True, slots=True)
class Stance:
    """What a reader has said about one brief. `out` is the signal that keeps its story out, whatever it was learned of.

    `learned` is what "more" or "less" of it taught, by the names that readers know; `topics` and `sources` are what may
    be muted of it.
    """

    more: bool
    less: bool
    learned: tuple[str, ...]
    out: Learned | None
    topics: tuple[Named, ...]
    sources: tuple[Named, ...]


def signals_of(reader: int | None) -> list[Signal]:
    """All that was learned of a reader, the latest first; one query."""
    return _SIGNALS(reader=reader) if reader is not None else []


_SIGNALS = Prepared(lambda: Signal.objects.filter(reader=given("reader")))


def same(signals: Sequence[Signal]) -> Hashable:
    """Equal for signals by which stances are equal."""
    return digest([(one.brief_id, *(getattr(one, name) for name in _FIELDS)) for one in signals])


def taste(signals: Sequence[Signal]) -> Taste:
    """What selection makes of it."""
    return taste_of([Learned(*(getattr(one, name) for name in _FIELDS)) for one in signals])


def stances(documents: Sequence[BriefDocument], signals: Sequence[Signal]) -> list[Stance]:
    """What the reader of the signals has said about each of the briefs."""
    known = taste(signals)
    said = {(one.brief_id, one.act) for one in signals}
    taught = defaultdict(list)
    for one in signals:
        if one.act in (Signal.Act.MORE, Signal.Act.LESS):
            taught[one.brief_id].append(one)
    return [
        Stance(
            more=(document.id, Signal.Act.MORE) in said,
            less=(document.id, Signal.Act.LESS) in said,
            learned=tuple(
                telling.called(one.kind, one.label) for one in sorted(taught[document.id], key=_clearest)
            ),
            out=known.keeps_out(telling.of_document(document)),
            topics=telling.about(document),
            sources=telling.tellers(document),
        )
        for document in documents
    ]


def _clearest(one: Signal) -> tuple[float, int]:
    return -abs(one.weight), one.pk


def learn(user: User, brief_id: str, act: str, about: str = "") -> tuple[str, ...] | None:
    """Learn from what the reader says about a brief of theirs; saying it twice teaches nothing new.

    "more" and "less" take each other's place. `about` names what is muted ("topic:chips and hardware"), one of what
    the brief tells of. Comes to what it teaches, by the names that readers know: nothing where there is nothing in the
    brief to go by. None where the reader has no such brief, or it tells of no such thing.
    """
    reading = read.reading_for(user, brief_id)
    if reading is None or act not in ACTS:
        return None
    named = list(_named(reading.document, act, about))
    if not named:
        return () if act in (Signal.Act.MORE, Signal.Act.LESS) else None
    sign = {Signal.Act.MORE: 1.0, Signal.Act.LESS: -1.0}.get(Signal.Act(act), 0.0)
    rows = [
        Signal(
            reader=user,
            act=act,
            kind=one.kind,
            key=one.key,
            label=one.label,
            weight=sign * WEIGHTS.get(one.kind, 0.0),
            brief_id=brief_id,
            headline=reading.document.headline.text,
        )
        for one in named
    ]
    with transaction.atomic():
        if sign:
            _of_brief(user, brief_id, Signal.Act.MORE, Signal.Act.LESS).delete()
        Signal.objects.bulk_create(rows, ignore_conflicts=True)
        _make_mail_anew(user)
    return tuple(one.label for one in named)


def _named(document: BriefDocument, act: str, about: str) -> Iterator[Named]:
    if act == Signal.Act.DISMISS:
        yield Named("story", document.story.id, document.headline.text)
    elif act == Signal.Act.MUTE:
        offered = (*telling.about(document), *telling.tellers(document))
        yield from (one for one in offered if one.value == about)
    else:
        yield from telling.about(document)
        sources = [one.id for one in document.sources[:1]]
        kinds = Source.objects.filter(pk__in=sources).values_list("kind", flat=True)
        yield from (Named("sort", kind, SORTS[kind]) for kind in kinds if kind in SORTS)


def _of_brief(user: User, brief_id: str, *acts: str) -> QuerySet[Signal]:
    return Signal.objects.filter(reader=user, brief=brief_id, act__in=acts)


def take_back(user: User, brief_id: str) -> bool:
    """Forget what was learned from the reader's "more" or "less" of a brief. False where there was nothing."""
    return _forget(user, _of_brief(user, brief_id, Signal.Act.MORE, Signal.Act.LESS)) > 0


def forget(user: User, signal: int) -> bool:
    """Forget one signal. False where the reader has no such one."""
    return _forget(user, Signal.objects.filter(reader=user, pk=signal)) > 0


def forget_all(user: User) -> int:
    """Forget everything that was learned; how much it was."""
    return _forget(user, Signal.objects.filter(reader=user))


def _forget(user: User, signals: QuerySet[Signal]) -> int:
    with transaction.atomic():
        gone, _ = signals.delete()
        _make_mail_anew(user)
    return gone


def _make_mail_anew(user: User) -> None:
    """A mail that waits for its hour folds away what the page does."""
    Letter.objects.filter(edition__reader=user).delete()
