"""Finds briefs of a reader's own editions: by their words and by closeness of meaning, the two rankings fused."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from queue import Empty, Queue
from statistics import median
from threading import BoundedSemaphore, Thread
from typing import Any

from django.db import connection
from pgvector import Vector

from briefings import read
from briefings.models import State
from ingest import embedders
from ingest.embed import LEXICAL
from users.models import User

MOST = 30  # results
LONGEST = 200  # characters of a question
FLAT = 60  # of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)
REMEMBERED = 3600  # seconds that a question's vector is kept
PATIENCE = 2.0  # seconds that a reader waits for a model's vector; after that, words alone
FEW = 8  # briefs, among which nothing can be said of the middle one
OPERATORS = re.compile(r'"|(?:^|\s)-\S|\bor\b', re.IGNORECASE)  # of websearch: who uses them means words
START, STOP = "\x02", "\x03"  # around a word that was found; no stored text has them

_asking = BoundedSemaphore(4)  # questions that a model is asked about at once; the others find by words


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an excerpt; `found`: it is what was looked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A brief, the local date of the reader's latest edition that has it, and where below its headline the words stand.

    Where they do not, `excerpt` is the first takeaway; it is empty when that says what the headline says. Nothing of it
    has fallen.
    """

    brief: str
    headline: str
    day: date
    excerpt: tuple[Piece, ...]


def search(user: User, question: str) -> list[Hit]:
    """The reader's briefs that a question finds, the best first; it is read as web searches are.

    Quotation marks, a minus and "or" mean the words themselves, and closeness is not asked then.
    """
    question = " ".join(question.replace("\x00", " ")[:LONGEST].split())
    if not question:
        return []
    by_words = _by_words(user.pk, question)
    by_meaning = [] if OPERATORS.search(question) else _by_meaning(user.pk, question, by_words)
    return _hits(user.pk, question, fuse([by_words, by_meaning])[:MOST])


def fuse(rankings: Sequence[Sequence[str]]) -> list[str]:
    """One ranking of several: what stands high in more of them comes first, ties in the order of the first."""
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for place, key in enumerate(ranking, start=1):
            scores[key] += 1 / (FLAT + place)
    return sorted(scores, key=lambda key: -scores[key])


# The reader's briefs, each with the latest day it was in their edition, and what replaced one of them, with that day:
# everything asked here starts from these.
MINE = """
WITH had AS (
    SELECT item.brief_id, max(edition.local_date) AS day
    FROM briefings_editionitem item JOIN briefings_edition edition ON edition.id = item.edition_id
    WHERE edition.reader_id = %(reader)s AND edition.state = %(ready)s
    GROUP BY item.brief_id
), mine AS (
    SELECT brief_id, day FROM had
    UNION ALL
    SELECT newer.id, max(had.day)
    FROM had JOIN briefings_brief older ON older.id = had.brief_id
        JOIN briefings_brief newer ON newer.story_id = older.story_id
    WHERE newer.id IN (SELECT replacement_id FROM briefings_correction)
        AND newer.id NOT IN (SELECT brief_id FROM had)
    GROUP BY newer.id
)
"""
BY_WORDS = """
SELECT brief.id
FROM mine JOIN briefings_brief brief ON brief.id = mine.brief_id, websearch_to_tsquery('english', %(question)s) query
WHERE brief.state = %(ready)s AND brief.search @@ query
ORDER BY ts_rank_cd(brief.search, query, 1) DESC, mine.day DESC, brief.id LIMIT %(most)s
"""
EMBEDDER = """
SELECT story.embedder
FROM mine JOIN briefings_brief brief ON brief.id = mine.brief_id
    JOIN ingest_story story ON story.id = brief.story_id
WHERE story.vector IS NOT NULL
GROUP BY story.embedder ORDER BY count(*) DESC, story.embedder LIMIT 1
"""
BY_MEANING = """
SELECT brief.id, coalesce(nullif(1 - (story.vector <=> %(vector)s::vector), 'NaN'), 0) AS closeness,
    brief.search @@ replace(plainto_tsquery('english', %(question)s)::text, '&', '|')::tsquery AS shares
FROM mine JOIN briefings_brief brief ON brief.id = mine.brief_id JOIN ingest_story story ON story.id = brief.story_id
WHERE brief.state = %(ready)s AND story.embedder = %(embedder)s
ORDER BY closeness DESC, mine.day DESC, brief.id
"""
# Without what no longer stands, which `fallen` has by brief.
TOLD = """
SELECT brief.id, brief.body #>> '{headline,text}', mine.day,
    (SELECT said #>> '{}' FROM jsonb_path_query(brief.body, '$.takeaways[*].text') said
        WHERE NOT coalesce(%(fallen)s::jsonb -> brief.id @> said, false) LIMIT 1),
    ts_headline(
        'english',
        (SELECT string_agg(said #>> '{}', ' ') FROM jsonb_path_query(brief.body, 'strict $.**.text') said
            WHERE said <> brief.body #> '{headline,text}'
                AND NOT coalesce(%(fallen)s::jsonb -> brief.id @> said, false)),
        websearch_to_tsquery('english', %(question)s),
        %(marks)s
    )
FROM mine JOIN briefings_brief brief ON brief.id = mine.brief_id
WHERE brief.id = ANY(%(found)s)
"""
MARKS = f'StartSel={START}, StopSel={STOP}, MaxFragments=2, MinWords=10, MaxWords=26, FragmentDelimiter=" … "'


