"""Assembles a reader's edition of one local date and freezes it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext

from briefings import compose, due, notices, round_up, select
from briefings.feedback import learn, telling
from briefings.feedback.taste import Taste
from briefings.models import Brief, Correction, Edition, EditionItem, Lens, Letter, State, Writer
from briefings.schemas import BriefBody, LensBody
from briefings.write import bearing
from ingest import embed, embedders, stories, work
from ingest.nudge import nudge
from ingest.scope import SAMPLE, Scope
from users import taxonomy
from users.language import spoken_to
from users.models import User

LEASE = timedelta(minutes=10)
MOST_ROUNDS = 8  # rounds that ran out of time; each keeps the briefs it wrote
BUSY = timedelta(seconds=3)  # when to look again at an edition whose briefs another worker is writing
AGAIN = timedelta(minutes=5)  # before an edition that nobody asks for is looked at again
UNPLACED = timedelta(minutes=5)  # what had come in by then may have had no story yet
SPARE = 6  # stories chosen beyond the edition's size, for those that cannot be written
REMEMBERED = select.WINDOW + timedelta(days=2)
ALWAYS = timedelta(days=36500)  # the sample's stories never grow old
log = logging.getLogger("briefings.edition")


@dataclass(frozen=True, slots=True)
class Placed:
    """A brief in its place, with the reader's lens and the reasons it is there."""

    brief: Brief
    lens: Lens | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assembled:
    """`waiting`: another worker is still writing one of the briefs or lenses that belong in it."""

    items: tuple[Placed, ...]
    sample: bool
    waiting: bool = False


def reader_of(
    role: str, industry: str, interests: str = "", embedder: str = embed.LEXICAL, owner: int | None = None
) -> select.Reader:
    """What selection needs of a reader, from taxonomy names, to compare with stories of that embedder's tag.

    With the taste that the `owner`'s feedback tells of.

    A concern has no vector when that embedder is no model or cannot be had. The vector of interests is paid by `owner`,
    the reader's key; those of roles and industries are everybody's. Raises taxonomy.UnknownRole or UnknownIndustry.
    """
    the_role, the_industry = taxonomy.role(role), taxonomy.industry(industry)
    texts = [f"{the_role.title}. {the_role.cares}", f"{the_industry.title}. {the_industry.cares}", interests]
    vectors = _vectors(texts, embedder, owner) if embedder != embed.LEXICAL else [None] * len(texts)
    labels = (
        gettext("Close to your work as {role}").format(role=the_role.label),
        gettext("Close to {industry}").format(industry=the_industry.label),
        gettext("Matches your interests"),
    )
    concerns = [
        select.Concern(text, vector, label, wish=label == labels[2])
        for text, vector, label in zip(texts, vectors, labels, strict=True)
    ]
    wish = concerns[2] if interests.strip() else None
    return select.Reader(concerns[0], concerns[1], wish, learn.taste(learn.signals_of(owner)))


def _vectors(texts: Sequence[str], embedder: str, owner: int | None) -> list[select.Vector | None]:
    """Of a role, an industry and interests, the last at the owner's expense."""
    shared = embedders.comparable(texts[:2], embedder)
    own = embedders.comparable(texts[2:], embedder, owner) if texts[2].strip() else None
    return [*(shared if shared is not None else (None, None)), None if own is None else own[0]]


def assemble(
    role: str,
    industry: str,
    interests: str,
    as_of: datetime,
    size: int | None = None,
    seen: Collection[str] = (),
    owner: int | None = None,
    patient: bool = False,
    span: select.Span = select.DAY,
) -> Assembled:
    """Choose, write and verify what such a reader gets as of then (aware, UTC). Stores briefs and lenses only.

    `seen` are ids of briefs the reader had before: a story comes again only when a new version tells more. With
    `owner`, the reader's key, stories of their own sources compete with everybody's. `patient`: nobody waits, so what
    is new is put off to be written with what others want of it. `size` is the span's where none is given.
    """
    size = span.size if size is None else size
    found, sample = candidates_at(as_of, owner, span.window)
    embedder = _embedder_of(found)
    reader = reader_of(role, industry, interests, embedder, owner)
    usable = embedder == embed.LEXICAL or reader.role.vector is not None
    most = size + SPARE + len(seen)
    choices = chosen(found, sample, reader, embedder if usable else "", as_of, most, span.half_life)
    kind = taxonomy.role(role).slug, taxonomy.industry(industry).slug
    told: list[tuple[Brief, select.Choice]] = []
    bare: list[
        tuple[Brief, select.Choice]
    ] = []  # a headline is all their sources give: for the end, if there is room
    busy, passed = 0, set()
    for choice in choices:
        if len(told) + busy == size:
            break
        try:
            brief = compose.ready_brief(choice.story, as_of, kind, patient)
        except compose.BeingWritten:
            busy += 1  # go on with the others meanwhile
            continue
        if brief and (sample or brief.pk not in seen) and not _kept_out(brief, reader.taste):
            (told if _tells(brief) else bare).append((brief, choice))
        else:
            passed.add(choice.story)
    could = [choice for choice in choices if choice.story not in passed]
    placed = [
        _placed(brief, kind, choice, select.asked(choice, place, could), patient)
        for place, (brief, choice) in enumerate((*told, *bare)[:size])
    ]
    return Assembled(tuple(filter(None, placed)), sample, waiting=busy > 0 or None in placed)


