"""Fills an empty Nutgraf for a trial: who reads now, who is due at the hour, and what is to be looked at. Django is up.

Written straight into the tables, as what came before the trial is not what is tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, product
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import page
from ingest import run
from ingest.models import Article, Source, Story
from ingest.schedule import INTERVAL, LONGEST_PASSING
from tests.briefings import factories, rows
from tests.processes import noon
from tests.soak import world, zone
from tests.soak.load import Ask
from users import taxonomy, tokens
from users.models import Profile, User

BRIEFS = 7
AT_PAGES = 200  # readers at most who read while the others' digests are made
EACH = 0.25  # pages a second of each of them, at least
SPREAD = """
    UPDATE ingest_source SET due_at = now() + %(span)s * place.nth / place.many, failures = %(failures)s
    FROM (
        SELECT id, row_number() OVER (ORDER BY md5(url)) AS nth, count(*) OVER () AS many
        FROM ingest_source WHERE url LIKE 'http://127.%%' AND url LIKE '%%/well/%%' = %(well)s
    ) AS place
    WHERE place.id = ingest_source.id
"""
FAILED = 6  # times in a row that those that hang, fail or are bombs did, in the day before


def sources(of: world.World) -> None:
    """Everybody's feeds, and what those tell that tell of AI: so there is news when the trial begins."""
    every = Source.objects.bulk_create(Source(url=of.url(number)) for number in range(of.count))
    telling = {number for event in range(world.EVENTS) for number in world.tellers(event, of.count)}
    run.ingest([every[number].pk for number in sorted(telling)], timezone.now(), True, lambda _: None)


def spread() -> None:
    """Feeds are due as after a day of looking at them: the healthy within half an hour, the ill ones within six."""
    with connection.cursor() as cursor:
        for well, span, failures in ((True, INTERVAL, 0), (False, LONGEST_PASSING, FAILED)):
            cursor.execute(SPREAD, {"well": well, "span": span, "failures": failures})
        cursor.execute("ANALYZE")


def due_at_the_hour(count: int) -> set[str]:
    """So many readers of one zone and hour, of all roles and industries; their addresses."""
    kinds = cycle(product(taxonomy.roles(), taxonomy.industries()))
    users = User.objects.bulk_create(
        User(email=f"reader{number}@soak.example", password="!") for number in range(count)
    )
    Profile.objects.bulk_create(
        Profile(
            user=user,
            role=role,
            industry=industry,
            time_zone=ZoneInfo(zone.NAME),
            hour=zone.HOUR,
            onboarded_at=timezone.now() - timedelta(days=9),
        )
        for user, (role, industry) in zip(users, kinds, strict=False)
    )
    return {user.email for user in users}


def reading(pages_a_second: float) -> tuple[list[Ask], list[Ask]]:
    """Readers who had their edition this morning, as many as that takes: what they ask for by browser and by app."""
    told = _briefs()
    name, gzip = settings.SESSION_COOKIE_NAME, "Accept-Encoding: gzip\r\n"
    pages: list[Ask] = []
    calls: list[Ask] = []
    today = timezone.now().astimezone(ZoneInfo(noon())).date()
    for number in range(min(AT_PAGES, math.ceil(pages_a_second / EACH))):
        user = rows.reader(f"morning{number}@soak.example", digest=False, time_zone=noon(), hour=6)
        rows.ready_edition(user, today, told)
        client = Client()
        client.force_login(user)
        browser = f"Cookie: {name}={client.cookies[name].value}\r\n{gzip}"
        briefs = [f"/brief/{brief.pk}/" for brief, _ in told]
        paths = [
            "/today/",
            "/today/",
            "/today/",
            "/archive/",
            *briefs,
            f"{briefs[0]}evidence/{number % 8 + 1}/",
        ]
        pages += [(path, browser) for path in paths]
        app = f"Authorization: Bearer {tokens.issue(user, 'Phone')[1]}\r\n{gzip}"
        ids = [f"/api/v1/briefs/{brief.pk}" for brief, _ in told]
        calls += [
            (path, app) for path in ("/api/v1/editions/today", "/api/v1/editions/today", "/api/v1/sync", *ids)
        ]
    return pages, calls


def _briefs() -> Sequence[Any]:
    """As long as briefs get, all from the same articles: pages do not tell the difference."""
    first, lens = factories.launch()
    page._grow(first)
    told = [(first, lens)]
    cited = list(Article.objects.filter(story=first.story))
    while len(told) < BRIEFS:
        story = Story.objects.create(title=f"Story {len(told)}", happened_at=rows.NOON, last_at=rows.NOON)
        brief = rows.ready_brief(story, cited, first.body)
        told.append((brief, rows.ready_lens(brief, lens.body)))
    return told
