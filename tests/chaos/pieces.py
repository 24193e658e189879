"""The pieces of work: lenses and briefs of made-up stories, queued as rows; Django must be set up.

A lens is the lightest work that goes all the way (a claim, a metered call, a check, a fenced result); a brief asks two
to four times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from random import Random

from django.db import connection
from django.utils import timezone

from briefings import compose
from briefings.models import Brief, Lens, State
from ingest.models import Story
from tests.briefings import rows
from users import taxonomy

BRIEFS = 0.04  # of all pieces
A_SHELF = 2  # lenses on each of the stories whose briefs are written before: more would go into one request
YARDS = ("Harbor Labs", "Granite Works", "Tidewater Systems", "Lantern Robotics", "Quayside Machines")
CITIES = ("Lisbon", "Porto", "Gdansk", "Bergen", "Trieste", "Antwerp", "Riga")

# Counts how often a result was written, whoever wrote it: a second time is work done twice.
WATCH = """
    CREATE TABLE chaos_written (piece text NOT NULL);
    CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO chaos_written VALUES (TG_ARGV[0] || NEW.id); RETURN NULL; END $$;
    CREATE TRIGGER chaos_lens AFTER UPDATE ON briefings_lens FOR EACH ROW
        WHEN (NEW.verified_at IS DISTINCT FROM OLD.verified_at) EXECUTE FUNCTION chaos_note('lens:');
    CREATE TRIGGER chaos_brief AFTER UPDATE ON briefings_brief FOR EACH ROW
        WHEN (NEW.verified_at IS DISTINCT FROM OLD.verified_at) EXECUTE FUNCTION chaos_note('brief:');
"""


@dataclass(frozen=True)
class Pieces:
    lenses: frozenset[int]
    briefs: frozenset[str]

    def __len__(self) -> int:
        return len(self.lenses) + len(self.briefs)


def queue(count: int, seed: int) -> Pieces:
    """So many pieces, due at once, each of whose results is counted from now on."""
    random = Random(seed)
    briefs = max(1, round(count * BRIEFS))
    many = max(1, (count - briefs) // A_SHELF)
    shelves = [compose.ready_brief(_story(number, random).pk) for number in range(many)]
    stories = [_story(many + number, random) for number in range(briefs)]
    with connection.cursor() as cursor:
        cursor.execute(WATCH)
    readers = [*product(shelves, taxonomy.roles(), taxonomy.industries())]
    random.shuffle(readers)
    now = timezone.now()
    lenses = Lens.objects.bulk_create(
        Lens(brief=brief, role=role, industry=industry, due_at=now)
        for brief, role, industry in readers[: count - briefs]
    )
    made = [compose.brief_for(compose.material_of(story.pk)) for story in stories]
    return Pieces(frozenset(lens.pk for lens in lenses), frozenset(brief.pk for brief in made))


def _story(number: int, random: Random) -> Story:
    yard, city = f"{random.choice(YARDS)} {number}", random.choice(CITIES)
    people, cost = random.randint(120, 900), random.randint(11, 90)
    # Long ago, so that no front page and no edition asks for it.
    then = rows.NOON - timedelta(days=number)
    title = f"{yard} opens a yard in {city}"
    story = Story.objects.create(title=title, happened_at=then, last_at=then)
    said = [
        f"{yard} opened a yard in {city} on Tuesday, where {people} people build robots. The yard cost {cost} million "
        "euros, the company said.",
        f"Mara Lind, who leads {yard}, said that the first robots leave the yard in October. Two ports have ordered "
        "nine of them.",
        "The port of Porto wants to wait until others have tried them. A robot costs twice as much as a crane, "
        "according to its director.",
    ]
    rows.article(story, rows.source("The Ledger"), title, said, then)
    return story


def unfinished(pieces: Pieces) -> tuple[int, int]:
    """How many are queued, and how many of these somebody has claimed and neither finished nor laid down."""
    open_ = [
        lease
        for model, keys in ((Lens, pieces.lenses), (Brief, pieces.briefs))
        for lease in model.objects.filter(pk__in=keys, state=State.QUEUED).values_list(
            "lease_until", flat=True
        )
    ]
    return len(open_), sum(lease is not None for lease in open_)


def at_rest(pieces: Pieces) -> tuple[dict[str, int], list[str]]:
    """What became of them, counted by state and writer; and whatever is lost, twice done or not at rest, by name."""
    became: dict[str, int] = {}
    wrong: list[str] = []
    written = _written()
    for kind, model, keys in (("lens", Lens, pieces.lenses), ("brief", Brief, pieces.briefs)):
        found = {row.pk: row for row in model.objects.filter(pk__in=keys)}
        wrong += [f"{kind}:{pk} is gone" for pk in keys - set(found)]
        for pk, row in found.items():
            outcome = f"{kind} {row.state} {row.writer}".strip()
            became[outcome] = became.get(outcome, 0) + 1
            times = written.pop(f"{kind}:{pk}", 0)
            if (row.due_at, row.lease_until) != (None, None) or row.state == State.QUEUED:
                wrong.append(f"{kind}:{pk} is not at rest: {row.state}, due {row.due_at}, {row.error}")
            if row.state == State.FAILED and not row.error:
                wrong.append(f"{kind}:{pk} failed without a word")
            if times != (row.state == State.READY):
                wrong.append(f"{kind}:{pk} is {row.state} and was written {times} times")
    wrong += [f"{piece} was written, and is none of the pieces" for piece in written]
    return became, wrong


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT piece, count(*) FROM chaos_written GROUP BY piece")
        found: Sequence[tuple[str, int]] = cursor.fetchall()
    return dict(found)