def _placed(
    brief: Brief, kind: tuple[str, str], choice: select.Choice, asked: tuple[str, ...], patient: bool
) -> Placed | None:
    """The brief with its lens; None while another worker is writing that.

    A story is chosen by how it begins, and an extractive lens has seen all of it: where that finds little for such a
    reader, closeness to them is no reason. What a model says in its own words is not read.
    """
    try:
        lens = compose.ready_lens(brief, *kind, patient)
    except compose.BeingWritten:
        return None
    return Placed(brief, lens, (*(choice.apart if _finds_little(lens) else choice.why), *asked))


def _finds_little(lens: Lens | None) -> bool:
    if lens is None or lens.writer != Writer.EXTRACTIVE:
        return False
    return bearing.found_little(LensBody.model_validate(lens.body))


def _kept_out(brief: Brief, taste: Taste) -> bool:
    """Whether the brief tells what the reader muted: its headline may name what no article's title does.

    Or its headline fell because a reader was right, and nothing has come since to write it anew from.
    """
    told = telling.of_body(brief.story_id, BriefBody.model_validate(brief.body))
    fell = brief.corrections.filter(kind=Correction.Kind.CHALLENGED, major=True)
    return taste.keeps_out(told) is not None or fell.exists()


def _tells(brief: Brief) -> bool:
    body = brief.body or {}
    return bool(body.get("lead") or body.get("takeaways"))


def _embedder_of(found: Sequence[stories.StorySnapshot]) -> str:
    """The tag that most of the stories carry: what the reader's concerns must be embedded by to be compared."""
    counts = Counter(snapshot.embedder for snapshot in found if snapshot.vector is not None)
    return max(counts, key=lambda tag: (counts[tag], tag), default=embed.LEXICAL)


def candidates_at(
    as_of: datetime, owner: int | None = None, window: timedelta = select.WINDOW
) -> tuple[list[stories.StorySnapshot], bool]:
    """The stories of the window before that are worth telling, or the bundled sample while no real article ever came.

    Those of a reader's own sources only where that reader is the `owner`, and then all: they asked for them.
    """
    public = stories.candidates(as_of, window)
    found = [one for one in public if one.score >= select.WORTH_TELLING]
    if owner is not None:
        found += stories.candidates(as_of, window, Scope(owner=owner))
    if found or stories.any_real(owner):
        return found, False
    return stories.candidates(as_of, ALWAYS, SAMPLE), True


def chosen(
    found: Sequence[stories.StorySnapshot],
    sample: bool,
    reader: select.Reader,
    embedder: str,
    as_of: datetime,
    size: int,
    half_life: timedelta = select.DAY.half_life,
) -> list[select.Choice]:
    """At most `size` of the stories for the reader as of then, compared by vectors of that embedder alone."""
    candidates = [_candidate(snapshot, embedder) for snapshot in found]
    moment = max((c.last_at for c in candidates), default=as_of) if sample else as_of
    return select.choose(candidates, reader, moment, size, half_life)


def _candidate(snapshot: stories.StorySnapshot, embedder: str) -> select.Candidate:
    """The story for selection, its vector left out where it is not of that embedder."""
    return select.Candidate(
        story=snapshot.story,
        title=snapshot.title,
        importance=snapshot.score,
        vector=snapshot.vector if snapshot.embedder == embedder else None,
        last_at=snapshot.last_at,
        origins=snapshot.origins,
        publishers=tuple(snapshot.publishers),
        primary_publisher=snapshot.publishers[0] if snapshot.primary else "",
        opening=snapshot.opening,
        sources=snapshot.sources,
        kinds=snapshot.kinds,
    )


def request(user: User, local_date: date, ahead: bool = False) -> Edition:
    """The reader's edition of that date, queued for the workers when there is none.

    `ahead`: before its hour, while nobody waits. Asked for by somebody, it is prepared without patience.
    What is frozen stays, but for one that was never sent and has nothing real in it although real news has come since.
    One that failed is tried again.
    """
    edition, created = Edition.objects.get_or_create(
        reader=user,
        local_date=local_date,
        defaults={
            "role": user.profile.role,
            "industry": user.profile.industry,
            "round_up": user.profile.weekly and local_date.isoweekday() in user.profile.mail_days,
            "due_at": Now(),
            "asked": not ahead,
        },
    )
    if not created and _has_failed(edition):
        resting = Q(state=State.FAILED) | Q(state=State.QUEUED, due_at__isnull=True)
        Edition.objects.filter(resting, pk=edition.pk).update(
            state=State.QUEUED, due_at=Now(), attempt=0, error=""
        )
        edition.refresh_from_db()
    if not created and edition.state == State.READY and _may_be_better_now(edition, ahead):
        Edition.objects.filter(pk=edition.pk, deliveries__isnull=True, pushes__isnull=True).update(
            state=State.QUEUED, due_at=Now()
        )
        edition.refresh_from_db()
    if edition.state == State.QUEUED and not ahead:
        _hurry(edition)
    if edition.state == State.QUEUED:
        nudge("briefings.tasks.prepare_edition", edition.pk, queue="write")
    return edition


