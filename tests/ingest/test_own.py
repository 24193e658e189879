"""Readers' own sources: apart from everybody's and from each other's, and gone without a trace when removed."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ingest import own, run, stories
from ingest.filtered import filtered
from ingest.models import Article, Source, Stage, Story
from ingest.place import place
from ingest.refresh import refresh
from ingest.scope import PUBLIC, Scope
from ingest.split import hold_stories
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest import newsroom
from tests.ingest.newsroom import NOON, article, source
from tests.ingest.test_commands import run as command
from users.models import User

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LAUNCH = (
    "Anthropic released Claude Opus 4.1 on Tuesday and said the model scores 74.5 percent on SWE-bench Verified."
    " It is sold at the same price as Opus 4, through the API and on Amazon Bedrock."
)
TITLE = "Anthropic releases Claude Opus 4.1"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@bank.example")


@pytest.fixture
def ben() -> User:
    return User.objects.create_user("ben@fund.example")


def settle() -> None:
    place(list(Article.objects.order_by("pk").values_list("pk", flat=True)), NOON + DAY)


def told(scope: Scope) -> list[tuple[str, ...]]:
    return [one.publishers for one in stories.candidates(NOON + DAY, 2 * DAY, scope)]


def test_own_articles_join_no_story_of_others_and_are_no_copies_of_theirs(ada: User, ben: User) -> None:
    for name, owner in (("public", None), ("ada", ada), ("ben", ben)):
        # The very same item everywhere: the strongest reason there is to put articles together.
        article(source(name, owner=owner), TITLE, LAUNCH, url="https://lab.example/opus")
    settle()
    assert set(Article.objects.values_list("stage", flat=True)) == {Stage.PLACED}
    assert Story.objects.count() == 3
    assert set(Story.objects.values_list("owner", "origins")) == {(None, 1), (ada.pk, 1), (ben.pk, 1)}
    assert (told(PUBLIC), told(Scope(owner=ada.pk)), told(Scope(owner=ben.pk))) == (
        [("Public",)],
        [("Ada",)],
        [("Ben",)],
    )


def test_a_run_tells_nobody_the_address_of_an_own_source_that_fails(web: WebServer, ada: User) -> None:
    Source.objects.create(url=web.url("/secret-project"), owner=ada)
    Source.objects.create(url="http://secret.invalid/feed", owner=ada)
    text, status = command("ingest", "--all", "--json")
    assert status == 1
    failed = json.loads(text)["failed"]
    assert {one["url"] for one in failed} == {"a reader's own source"}
    assert sorted(one["error"] for one in failed) == ["dns", "not_found"], (
        "codes: the words may name the host"
    )
    assert "secret" not in text


def test_the_log_names_an_own_source_by_its_key(
    web: WebServer, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with connection.cursor() as cursor:  # a rule of the database that nothing before it knows of
        cursor.execute("ALTER TABLE ingest_article ADD CONSTRAINT odd CHECK (title <> 'Odd')")
    web.put("/secret-new", rss(item("A title")))
    web.redirect("/secret-old", web.url("/secret-new"), 301)
    own = Source.objects.create(url=web.url("/secret-old"), owner=ada)
    for day in range(4):
        refresh(own.pk, timezone.now() + day * DAY, force=True)
    own.refresh_from_db()
    assert own.url == web.url("/secret-new")
    (told,) = [one.getMessage() for one in caplog.records if one.name in ("ingest.refresh", "ingest.take")]
    assert told == f"own source {own.pk} has moved"
    caplog.clear()
    web.put("/secret-new", rss(item("Odd")))
    assert refresh(own.pk, timezone.now(), force=True).code == "unstorable"
    assert f"own source {own.pk} could not be saved" in caplog.text
    assert "secret" not in caplog.text


def test_own_sources_of_one_reader_tell_stories_together(ada: User) -> None:
    article(source("first", owner=ada), TITLE, LAUNCH)
    article(source("second", owner=ada), f"{TITLE} for coding", f"Reporters add: {LAUNCH}", hours=2)
    settle()
    story = Story.objects.get()
    assert story.owner == ada
    assert story.articles.count() == 2


def test_an_own_article_stored_beside_a_public_one_is_no_copy(ada: User, web: WebServer) -> None:
    body = rss(item(TITLE, "https://lab.example/opus", LAUNCH, guid="1"))
    Source.objects.create(url=web.put("/public", body))
    Source.objects.create(url=web.put("/own", body), owner=ada)
    run.ingest(
        list(Source.objects.order_by("pk").values_list("pk", flat=True)), NOON + DAY, True, lambda _: None
    )
    assert not Article.objects.filter(stage=Stage.COPY).exists()
    assert Story.objects.count() == 2


def test_one_address_may_be_everybodys_and_each_readers_but_once(ada: User, ben: User) -> None:
    for owner in (None, ada, ben):
        Source.objects.create(url="https://a.example/f", owner=owner)
        with pytest.raises(IntegrityError), transaction.atomic():
            Source.objects.create(url="https://a.example/f", owner=owner)


def test_commands_tell_nothing_of_own_sources(ada: User, web: WebServer) -> None:
    mine = web.put("/secret", rss(item(TITLE, "https://lab.example/secret", LAUNCH)))
    own.add_address(ada.pk, mine, any_topic=False)
    command("ingest", "--all")
    assert Story.objects.get().owner == ada
    for words in (
        command("stories", "--json")[0],
        command("sources", "list", "--json")[0],
        command("sources", "export")[0],
        command("sources", "check")[0],
        command("brief", "--role", "cto", "--industry", "finance", "--story", Story.objects.get().pk)[0],
        command("brief", "--role", "cto", "--industry", "finance", "--date", "2025-08-08")[0],
    ):
        assert "secret" not in words
        assert TITLE not in words


def test_what_is_read_for_everybody_is_not_read_again(ada: User, web: WebServer) -> None:
    url = web.put("/f", rss(item(TITLE)))
    Source.objects.create(url=url)
    assert own.add_address(ada.pk, url, any_topic=False).added.known == (url,)
    assert Source.objects.count() == 1


def test_a_reader_has_room_for_so_many_and_no_more(ada: User) -> None:
    Source.objects.bulk_create(Source(url=f"https://{n}.example/f", owner=ada) for n in range(own.MOST - 1))
    feed = '<outline type="rss" xmlUrl="https://{0}.example/f"/>'
    body = f'<opml version="2.0"><body>{feed.format("new1")}{feed.format("new2")}</body></opml>'
    with pytest.raises(own.TooMany, match="199 sources"):
        own.add_list(ada.pk, body.encode())
    assert Source.objects.count() == own.MOST - 1
    body = f'<opml version="2.0"><body>{feed.format("new1")}{feed.format("7")}</body></opml>'
    added = own.add_list(ada.pk, body.encode())
    assert (len(added.new), len(added.known)) == (1, 1)


def test_own_lists_go_out_and_come_in_with_titles_and_kinds(ada: User, ben: User) -> None:
    Source.objects.create(url="https://a.example/f", title="The A", kind="policy", owner=ada)
    Source.objects.create(url="https://b.example/f", title="The public B")
    own.add_list(ben.pk, own.as_opml(ada.pk).encode())
    assert list(ben.sources.values_list("url", "title", "kind")) == [
        ("https://a.example/f", "The A", "policy")
    ]


def test_removing_a_source_leaves_what_others_tell(ada: User, ben: User) -> None:
    first, second = source("first", owner=ada), source("second", owner=ada)
    article(first, TITLE, LAUNCH)
    article(second, f"{TITLE} for coding", f"Reporters add: {LAUNCH}", hours=2)
    article(first, "Mistral raises 1.7 billion euros", "The French AI company said so on Monday.", hours=1)
    settle()
    assert Story.objects.count() == 2
    assert not own.remove(ben.pk, first.pk)
    assert Source.objects.count() == 2
    assert own.remove(ada.pk, first.pk)
    settle()
    story = Story.objects.get()
    assert [one.source for one in story.articles.all()] == [second]
    assert (story.title, story.origins) == (f"{TITLE} for coding", 1)


def test_a_copy_counts_once_its_original_is_removed(ada: User) -> None:
    first, second = source("first", owner=ada), source("second", owner=ada)
    article(first, TITLE, LAUNCH, url="https://lab.example/opus")
    copy = article(second, TITLE, LAUNCH, url="https://lab.example/opus", hours=1)
    settle()
    copy.refresh_from_db()
    assert copy.stage == Stage.COPY
    assert own.remove(ada.pk, first.pk)
    settle()
    copy.refresh_from_db()
    assert (copy.stage, copy.duplicate_of, copy.story) == (Stage.PLACED, None, Story.objects.get())
    assert told(Scope(owner=ada.pk)) == [("Second",)]


@pytest.mark.django_db(transaction=True)
def test_a_source_is_not_removed_while_articles_are_being_placed(ada: User) -> None:
    mine = source("first", owner=ada)
    article(mine, TITLE, LAUNCH)
    settle()

    def remove() -> None:
        try:
            own.remove(ada.pk, mine.pk)
        finally:
            connection.close()

    removing = threading.Thread(target=remove)
    with transaction.atomic():
        hold_stories()
        removing.start()
        removing.join(0.5)
        assert removing.is_alive()
    removing.join(20)
    assert not Source.objects.exists()
    assert not Story.objects.exists()


def test_nothing_of_a_deleted_reader_is_left(ada: User, ben: User) -> None:
    for owner in (ada, ben, None):
        article(source(f"paper{owner.pk if owner else ''}", owner=owner), TITLE, LAUNCH)
    settle()
    ada.delete()
    assert set(Story.objects.values_list("owner", flat=True)) == {None, ben.pk}
    assert set(Source.objects.values_list("owner", flat=True)) == {None, ben.pk}
    assert Article.objects.count() == 2


def test_articles_of_a_deleted_story_are_placed_anew() -> None:
    one = article(source("paper"), TITLE, LAUNCH)
    settle()
    Story.objects.get().delete()
    one.refresh_from_db()
    assert (one.stage, one.story) == (Stage.READ, None)
    settle()
    assert Story.objects.get().articles.get() == one


def test_what_the_gate_kept_out_is_told_to_everybody_but_of_own_sources_to_their_owner(
    ada: User, ben: User
) -> None:
    article(source("public"), "The ten best mattresses", hours=1)
    article(source("mine", owner=ada), "A diner opens in Hollywood", hours=2)
    article(source("sample", sample=True), "A sample of nothing", hours=3)
    article(source("old"), "Long ago", hours=-24 * 30)
    settle()

    def titles(reader: User) -> list[str]:
        return [one.title for one in filtered(reader.pk, newsroom.NOON + DAY)]

    assert titles(ada) == ["A diner opens in Hollywood", "The ten best mattresses"]
    assert titles(ben) == ["The ten best mattresses"]
    assert filtered(ben.pk, NOON + DAY)[0].relevance_reason


def test_a_list_of_own_sources_is_apart_in_json_too(ada: User) -> None:
    Source.objects.create(url="https://a.example/f", owner=ada)
    assert json.loads(command("sources", "list", "--json")[0]) == []
