"""A reader's edition: chosen for them, frozen once ready, and never the same story twice without news in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from briefings import edition
from briefings.models import Edition, State
from ingest import place
from ingest.models import Article
from tests.briefings import rows as make
from tests.ingest import newsroom
from users.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 8, 7, 20, tzinfo=UTC)
TODAY, TOMORROW = date(2025, 8, 7), date(2025, 8, 8)

LAUNCH = (
    "Harbor Labs releases the open-weight model Tern 5 for hospitals",
    "Harbor Labs released Tern 5 on Thursday, an open-weight language model that hospitals can run on their own "
    "machines. Tern 5 reads a patient's record of 400 pages in 9 seconds, according to Harbor Labs. "
    "The licence allows commercial use without a fee.",
)
RULES = (
    "European Parliament passes the AI Safety Act with fines of up to 4 percent of revenue",
    "The European Parliament passed the AI Safety Act on Thursday by 312 votes to 180. Providers of large AI models "
    "must report serious incidents within 72 hours. Fines reach 4 percent of a company's yearly revenue.",
)
CAVE = (
    "Harbor Labs trains its open-weight model Tern 5 on the bones of an unknown human ancestor",
    "Harbor Labs trained the open-weight model Tern 5 on scans of bones from a cave near Porto, two universities said "
    "on Thursday. Students carried the boxes. "
    + " ".join(
        f"Tern 5 {what}."
        for what in (
            "sorted 1,550 bones within nine days",
            "found that 15 skeletons lay in one chamber",
            "put the age of the oldest skull at 300,000 years",
            "mistook a bear's rib for a human one in 12 cases",
            "measured the curve of each finger",
            "compared the feet with those of 40 living people",
            "drew the path by which the dead were carried in",
            "ruled out that water had moved them",
            "counted no tools beside the bones",
            "read the scans at a hundredth of a millimetre",
            "left 31 fragments without a name",
            "agreed with the diggers about every jaw",
            "placed the wrist near that of modern people",
            "described shoulders made for climbing",
            "gave the brain the size of an orange",
            "dated the sand above the bones as well",
            "marked three teeth as those of a child",
            "joined the halves of a broken thigh",
        )
    ),
)


@pytest.fixture
def ada() -> User:
    return make.reader("ada@bank.example", role="cto", industry="healthcare")


def publish(story: tuple[str, str], at: datetime) -> Article:
    title, text = story
    hours = (at - newsroom.NOON) / timedelta(hours=1)
    return newsroom.article(newsroom.source(f"gazette-{Article.objects.count()}"), title, text, hours=hours)


def prepared(user: User, day: date, now: datetime) -> Edition:
    row = edition.request(user, day)
    assert edition.prepare(row.pk, now) is not None
    row.refresh_from_db()
    return row


def headlines(row: Edition) -> list[str]:
    return [item.brief.body["headline"]["text"] for item in row.items.select_related("brief")]


def told(at: datetime, *stories: tuple[str, str]) -> None:
    place.place([publish(story, at).pk for story in stories], at)


def test_it_is_filled_from_the_days_stories_and_frozen(ada: User) -> None:
    told(NOW - timedelta(hours=3), LAUNCH, RULES)
    row = prepared(ada, TODAY, NOW)
    assert sorted(headlines(row)) == sorted([LAUNCH[0], RULES[0]])
    assert row.state == State.READY
    assert all(item.why for item in row.items.all())
    assert edition.request(ada, TODAY).state == State.READY
    assert edition.prepare(row.pk, NOW) is None


def test_closeness_is_no_reason_where_the_lens_finds_little_in_the_story() -> None:
    teacher = make.reader("tom@school.example", role="educator", industry="energy")
    told(NOW - timedelta(hours=3), CAVE, RULES)
    found, _ = edition.candidates_at(NOW)
    candidates = [one for one in found if one.title == CAVE[0]]
    (choice,) = edition.chosen(candidates, False, edition.reader_of("educator", "energy"), "", NOW, 1)
    assert "Close to your work as Educator: teaching and learning" in choice.why
    items = prepared(teacher, TODAY, NOW).items.select_related("brief", "lens")
    (item,) = [one for one in items if one.brief.body["headline"]["text"] == CAVE[0]]
    assert "Little in this story" in item.lens.body["why_it_matters"][0]["text"]
    assert item.why
    assert not [reason for reason in item.why if reason.startswith("Close to")]


def test_a_story_comes_again_only_when_it_has_news(ada: User) -> None:
    told(NOW - timedelta(hours=3), LAUNCH, RULES)
    prepared(ada, TODAY, NOW)
    second = (
        "Tern 5 by Harbor Labs, the open-weight model for hospitals, fails a hospital's first safety test"
    )
    text = (
        "The open-weight model Tern 5 of Harbor Labs failed a safety test in 31 of 200 cases on Thursday. "
        "Harbor Labs said it would repair Tern 5 for hospitals within a week."
    )
    later = NOW + timedelta(hours=12)
    told(later - timedelta(hours=1), (second, text))
    assert RULES[0] not in headlines(prepared(ada, TOMORROW, later))
    assert len(headlines(Edition.objects.get(local_date=TOMORROW))) == 1


def test_a_day_without_news_is_an_empty_edition(ada: User) -> None:
    told(NOW - timedelta(days=9), LAUNCH)
    row = prepared(ada, TODAY, NOW)
    assert headlines(row) == []
    assert row.state == State.READY


def test_an_empty_edition_that_was_never_sent_is_filled_when_news_comes(ada: User) -> None:
    told(NOW - timedelta(days=9), LAUNCH)
    prepared(ada, TODAY, NOW)
    told(NOW - timedelta(hours=1), RULES)
    Article.objects.filter(title=RULES[0]).update(first_seen=NOW + timedelta(minutes=1))
    assert headlines(prepared(ada, TODAY, NOW)) == [RULES[0]]


def test_own_news_takes_the_place_of_the_sample_where_there_is_no_other(ada: User) -> None:
    bundled = newsroom.source("bundled", sample=True)
    place.place([newsroom.article(bundled, *LAUNCH, hours=5).pk], NOW)
    assert prepared(ada, TODAY, NOW).sample
    mine = newsroom.source("mine", owner=ada)
    place.place([newsroom.article(mine, *RULES, hours=7).pk], NOW)
    assert headlines(prepared(ada, TODAY, NOW)) == [RULES[0]]
    quiet = prepared(ada, TODAY + timedelta(days=9), NOW + timedelta(days=9))
    assert (headlines(quiet), quiet.sample) == ([], False)


def test_before_anything_is_read_it_waits(ada: User) -> None:
    row = edition.request(ada, TODAY)
    assert edition.prepare(row.pk, NOW) is None
    row.refresh_from_db()
    assert row.state == State.QUEUED
    assert row.due_at is not None


GUIDE = (
    "Claude and ChatGPT: everything you need to know about prompts",
    "Anthropic's Claude and OpenAI's ChatGPT answer better when told what they are for. Say it twice.",
)


def test_what_is_no_news_fills_no_day_and_is_not_looked_at_all_day(ada: User) -> None:
    told(NOW - timedelta(hours=3), GUIDE)
    row = prepared(ada, TODAY, NOW)
    assert (headlines(row), row.sample) == ([], False)
    Edition.objects.update(prepared_at=timezone.now() - timedelta(hours=2))
    Article.objects.update(first_seen=timezone.now() - timedelta(hours=4))
    assert edition.request(ada, TODAY).state == State.READY, "nothing has come since"
    late = publish(RULES, NOW - timedelta(hours=1))
    place.place([late.pk], NOW)
    Article.objects.filter(pk=late.pk).update(first_seen=timezone.now(), happened_at=timezone.now())
    assert edition.request(ada, TODAY, ahead=True).state == State.QUEUED


def test_an_edition_that_nobody_asks_for_is_not_made_over_and_over(ada: User) -> None:
    told(NOW - timedelta(days=9), LAUNCH)
    assert headlines(prepared(ada, TODAY, NOW)) == []
    told(NOW - timedelta(hours=1), RULES)
    Edition.objects.update(prepared_at=timezone.now())
    Article.objects.update(first_seen=timezone.now(), happened_at=timezone.now())
    assert edition.request(ada, TODAY, ahead=True).state == State.READY, "it was looked at a moment ago"
    assert edition.request(ada, TODAY).state == State.QUEUED, "but somebody asks"