def _hurry(edition: Edition) -> None:
    """Somebody waits from now on: what was begun ahead is gone on with at once."""
    put_off = Edition.objects.filter(pk=edition.pk, asked=False, due_at__isnull=False)
    if put_off.update(asked=True, due_at=Now()):
        edition.refresh_from_db()


def stays(edition: Edition) -> bool:
    """Whether asking for the edition again changes nothing, since mails or pushes of it are planned: all agree."""
    told = Q(deliveries__isnull=False) | Q(pushes__isnull=False)
    return Edition.objects.filter(told, pk=edition.pk).exists()


def _has_failed(edition: Edition) -> bool:
    return edition.state == State.FAILED or (edition.state == State.QUEUED and edition.due_at is None)


def _may_be_better_now(edition: Edition, ahead: bool) -> bool:
    """Whether real news may have come since a sample or an empty edition was made; not looked at all the time."""
    made = edition.prepared_at or edition.due_at or datetime.now(UTC)
    if ahead and datetime.now(UTC) - made < AGAIN:
        return False
    if edition.sample:
        return stories.any_real(edition.reader_id)
    return not edition.items.exists() and stories.any_since(made - UNPLACED, select.WINDOW, edition.reader_id)


def prepare(edition_id: str, now: datetime) -> Edition | None:
    """Fill and freeze a queued edition. None when it is frozen already, another worker is at it, or it failed.

    A failure is kept in the row, which is tried again later and is FAILED at last.
    """
    row = work.claim(Edition, edition_id, LEASE)
    if row is None:
        return None
    if row.attempt > MOST_ROUNDS:
        work.finish(row, state=State.FAILED, error=f"given up: {MOST_ROUNDS} attempts never came to an end")
        return None
    try:
        return _fill(row, now)
    except SoftTimeLimitExceeded:
        _failed(row, "the time ran out; what is written so far is kept", MOST_ROUNDS)
    except Exception as error:  # whatever it is, the reader must not wait for ever without a word
        log.exception("edition %s cannot be prepared", row)
        _failed(row, f"{type(error).__name__}: {error}", work.MAX_ATTEMPTS)
    return None


def _seen(row: Edition) -> set[str]:
    """The briefs of the reader's editions of the days before, as far back as a story can stay in the news.

    For a round-up only those that the reader has read: it is there for what they missed.
    """
    if row.round_up:
        return round_up.read_by(row.reader_id)
    earlier = EditionItem.objects.filter(
        edition__reader=row.reader_id,
        edition__local_date__lt=row.local_date,
        edition__local_date__gte=row.local_date - REMEMBERED,
    )
    return set(earlier.values_list("brief", flat=True))


def _failed(row: Edition, words: str, limit: int) -> None:
    work.fail(row, words, limit, state=State.FAILED if row.attempt >= limit else State.QUEUED)


def _fill(row: Edition, now: datetime) -> Edition | None:
    interests = row.reader.profile.interests
    clock = due.clock_of(row.reader.profile)
    patient = not row.asked and due.still_to_come(clock, row.local_date, now)
    with spoken_to(row.reader):  # so stand the reasons in it
        made = assemble(
            row.role,
            row.industry,
            interests,
            as_of(row, now),
            seen=_seen(row),
            owner=row.reader_id,
            patient=patient,
            span=select.WEEK if row.round_up else select.DAY,
        )
    if made.waiting or (made.sample and not made.items):  # nothing has been read yet: a first start
        work.finish(row, due_in=compose.GATHER if patient else BUSY)
        return None
    return row if _freeze(row, made, now) else None


def as_of(edition: Edition, now: datetime) -> datetime:
    """The end of the edition's local date, or `now` while that date lasts; aware, UTC."""
    zone = edition.reader.profile.time_zone
    end = datetime.combine(edition.local_date + timedelta(days=1), time(), tzinfo=zone)
    return min(end.astimezone(UTC), now)


def _freeze(row: Edition, made: Assembled, now: datetime) -> bool:
    bare = made.sample or not made.items
    with transaction.atomic():
        if not work.finish(row, state=State.READY, sample=made.sample, bare=bare, prepared_at=now):
            return False  # our lease ran out and a successor owns it
        row.items.all().delete()
        Letter.objects.filter(edition=row).delete()
        EditionItem.objects.bulk_create(_items(row, made.items))
        notices.put_into(row, as_of(row, now))
    row.refresh_from_db()
    return True


def _items(row: Edition, placed: Sequence[Placed]) -> list[EditionItem]:
    return [
        EditionItem(edition=row, rank=rank, brief=item.brief, lens=item.lens, why=list(item.why))
        for rank, item in enumerate(placed, start=1)
    ]


def local_date_of(user: User, now: datetime) -> date:
    """Today where the reader is."""
    zone = user.profile.time_zone
    return now.astimezone(zone).date()
