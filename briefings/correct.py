"""Verifies briefs again whose articles have changed, and keeps what no longer stands as corrections."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from briefings import compose, coverage, standing
from briefings.converse import strike
from briefings.converse.strike import Verdict
from briefings.corrected import struck_now
from briefings.models import Brief, Correction, Lens, State
from briefings.schemas import BriefBody, LensBody, Material, Strike
from briefings.select import WINDOW
from briefings.standing import Fallen
from ingest import changed as articles
from ingest import revisions, stories, work
from ingest.changed import Changed
from ingest.models import Article, Revision
from ingest.withdrawn import is_note

LEASE = compose.LEASE
SOON = timedelta(seconds=30)  # when to look again at a brief whose article is being read anew
REPLACED = WINDOW + timedelta(days=5)  # a story without news for longer is corrected, but not told anew
APART = timedelta(days=1)  # a story's replacements
AT_ONCE = 500  # revisions followed in one transaction
READY = Q(state=State.READY)
CHALLENGED = Correction.Kind.CHALLENGED
log = logging.getLogger("briefings.correct")


def catch_up(now: datetime) -> list[Correction]:
    """Follow every edit and verify whatever is due for it, here and now; the corrections that makes."""
    while follow() == AT_ONCE:
        pass
    return [made for pk in work.due(Brief, AT_ONCE, READY) for made in verify_again(str(pk), now)]


def follow() -> int:
    """Have every ready brief verified again that cites an article edited since; how many edits were followed.

    Edits and the briefs that are due for them change in one transaction, so that none is lost and none done twice.
    """
    with transaction.atomic():
        edits = Revision.objects.select_for_update(skip_locked=True).filter(told=False).order_by("pk")
        rows = list(edits.values_list("pk", "article_id", "number")[:AT_ONCE])
        latest = {article: number for _, article, number in sorted(rows, key=lambda row: row[2])}
        due = [pk for article, number in latest.items() for pk in _citing(article, number)]
        cited = Brief.objects.filter(READY, pk__in=due)
        cited.update(due_at=Now())
        # Earlier failures are no matter of this edit. The attempt of one that somebody has is their fence, and stays.
        cited.filter(lease_until=None).update(attempt=0, error="")
        Revision.objects.filter(pk__in=[pk for pk, _, _ in rows]).update(told=True)
    return len(rows)


def _citing(article: int, number: int) -> list[str]:
    """Ready briefs of real news that were made from this revision of the article, or an earlier one."""
    rows = Brief.objects.filter(READY, articles__contains=[[article]], story__sample=False)
    return [
        pk
        for pk, parts in rows.values_list("pk", "articles")
        if dict(parts).get(article, number + 1) <= number
    ]


def verify_again(brief_id: str, now: datetime) -> list[Correction]:
    """Verify a ready brief that is due for it against its articles' present texts; the corrections that makes.

    Nothing when somebody else is at it, or when an article is still being read: then it is due again soon.
    """
    row = work.claim(Brief, brief_id, LEASE)
    if row is None:
        return []
    if row.state != State.READY:
        work.put_back(row)
        return []
    try:
        return _verify_again(row, now)
    except SoftTimeLimitExceeded:
        work.fail(row, "the time ran out")
        raise  # it is the whole task's time
    except Exception as error:  # one brief's fault must not keep the others from theirs
        log.exception("brief %s cannot be verified again", row)
        work.fail(row, f"{type(error).__name__}: {error}")
        return []


def _verify_again(row: Brief, now: datetime) -> list[Correction]:
    parts = dict(row.articles)
    seen = revisions.now(list(parts))
    if articles.on_the_way(list(parts)):
        work.finish(row, due_in=SOON)
        return []
    changed = articles.since(parts) if seen != parts else {}
    made, answers = _altered(row, changed, now) if changed else ([], [])
    return made if _keep(row, seen, made, answers, now) else []


def _altered(
    row: Brief, changed: Mapping[int, Changed], now: datetime
) -> tuple[list[Correction], list[Verdict]]:
    """What the changed articles take from the brief and from the answers to questions about it, or give back."""
    before = _before(row, changed)
    made = _decide(row, changed, _lost(row, before, changed), now)
    return made, strike.verdicts(row, before, changed, now)


def _before(row: Brief, changed: Mapping[int, Changed]) -> Material:
    """What the brief was written from."""
    earlier = revisions.numbered({(key, one.then.revision) for key, one in changed.items()})
    texts = stories.source_texts(list(dict(row.articles)), {key: one for (key, _), one in earlier.items()})
    return Material(row.story_id, "", tuple(texts.values()))


def _lost(row: Brief, before: Material, changed: Mapping[int, Changed]) -> Sequence[Fallen]:
    lenses = {lens.pk: LensBody.model_validate(lens.body) for lens in Lens.objects.filter(READY, brief=row)}
    return standing.fallen(BriefBody.model_validate(row.body), lenses, before, changed)


def _decide(
    row: Brief, changed: Mapping[int, Changed], lost: Sequence[Fallen], now: datetime
) -> list[Correction]:
    """One correction for each article whose present revision alters what stands; none when nothing does."""
    told = list(row.corrections.all())
    before = struck_now(told)
    challenged = {one["where"] for each in told if each.kind == CHALLENGED for one in each.struck}
    done = {(one.article_id, one.to_revision) for one in told if one.kind != CHALLENGED}
    fresh = {key: one for key, one in changed.items() if (key, one.revision) not in done}
    gone = {one.where: one for one in lost}
    # Of an article that is gone nobody knows whether it still says so: what fell with its edit stays fallen.
    # What fell because a reader was right was not the edit's to take, and is not its to give back.
    stood = before.keys() - gone.keys() - challenged
    restored = [where for where, one in before.items() if where in stood and one.article in changed]
    struck = [one for one in lost if one.where not in before]
    made = []
    for key, change in fresh.items():
        ours = [one for one in struck if _by(one.article, fresh) == key]
        again = [where for where in restored if _by(before[where].article, fresh) == key]
        if ours or again:
            made.append(_correction(row, change, ours, again, now))
    body = BriefBody.model_validate(row.body)
    after = (before.keys() | gone.keys()) - set(restored)
    major = standing.is_major(body, after) and not standing.is_major(body, before)
    for one in made:
        one.major = major and bool(one.struck)
    return made


def _by(article: int, fresh: Mapping[int, Changed]) -> int:
    """Whose correction it is: the article's own, where that has changed just now, else the one that has."""
    return article if article in fresh else next(iter(fresh))


