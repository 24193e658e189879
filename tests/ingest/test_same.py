"""What is read of stories once is read again when, and only when, something of it has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ingest import forget, stories
from ingest.material import Material
from ingest.models import Article, Revision, Source, Stage, Story
from ingest.place import place
from ingest.scope import Scope
from tests.ingest.newsroom import NOON, article, source
from users.models import User

DAY = timedelta(days=1)
TOLD = "Mistral opened a data centre near Lyon, the AI company said, with room for ten thousand chips."

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Article:
    """A story of one article, asked about before."""
    row = article(source("paper"), "Mistral opens an AI data centre", TOLD)
    place([row.pk], NOON + DAY)
    row.refresh_from_db()
    _asked()
    _material(row)
    return row


def _asked() -> list[stories.StorySnapshot]:
    """Without their vectors, which cannot be compared with `==`."""
    return [replace(one, vector=None) for one in stories.candidates(NOON + DAY, 2 * DAY)]


def _material(row: Article) -> Material | None:
    return stories.material(str(row.story_id), NOON + DAY)


def _recorded(row: Article, revision: int) -> Material | None:
    return stories.recorded(str(row.story_id), {row.pk: revision})


def _edit(row: Article, text: str, after: timedelta) -> None:
    """An edit that keeps the article in its story, `after` the moment that is asked about."""
    Revision.objects.create(
        article=row, number=row.revision, title=row.title, text=row.text, replaced_at=NOON + DAY + after
    )
    Article.objects.filter(pk=row.pk).update(text=f"{row.title}\n\n{text}", revision=row.revision + 1)


def test_what_is_told_again_is_not_read_again(
    told: Article, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        first, again = _asked(), _material(told)
    Source.objects.update(last_checked_at=timezone.now(), etag="as at each look")
    with django_assert_num_queries(2):
        assert (_asked(), _material(told)) == (first, again)


def _renamed(row: Article) -> None:
    Source.objects.update(title="The Lyon Paper")


def _weighed(row: Article) -> None:
    Source.objects.update(authority=0.11)


def _reworded(row: Article) -> None:
    Article.objects.filter(pk=row.pk).update(title="A data centre for AI near Lyon")


def _retold(row: Article) -> None:
    Story.objects.update(novelty=0.01)


def _joined(row: Article) -> None:
    other = article(
        source("journal"), "Lyon gets an AI data centre", TOLD.replace("opened", "built"), hours=2
    )
    Article.objects.filter(pk=other.pk).update(stage=Stage.PLACED, story=row.story_id)


@pytest.mark.parametrize("change", [_renamed, _weighed, _reworded, _retold, _joined])
def test_a_change_is_told_at_once(change: Callable[[Article], None], told: Article) -> None:
    before = _asked()
    change(told)
    after = _asked()
    assert after != before
    assert [one.story for one in after] == [one.story for one in before]


def test_the_material_follows_its_source_and_what_joins_it(told: Article) -> None:
    _renamed(told)
    _joined(told)
    material = _material(told)
    assert material is not None
    assert {one.publisher for one in material.articles} == {"The Lyon Paper", "Journal"}


def test_what_is_gone_is_gone(told: Article) -> None:
    told.delete()
    assert _asked() == []
    assert _material(told) is None


def test_an_edit_after_the_moment_asked_about_leaves_what_stood_then(told: Article) -> None:
    (before,), then = _asked(), _material(told)
    assert then is not None
    _edit(told, "Mistral opened nothing at all.", timedelta(hours=1))
    (after,), now = _asked(), _material(told)
    assert after == before
    assert now is not None
    assert [one.text for one in now.articles] == [one.text for one in then.articles]
    later = stories.material(str(told.story_id), NOON + DAY + timedelta(hours=2))
    assert later is not None
    assert "nothing at all" in later.articles[0].text
    assert "nothing at all" not in now.articles[0].text


def test_an_edit_that_is_told_before_and_after_it_keeps_both_apart(told: Article) -> None:
    """The same rows are asked about as of before and after the edit, in turn."""
    _edit(told, "Mistral opened nothing at all.", timedelta(hours=1))
    for _ in range(2):
        texts = [
            material.articles[0].text
            for hours in (0, 2)
            if (material := stories.material(str(told.story_id), NOON + DAY + timedelta(hours=hours)))
        ]
        assert ["nothing at all" in text for text in texts] == [False, True]


def test_what_was_recorded_is_told_by_the_revisions_asked_for(told: Article) -> None:
    """Also while an edited article is read anew, and no more once it tells another story."""
    _edit(told, "Mistral opened nothing at all.", timedelta())
    Article.objects.filter(pk=told.pk).update(stage=Stage.NEW)
    for _ in range(2):
        first, second = _recorded(told, 1), _recorded(told, 2)
        assert first is not None
        assert second is not None
        assert "nothing at all" not in first.articles[0].text
        assert "nothing at all" in second.articles[0].text
        assert _recorded(told, 3) is None, "no such text was ever stored"
    other = Story.objects.create(title="Another", happened_at=NOON, last_at=NOON)
    Article.objects.filter(pk=told.pk).update(story=other)
    assert _recorded(told, 1) is None


def test_a_story_that_an_article_leaves_for_is_told_with_it(told: Article) -> None:
    other = article(source("journal"), "Nvidia ships a new AI chip", "Chips for AI, at last.", hours=3)
    place([other.pk], NOON + DAY)
    other.refresh_from_db()
    assert len(_asked()) == 2
    Article.objects.filter(pk=told.pk).update(story=other.story_id)
    (left,) = _asked()
    assert (left.story, len(left.articles)) == (other.story_id, 2)
    assert _material(told) is None


def test_a_copy_counts_once_its_original_is_gone(told: Article) -> None:
    copy = article(source("mirror"), told.title, TOLD, hours=1)
    Article.objects.filter(pk=copy.pk).update(stage=Stage.COPY, story=told.story_id)
    material = _material(told)
    assert material is not None
    assert [one.publisher for one in material.articles] == ["Paper"]
    Article.objects.filter(pk=told.pk).update(stage=Stage.OFF_TOPIC, story=None)
    material = _material(told)
    assert material is not None
    assert [one.publisher for one in material.articles] == ["Mirror"]


def test_what_is_forgotten_is_no_longer_told(told: Article) -> None:
    forget.articles([told.pk])
    assert _material(told) is None
    assert _asked() == []


def test_what_is_a_readers_own_is_kept_apart(told: Article) -> None:
    reader = User.objects.create_user("ada@bank.example")
    own = article(source("own", owner=reader), "Our bank tries an AI model", "It reads letters.", hours=2)
    place([own.pk], NOON + DAY)
    for _ in range(2):
        assert [one.title for one in _asked()] == [told.title]
        mine = stories.candidates(NOON + DAY, 2 * DAY, Scope(owner=reader.pk))
        assert [one.title for one in mine] == [own.title]
