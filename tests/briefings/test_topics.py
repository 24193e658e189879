"""Topics: what a story tells of, the pages that follow it over time, and whose eyes see which."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from briefings import read, tasks
from briefings.models import StoryTopic, TopicsRead
from briefings.topics import follow, link, pages, spelling
from briefings.topics.named import topics_of
from ingest import stories
from ingest.models import Source, Story
from tests.briefings import factories, rows
from users.models import Profile, User

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def told(title: str, text: str, days_ago: int = 0, owner: User | None = None, publisher: str = "") -> Story:
    """A story of one article, of a reader's own source where it has an owner."""
    at = NOW - timedelta(days=days_ago)
    story = Story.objects.create(title=title, happened_at=at, last_at=at, score=9.0, owner=owner)
    source = rows.source(publisher or f"{'Own' if owner else 'Public'} Paper")
    Source.objects.filter(pk=source.pk).update(owner=owner)
    rows.article(story, source, title, [text], at)
    return story


def linked(*made: Story) -> None:
    for story in made:
        assert link.link(story.pk)


def names(story: Story) -> dict[str, str]:
    return dict(StoryTopic.objects.filter(story=story).values_list("name", "kind"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OpenAI", "Open AI"),
        ("GPT-5 mini", "gpt-5-mini"),
        ("GPT‑5", "GPT-5"),
        ("Nvidia Corp.", "NVIDIA"),
        ("Google DeepMind", "DeepMind"),
        ("Federal Trade Commission", "FTC"),
        ("Anthropic's", "Anthropic"),
    ],
)
def test_spellings_of_one_name_are_one_topic(one: str, other: str) -> None:
    assert spelling.key(one) == spelling.key(other) != ""
    assert spelling.key(spelling.slug(one)) == spelling.key(one)


@pytest.mark.parametrize(
    ("one", "other"), [("GPT-4.1", "GPT-41"), ("GPT-5", "GPT-5 mini"), ("Meta", "Metal")]
)
def test_other_names_are_other_topics(one: str, other: str) -> None:
    assert spelling.key(one) != spelling.key(other)


def test_it_finds_the_company_the_model_its_sizes_and_the_concern() -> None:
    brief, _ = factories.launch()
    linked(brief.story)
    found = names(brief.story)
    assert {"OpenAI", "ChatGPT"} <= {name for name, kind in found.items() if kind == "name"}
    assert {"GPT-5", "GPT-5 mini"} <= {name for name, kind in found.items() if kind == "model"}
    assert "prices and limits" not in found or found["prices and limits"] == "concern"
    assert not {"API", "Thursday", "Benchmarks Weekly", "The Evening Ledger"} & found.keys()


def test_a_person_is_one_topic_by_the_full_name() -> None:
    text = (
        "Sam Altman said on Monday that prices fall. Altman added that he expects more. Altman was in Paris."
    )
    story = told("Altman expects cheaper models", text)
    linked(story)
    assert names(story)["Sam Altman"] == "person"


@pytest.mark.parametrize(
    "title",
    [
        "Machine Learning Comes to the Browser",
        "How Large Language Models Work",
        "Introducing Our New API",
        "Reflections on Open Source and the Future of Work",
        "Fixed Remote Control and Added Dark Mode",
    ],
)
def test_generic_words_are_no_topic(title: str) -> None:
    story = told(title, "It is about how such models are made, what they cost and who uses them at work.")
    material = stories.material(story.pk)
    assert material is not None
    assert [one.name for one in topics_of(material) if one.kind != "concern"] == []


def test_one_story_makes_no_page_and_two_do(page: Client) -> None:
    linked(told("OpenAI opens an office in Munich", "OpenAI hires there."))
    assert page.get("/topics/openai/").status_code == 404
    linked(told("Open AI closes an office", "Open AI leaves.", days_ago=3))
    shown = body(page.get("/topics/openai/"))
    assert "2 stories since" in shown
    assert shown.index("opens an office in Munich") < shown.index("closes an office"), "the newest first"


def test_it_tells_of_days_origins_updates_and_where_to_read(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada)
    launch, weights = (item.brief for item in edition.items.select_related("brief__story"))
    Story.objects.filter(pk=launch.story_id).update(version=2)
    linked(launch.story, weights.story, told("OpenAI <b>moves</b>", "OpenAI moves to Munich."))
    shown = body(page.get("/topics/openai/"))
    assert f'href="/brief/{launch.pk}/"' in shown
    assert "OpenAI releases GPT-5 to every ChatGPT user" in shown, "as the brief puts it"
    assert "3 stories since" in shown
    assert "3 origins" in shown
    assert shown.count(">Update</span>") == 1
    assert 'href="https://public-paper.example/openai-&lt;b&gt;moves&lt;/b&gt;"' in shown
    assert "<b>moves" not in shown
    assert "August 2025" in shown
    assert "Thu 7 Aug" in shown