def _correction(
    row: Brief, change: Changed, struck: Iterable[Fallen], restored: list[str], now: datetime
) -> Correction:
    article = Article.objects.select_related("source").get(pk=change.then.article)
    return Correction(
        brief=row,
        article=article,
        from_revision=change.then.revision,
        to_revision=change.revision,
        kind=Correction.Kind.WITHDRAWN if change.withdrawn else Correction.Kind.CHANGED,
        publisher=coverage.publisher(article),
        title=change.now[0].title,
        url=coverage.web_address(article.url),
        changes=str(change.difference),
        note=_note(change),
        struck=[_strike(one).model_dump(mode="json") for one in struck],
        restored=restored,
        changed_at=change.at,
        noticed_at=now,
    )


def _strike(one: Fallen) -> Strike:
    return Strike(
        where=one.where, text=one.text, article=one.article, why=one.why, now=one.now, instead=one.instead
    )


def _note(change: Changed) -> str:
    """How the source itself words its correction or withdrawal, where the edit brought such a passage."""
    now = change.now[0]
    new = set(change.difference.added) | {b for _, b in change.difference.altered}
    return next(
        (p for span in now.spans if span.number in new and is_note(p := now.passage(span.number))), ""
    )


def _replacement(row: Brief, now: datetime) -> Brief | None:
    """The story as it stands now as another brief; for briefs that somebody has got.

    Where there is none it is queued, for one story once in `APART`: a source that goes on editing costs no more.
    """
    if row.story.last_at < now - REPLACED or not (row.items.exists() or row.replaces.exists()):
        return None
    try:
        material = compose.material_of(row.story_id)
    except compose.NothingToWrite:
        return None
    before = Correction.objects.filter(brief__story=row.story_id, replacement__isnull=False)
    lately = before.filter(noticed_at__gt=now - APART).exists()
    found = compose.known_brief(material) if lately else compose.brief_for(material)
    return None if found is None or found.pk == row.pk else found


def _keep(
    row: Brief, seen: Mapping[int, int], made: list[Correction], answers: list[Verdict], now: datetime
) -> bool:
    """Store the corrections and end the work; not when an article has changed again meanwhile: then it is due again."""
    with transaction.atomic():
        again = revisions.now(list(seen), held=True) != seen
        if not work.finish(row, due_in=timedelta(0) if again else None) or again:
            return False
        if major := [one for one in made if one.major]:
            major[-1].replacement = _replacement(row, now)
        Correction.objects.bulk_create(made)
        strike.keep(answers)
    return True
