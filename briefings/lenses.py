"""The rows of lenses and their halves: wished for by editions, taken together, kept or put back. Writes none itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils import timezone

from briefings import standing
from briefings.models import Brief, EditionItem, Half, Lens, State, Writer
from briefings.schemas import LensBody, Material
from briefings.verify import VerifiedLens
from briefings.write import lens as halves
from briefings.write.brief import WrittenLens
from ingest import changed as articles
from ingest import revisions, work
from users import taxonomy

LEASE = timedelta(minutes=9)  # above the longest that a task may write
MOST = 500  # rows that one worker takes at once: so that the halves of all of them are asked for together
BESIDE = 24  # that it takes while somebody waits for one of them
POOR = Q(state=State.FAILED) | Q(
    state=State.READY, writer=Writer.EXTRACTIVE
)  # to be written anew for an edition
FEW = 3  # lenses that are written in one request with their brief


def wish(brief: Brief, role: str, industry: str, wait: timedelta = timedelta()) -> Lens:
    """The row of the brief's lens for such readers, when it is new queued to be written after `wait`.

    From now on it is everybody's. One that a reader's own budget did not reach for is written anew.
    """
    due = Now() + wait
    row, created = Lens.objects.get_or_create(
        brief=brief, role=role, industry=industry, defaults={"due_at": due}
    )
    if not created and row.asked_by_id is not None:
        _for_everybody(row, due)
    return row if created or wait else work.hasten(row)


def look(brief: Brief, role: str, industry: str, reader: int) -> Lens:
    """The row of the brief's lens, when it is new or has failed queued to be written at this reader's expense."""
    row, created = Lens.objects.get_or_create(
        brief=brief, role=role, industry=industry, defaults={"due_at": Now(), "asked_by_id": reader}
    )
    if not created and row.state == State.FAILED:
        failed = Lens.objects.filter(pk=row.pk, state=State.FAILED, lease_until=None)
        failed.update(state=State.QUEUED, due_at=Now(), attempt=0, error="", asked_by=reader)
        row.refresh_from_db()
    return row if created else work.hasten(row)


def let_go(reader: int) -> None:
    """The reader leaves: nobody else pays for what they asked for, and what their budget did not reach for is no
    longer there to be taken for everybody's. What a model wrote stays.
    """
    unpaid = Q(state=State.QUEUED) | POOR
    Lens.objects.filter(
        unpaid, ~Exists(EditionItem.objects.filter(lens=OuterRef("pk"))), asked_by=reader
    ).delete()


def _for_everybody(row: Lens, due: CombinedExpression) -> None:
    shown = EditionItem.objects.filter(lens=row.pk)
    again = Lens.objects.filter(POOR, ~Exists(shown), pk=row.pk, asked_by__isnull=False, lease_until=None)
    again.update(state=State.QUEUED, due_at=due, attempt=0, error="")
    Lens.objects.filter(pk=row.pk).update(asked_by=None)
    row.refresh_from_db()


def take(brief: str, first: Lens | None = None, most: int = MOST) -> list[Lens]:
    """Claim lenses of the brief that are due, at most so many; with them, those that still wait for company.

    With `first`, that one or none: where it is not due or another worker has it, nothing is taken. One that a reader
    pays for is taken alone, and with `first` only.
    """
    began = work.claim(Lens, first.pk, LEASE) if first else None
    if first and not began:
        return []
    if began and began.asked_by_id is not None:
        return [began]
    if not (began or work.claimable(Lens, Q(brief=brief, asked_by=None)).exists()):
        return []
    others = _waiting(brief).order_by("role", "industry")[: most - (began is not None)]
    return [*([began] if began else []), *_claimed(others)]


def take_few(brief: str) -> list[Lens]:
    """Claim all lenses that are wished for, where they are few."""
    found = list(_waiting(brief)[: FEW + 1])
    return _claimed(found) if len(found) <= FEW else []


def keep(row: Lens, written: WrittenLens, material: Material, work_key: str) -> bool:
    """Store a claimed row's lens, written from `material`, without what has fallen since with an edit.

    What is edited later finds it stored. `work_key`: of the calls it took, empty for none. False when the lease was
    lost.
    """
    parts = {one.article: one.revision for one in material.articles}
    while True:
        seen = revisions.now(list(parts))
        changed = articles.since(parts) if seen != parts else {}
        left = standing.still_standing(written.lens, material, changed)
        with transaction.atomic():
            if revisions.now(list(parts), held=True) == seen:
                return _finish(row, left, written.writer, work_key)


def _finish(row: Lens, lens: LensBody | None, writer: str, work_key: str) -> bool:
    if lens is None:
        words = "what it rested on stands no longer"
        return work.finish(row, state=State.FAILED, error=words, work_key=work_key)
    return work.finish(
        row,
        state=State.READY,
        writer=writer,
        body=lens.model_dump(mode="json"),
        verified_at=timezone.now(),
        work_key=work_key,
    )


def halves_of(brief: Brief, material: Material) -> dict[halves.Half, LensBody | None]:
    """The halves written so far, None for one of which nothing held.

    None at all once an article of the brief is edited: they reason from how the story stood before.
    """
    parts = {one.article: one.revision for one in material.articles}
    if revisions.now(list(parts)) != parts:
        return {}
    rows = {row.part: row.body for row in brief.halves.all()}
    wanted: list[halves.Half] = [*taxonomy.roles().values(), *taxonomy.industries().values()]
    return {
        half: LensBody.model_validate(body) if (body := rows[_part(half)]) else None
        for half in wanted
        if _part(half) in rows
    }


def keep_halves(brief: Brief, written: Mapping[halves.Half, VerifiedLens | None], material: Material) -> None:
    """Store verified halves for other readers; those that another worker has stored meanwhile stay."""
    parts = {one.article: one.revision for one in material.articles}
    rows = [
        Half(brief=brief, part=_part(half), body=lens.body.model_dump(mode="json") if lens else None)
        for half, lens in written.items()
    ]
    with transaction.atomic():
        if rows and revisions.now(list(parts), held=True) == parts:
            Half.objects.bulk_create(rows, ignore_conflicts=True)


def _part(half: halves.Half) -> str:
    return f"{type(half).__name__.lower()}:{half.slug}"


def put_back(rows: Iterable[Lens]) -> None:
    """Let go of claimed rows that were not written; those that were stay as they are."""
    for row in rows:
        work.put_back(row)


def _waiting(brief: str) -> QuerySet[Lens]:
    """Those nobody has begun; one that failed before waits for its time alone."""
    waiting = Q(due_at__isnull=False) & (Q(error="", attempt=0) | Q(due_at__lte=Now()))
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return Lens.objects.filter(waiting & free, brief=brief, asked_by=None)


def _claimed(rows: Iterable[Lens]) -> list[Lens]:
    return [taken for row in rows if (taken := work.claim(Lens, work.hasten(row).pk, LEASE))]
