"""What an upgrade does to the rows that were there before it."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.db import connection, migrations
from django.utils import timezone

from ingest.models import Article, Revision
from tests.briefings import factories

pytestmark = pytest.mark.django_db


def test_edits_from_before_edits_were_followed_are_not_followed_now() -> None:
    factories.weights()
    article, now = Article.objects.get(), timezone.now()
    for number, age in enumerate((timedelta(days=90), timedelta(days=3), timedelta(hours=1)), start=1):
        Revision.objects.create(
            article=article, number=number, title="t", text="t", from_page=False, replaced_at=now - age
        )
    migration = importlib.import_module("ingest.migrations.0007_revisions_told").Migration
    (step,) = [one for one in migration.operations if isinstance(one, migrations.RunSQL)]
    with connection.cursor() as cursor:
        cursor.execute(step.sql)
    assert list(Revision.objects.order_by("number").values_list("told", flat=True)) == [True, True, False]