def _by_words(reader: int, question: str) -> list[str]:
    return [row[0] for row in _ask(BY_WORDS, reader, question=question, most=MOST)]


def _by_meaning(reader: int, question: str, known: Sequence[str]) -> list[str]:
    """What is close enough to the question, among it those `known` by its words in the order of their closeness."""
    tag = next((row[0] for row in _ask(EMBEDDER, reader)), "")
    vector = _vector(question, tag, reader) if tag else None
    if vector is None:
        return []
    rows = _ask(BY_MEANING, reader, question=question, vector=vector, embedder=tag)
    enough = least([closeness for _, closeness, _ in rows], tag)
    # Hashed words meet by chance: without a model, at least one word must be there.
    near = [key for key, closeness, shares in rows if closeness >= enough and (shares or tag != LEXICAL)]
    return [key for key, _, _ in rows if key in {*near, *known}][:MOST]


def least(closeness: Sequence[float], tag: str) -> float:
    """The cosine from which a story is close to a question.

    Lexical closeness is small. To a model everything is somewhat alike, some more than others: what counts is a
    quarter of the way from what half of the stories are as close to, to the same words.
    """
    if tag == LEXICAL:
        return 0.12
    middle = max(0.0, median(closeness)) if len(closeness) >= FEW else 0.0
    return middle + (1 - middle) / 4


def _vector(question: str, tag: str, reader: int) -> str | None:
    """The question's vector to compare with stories of that tag; None when there is none to be had in time."""
    if tag == LEXICAL:
        return _embedded(question, tag, reader)
    if not _asking.acquire(blocking=False):
        return None
    answer: Queue[str | None] = Queue()
    Thread(target=_embed_apart, args=(question, tag, reader, answer), daemon=True).start()
    try:
        return answer.get(timeout=PATIENCE)
    except Empty:  # it is remembered when it comes, for the next time
        return None


def _embed_apart(question: str, tag: str, reader: int, answer: Queue[str | None]) -> None:
    try:
        with closing(connection):  # this thread's own
            answer.put(_embedded(question, tag, reader))
    finally:
        _asking.release()


def _embedded(question: str, tag: str, reader: int) -> str | None:
    vectors = embedders.comparable([question], tag, reader, REMEMBERED)
    return Vector(vectors[0]).to_text() if vectors is not None and vectors[0].any() else None


def _hits(reader: int, question: str, found: Sequence[str]) -> list[Hit]:
    fallen = json.dumps(read.fallen_texts(found))
    rows = _ask(TOLD, reader, question=question, found=list(found), fallen=fallen, marks=MARKS)
    told = {row[0]: row for row in rows}
    return [_hit(*told[key]) for key in found if key in told]


def _hit(brief: str, headline: str | None, day: date, takeaway: str | None, marked: str | None) -> Hit:
    told = marked if marked and START in marked else takeaway
    return Hit(brief, headline or "", day, pieces(told) if told and told != headline else ())


def pieces(marked: str) -> tuple[Piece, ...]:
    """A text with marks around what was found, as parts to be escaped one by one; neighbours are one part."""
    joined = re.sub(f"{STOP}([- ]?){START}", r"\1", marked)
    parts = re.split(f"({START}[^{START}{STOP}]*{STOP})", joined)
    return tuple(Piece(part.strip(START + STOP), part.startswith(START)) for part in parts if part)


def _ask(query: str, reader: int, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(MINE + query, {"reader": reader, "ready": State.READY, **values})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