def test_days_are_those_of_the_reader(ada: User, page: Client) -> None:
    Profile.objects.filter(user=ada).update(time_zone="Pacific/Auckland")
    made = [told("OpenAI opens an office", "OpenAI hires."), told("OpenAI hires more", "OpenAI hires.")]
    Story.objects.filter(pk__in=[one.pk for one in made]).update(
        last_at=rows.NOON.replace(hour=23), happened_at=rows.NOON.replace(hour=23)
    )
    linked(*made)
    shown = body(page.get("/topics/openai/"))
    assert "Fri 8 Aug" in shown
    assert "8 August 2025" in shown


def test_it_goes_on_by_a_cursor_and_skips_and_repeats_nothing(page: Client) -> None:
    made = [told(f"OpenAI announces deal {number:02}", "OpenAI deals.", number // 3) for number in range(65)]
    linked(*made)
    seen: list[str] = []
    address = "/topics/openai/"
    for _ in range(3):
        shown = body(page.get(address))
        seen += re.findall(r"deal (\d\d)", shown)
        onward = re.search(r'href="(\?after=[^"]+)" rel="next"', shown)
        address = f"/topics/openai/{onward[1]}" if onward else ""
    assert sorted(seen) == sorted({f"{number:02}" for number in range(65)})
    assert address == ""
    for wrong in ("nonsense", "20250807T100000.0_%00"):
        assert "deal 00" in body(page.get(f"/topics/openai/?after={wrong}")), "such a cursor is the beginning"


@pytest.mark.parametrize("spelled", ["Open-AI", "open ai", "OPENAI"])
def test_a_topic_has_one_address(page: Client, spelled: str) -> None:
    linked(told("OpenAI opens", "OpenAI hires."), told("OpenAI hires", "OpenAI opens."))
    assert page.get(f"/topics/{spelled}/").headers["Location"] == "/topics/openai/"


def test_what_own_sources_tell_is_their_owners_alone(page: Client, ada: User) -> None:
    linked(
        told("Tangerine Robotics raises money", "This week Tangerine Robotics said how much.", owner=ada),
        told("Tangerine Robotics hires", "Last week Tangerine Robotics said whom.", 1, owner=ada),
        told("OpenAI opens", "OpenAI hires."),
        told("OpenAI secretly hires", "OpenAI hires.", owner=ada),
        told("OpenAI hires", "OpenAI opens."),
    )
    cal = Client()
    cal.force_login(rows.reader("cal@else.example"))
    assert "Tangerine Robotics raises money" in body(page.get("/topics/tangerine-robotics/"))
    assert "Your source" in body(page.get("/topics/openai/"))
    assert "3 stories" in body(page.get("/topics/openai/"))
    assert "Tangerine" in body(page.get("/topics/"))
    for path in ("", "follow/", "unfollow/"):
        assert cal.get(f"/topics/tangerine-robotics/{path}").status_code == 404
    assert cal.post("/topics/tangerine-robotics/follow/").status_code == 404
    assert "secretly" not in body(cal.get("/topics/openai/"))
    assert "2 stories" in body(cal.get("/topics/openai/"))
    assert "Tangerine" not in body(cal.get("/topics/"))


def test_two_stories_of_which_one_is_anothers_make_no_page(page: Client, ada: User) -> None:
    linked(told("OpenAI opens", "OpenAI hires."), told("OpenAI hires", "OpenAI.", owner=ada))
    cal = Client()
    cal.force_login(rows.reader("cal@else.example"))
    assert page.get("/topics/openai/").status_code == 200
    assert cal.get("/topics/openai/").status_code == 404


def test_of_the_sample_a_reader_sees_what_they_had(page: Client, ada: User) -> None:
    brief = factories.weights(sample=True)
    linked(brief.story, told("OpenAI opens", "OpenAI hires."))
    assert page.get("/topics/openai/").status_code == 404
    rows.ready_edition(ada, factories.MORNING, [(brief, None)], sample=True)
    assert ">Sample</span>" in body(page.get("/topics/openai/"))


def test_following_puts_it_among_the_interests_and_undoing_takes_it_out(page: Client, ada: User) -> None:
    Profile.objects.filter(user=ada).update(interests="chip export rules, Mistral")
    linked(told("OpenAI opens", "OpenAI hires."), told("OpenAI hires", "OpenAI opens."))
    assert "Follow this topic" in body(page.get("/topics/openai/"))
    for _ in range(2):  # twice changes nothing
        assert page.post("/topics/openai/follow/").headers["Location"] == "/topics/openai/"
        assert Profile.objects.get(user=ada).interests == "chip export rules, Mistral, OpenAI"
    assert "✓ Following" in body(page.get("/topics/openai/"))
    page.post("/topics/openai/unfollow/")
    assert Profile.objects.get(user=ada).interests == "chip export rules, Mistral"


def test_it_says_when_there_is_no_room_for_another_interest(page: Client, ada: User) -> None:
    full = "x" * 995
    Profile.objects.filter(user=ada).update(interests=full)
    linked(told("OpenAI opens", "OpenAI hires."), told("OpenAI hires", "OpenAI opens."))
    assert "as long as they may be" in body(page.post("/topics/openai/follow/", follow=True))
    assert Profile.objects.get(user=ada).interests == full


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Open AI", ""),
        ("open ai, chips", "chips"),
        ("chips; OpenAI; Mistral", "chips; Mistral"),
        ("what OpenAI does", "what OpenAI does"),
    ],
)
def test_only_an_interest_that_is_the_topic_goes(written: str, left: str) -> None:
    assert follow.without_topic(written, "openai") == left


