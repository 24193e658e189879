"""Tells a reader in their next edition what was corrected of the briefs they had, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from briefings.corrected import concerns, struck_now
from briefings.models import Correction, Edition, EditionItem, Notice, State

MOST = 12  # in one edition; the others come with the next


def put_into(edition: Edition, moment: datetime) -> None:
    """Have the edition tell of what was corrected up to `moment`; called within the transaction that freezes it.

    An edition that is filled again tells it again.
    """
    edition.notices.all().delete()
    Notice.objects.bulk_create(
        Notice(edition=edition, correction=one, reader_id=edition.reader_id) for one in _due(edition, moment)
    )


def _due(edition: Edition, moment: datetime) -> Sequence[Correction]:
    """What the reader does not know yet: they had the brief in an edition frozen before the correction was noticed."""
    had = EditionItem.objects.filter(
        brief=OuterRef("brief"),
        edition__reader=edition.reader_id,
        edition__state=State.READY,
        edition__local_date__lt=edition.local_date,
        edition__prepared_at__lt=OuterRef("noticed_at"),
    )
    told = Notice.objects.filter(correction=OuterRef("pk"), reader=edition.reader_id)
    rows = Correction.objects.filter(Exists(had), ~Exists(told), noticed_at__lte=moment)
    return [one for one in rows.order_by("noticed_at", "pk") if _is_news(one, edition.reader_id)][:MOST]


def _is_news(correction: Correction, reader: int) -> bool:
    """Whether it changes what the reader knows: what fell and stood again before anybody told them does not."""
    last = {
        where: one.pk
        for one in correction.brief.corrections.all()
        for where in (*one.restored, *(strike["where"] for strike in one.struck))
    }
    told = Correction.objects.filter(brief=correction.brief_id, notices__reader=reader)
    known = struck_now(told)
    lenses = _lenses(correction, reader)
    fell = [where for one in correction.struck if concerns(where := one["where"], lenses)]
    news = [where for where in fell if where not in known] + [
        one for one in correction.restored if one in known
    ]
    return any(last[where] == correction.pk for where in news)


def _lenses(correction: Correction, reader: int) -> set[int]:
    """The lenses with which the reader got the brief."""
    had = EditionItem.objects.filter(brief=correction.brief_id, edition__reader=reader, lens__isnull=False)
    return set(had.values_list("lens", flat=True))