def test_a_story_names_for_each_reader_just_the_topics_that_have_a_page_for_them(ada: User) -> None:
    cal = rows.reader("cal@else.example")
    launch, sample = factories.launch()[0], factories.weights(sample=True)
    rows.ready_edition(ada, factories.MORNING, [(sample, None)], sample=True)
    linked(launch.story, sample.story, told("ChatGPT grows", "ChatGPT grows.", owner=cal))
    known = set(StoryTopic.objects.filter(story=launch.story).values_list("name", flat=True))
    reading, shown = read.public_reading(launch.pk), {}
    assert reading
    for reader in (ada, cal):
        (told_to,) = pages.with_topics(reader, [reading])
        shown[reader.email] = {one.name for one in told_to.topics}
        assert shown[reader.email] == {name for name in known if pages.topic(reader, name)}
    assert "OpenAI" in shown[ada.email] - shown[cal.email]
    assert "ChatGPT" in shown[cal.email] - shown[ada.email]


def test_a_brief_and_an_edition_name_the_topics_that_have_a_page(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada)
    launch, weights = (item.brief for item in edition.items.select_related("brief__story"))
    linked(launch.story, weights.story)
    for path in (f"/brief/{launch.pk}/", "/edition/2025-08-07/"):
        shown = body(page.get(path))
        assert '<a href="/topics/openai/">OpenAI</a>' in shown
        assert "/topics/chatgpt/" not in shown, "one story alone makes no page"


def test_stories_still_name_their_topics_after_something_is_said(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada)
    launch, weights = (item.brief for item in edition.items.select_related("brief__story"))
    linked(launch.story, weights.story)
    said = {"act": "more", "at": "2025-08-07"}
    live = body(page.post(f"/brief/{launch.pk}/feedback/", said, headers={"HX-Request": "true"}))
    assert live.count('<a href="/topics/openai/">OpenAI</a>') == 2


def test_pages_need_few_queries(
    page: Client, ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    edition = factories.edition_of_two(ada)
    linked(*(item.brief.story for item in edition.items.select_related("brief__story")))
    for path in (f"/brief/{edition.items.get(rank=1).brief_id}/", "/edition/2025-08-07/", "/topics/openai/"):
        with django_assert_max_num_queries(12):
            page.get(path)


def test_the_sweep_links_what_is_worth_telling_or_was_briefed_and_the_command_the_rest() -> None:
    old, new = told("OpenAI opens", "OpenAI hires.", 40), told("OpenAI hires", "OpenAI opens.")
    trifle = told("OpenAI sneezes", "OpenAI sneezed.")
    Story.objects.filter(pk=trifle.pk).update(score=0.0)
    brief = factories.weights()
    tasks.sweep_topics()
    assert set(TopicsRead.objects.values_list("story", flat=True)) == {new.pk, brief.story_id}
    call_command("topics")
    assert set(TopicsRead.objects.values_list("story", flat=True)) == {new.pk, brief.story_id, old.pk}


def test_a_story_that_goes_on_is_read_again_and_only_then() -> None:
    story = told("OpenAI opens an office", "OpenAI hires.")
    tasks.sweep_topics()
    assert not link.due(NOW).exists()
    rows.article(story, rows.source("Public Paper"), "Anthropic answers OpenAI", ["Anthropic opens one too."])
    Story.objects.filter(pk=story.pk).update(version=2)
    tasks.sweep_topics()
    assert {"OpenAI", "Anthropic"} <= names(story).keys()
    assert StoryTopic.objects.filter(story=story, key="openai").count() == 1


def test_a_story_that_is_gone_is_nobodys_topic() -> None:
    assert not link.link("0123456789abcdef")


def test_the_index_names_what_is_told_most_lately(page: Client) -> None:
    assert "No topic yet" in body(page.get("/topics/"))
    linked(*(told(f"Anthropic does thing {number}", "Anthropic does.", number) for number in range(3)))
    linked(*(told(f"OpenAI does thing {number}", "OpenAI does.", number) for number in range(2)))
    linked(*(told(f"Mistral does thing {number}", "Mistral does.", 40 + number) for number in range(5)))
    shown = body(page.get("/topics/"))
    assert shown.index("Anthropic") < shown.index("OpenAI")
    assert "Mistral" not in shown
    assert page.get("/topics/mistral/").status_code == 200


@pytest.mark.parametrize("path", ["/topics/", "/topics/openai/", "/topics/openai/follow/"])
def test_a_visitor_is_asked_to_sign_in(path: str) -> None:
    assert Client().get(path).headers["Location"] == f"/accounts/login/?next={path}"


def test_who_leaves_takes_the_topics_of_own_stories_along(ada: User) -> None:
    linked(told("OpenAI opens", "OpenAI hires.", owner=ada))
    ada.delete()
    assert not StoryTopic.objects.exists()
    assert pages.LEAST == 2
