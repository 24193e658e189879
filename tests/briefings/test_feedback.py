"""Ada marks what she has read, asks for more and less, mutes, sees what that taught and takes it back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from briefings import edition as editions
from briefings.feedback.models import Opened, Signal
from briefings.models import Brief, Edition, EditionItem
from ingest.models import Article, Source
from tests.briefings import factories, rows
from tests.briefings.test_edition import LAUNCH, NOW, RULES, TODAY, TOMORROW, headlines, prepared, told
from users.models import User

pytestmark = pytest.mark.django_db
LIVE = {"HX-Request": "true"}
DAY = f"/edition/{factories.MORNING}/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def cal(brief: Brief) -> Client:
    client = Client()
    client.force_login(rows.reader("cal@else.example"))
    return client


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def says(page: Client, brief: Brief, act: str, **more: str) -> None:
    field = "mute" if ":" in act else "act"
    answer = page.post(f"/brief/{brief.pk}/feedback/", {field: act, **more})
    assert answer.status_code == 302, act


def learned(user: User) -> set[tuple[str, str, str]]:
    return set(Signal.objects.filter(reader=user).values_list("act", "kind", "key"))


# ---------------------------------------------------------------- read and unread


def test_a_brief_is_read_once_it_is_marked_and_the_edition_says_so_in_a_word(
    page: Client, ada: User, brief: Brief
) -> None:
    assert "Read</span>" not in body(page.get(DAY))
    assert page.post(f"/brief/{brief.pk}/read/", {"read": "1"}).headers["Location"] == f"/brief/{brief.pk}/"
    page.post(f"/brief/{brief.pk}/read/", {"read": "1"})
    assert Opened.objects.get().brief == brief
    shown = body(page.get(DAY))
    assert shown.count("✓ Read</span>") == 1
    assert shown.count("Mark unread") == 1
    page.post(f"/brief/{brief.pk}/read/", {"read": "0", "at": str(factories.MORNING)})
    assert not Opened.objects.exists()
    assert "✓ Read" not in body(page.get(DAY))


def test_opening_writes_nothing_by_itself_but_has_htmx_mark_it(page: Client, brief: Brief) -> None:
    shown = body(page.get(f"/brief/{brief.pk}/"))
    assert not Opened.objects.exists(), "what is fetched is not changed by it"
    assert f'hx-post="/brief/{brief.pk}/read/" hx-swap="outerHTML" hx-trigger="load once, submit"' in shown
    live = body(page.post(f"/brief/{brief.pk}/read/", {"read": "1"}, headers=LIVE))
    assert "Mark unread" in live
    assert "load once" not in live
    assert "load once" not in body(page.get(f"/brief/{brief.pk}/"))
    unread = body(page.post(f"/brief/{brief.pk}/read/", {"read": "0"}, headers=LIVE))
    assert "Mark read" in unread
    assert "load once" not in unread, "it would be marked as read again at once"


def test_nobody_marks_or_judges_what_is_not_theirs(cal: Client, ada: User, brief: Brief) -> None:
    for path in (f"/brief/{brief.pk}/", "/brief/0123456789abcdef/"):
        for data in ({"read": "1"}, {"read": "0"}):
            assert cal.post(f"{path}read/", data).status_code == 404
        for act in ("more", "less", "dismiss", "take-back"):
            assert cal.post(f"{path}feedback/", {"act": act}).status_code == 404
        assert cal.post(f"{path}feedback/", {"mute": "name:OpenAI"}).status_code == 404
    assert not Signal.objects.exists()
    assert not Opened.objects.exists()


def test_nobody_undoes_what_others_taught(page: Client, cal: Client, ada: User, brief: Brief) -> None:
    says(page, brief, "more")
    mine = Signal.objects.filter(reader=ada)
    before = mine.count()
    assert cal.post(f"/learned/{mine[0].pk}/forget/").status_code == 404
    for unknown in (999999, "9" * 30):
        assert cal.post(f"/learned/{unknown}/forget/").status_code == 404
    cal.post("/learned/forget/")
    assert mine.count() == before
    assert "GPT-5" not in body(cal.get("/learned/"))
    assert (
        cal.post(f"/brief/{brief.pk}/feedback/", {"act": "more", "at": str(factories.MORNING)}).status_code
        == 404
    )


@pytest.mark.parametrize(
    "path", ["/learned/", "/learned/1/forget/", "/learned/forget/", "/brief/x/read/", "/brief/x/feedback/"]
)
def test_a_visitor_is_asked_to_sign_in(path: str) -> None:
    assert Client().post(path).headers["Location"] == f"/accounts/login/?next={path}"
    live = Client().post(path, headers=LIVE)
    assert (live.status_code, live.headers["HX-Redirect"]) == (204, "/today/")


def test_forms_of_other_sites_teach_nothing(ada: User, brief: Brief) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    for path in (f"/brief/{brief.pk}/read/", f"/brief/{brief.pk}/feedback/", "/learned/forget/"):
        assert strict.post(path, {"act": "more", "read": "1"}).status_code == 403


# ---------------------------------------------------------------- what is learned


def test_more_teaches_names_and_topics_and_less_takes_its_place(
    page: Client, ada: User, brief: Brief
) -> None:
    says(page, brief, "more")
    says(page, brief, "more")
    names = {key for act, kind, key in learned(ada) if (act, kind) == ("more", "name")}
    assert names == {"OpenAI", "GPT-5", "ChatGPT"}
    assert Signal.objects.filter(kind="name").values_list("weight", flat=True)[0] == 1.0
    assert "You asked for more like this." in body(page.get(DAY))
    says(page, brief, "less")
    assert {act for act, _, _ in learned(ada)} == {"less"}
    assert "You asked for less like this." in body(page.get(f"/brief/{brief.pk}/"))
    says(page, brief, "take-back")
    assert learned(ada) == set()


def test_it_says_what_more_and_less_taught(page: Client, ada: User, brief: Brief) -> None:
    says(page, brief, "more")
    taught = re.search(r"You asked for more like this\. Learned: ([^.]+)\. ", body(page.get(DAY)))
    assert taught
    assert {"OpenAI", "GPT-5", "ChatGPT"} <= set(taught[1].split(", "))
    assert set(taught[1].split(", ")) == set(Signal.objects.values_list("label", flat=True))


def test_it_says_that_nothing_was_learned_where_there_is_nothing_to_go_by(
    page: Client, ada: User, brief: Brief
) -> None:
    for text in ("headline", "takeaways", "lead"):
        one = brief.body[text] if text == "headline" else brief.body[text][0]
        one["text"] = "It was a long day for everybody"
        brief.body[text] = one if text == "headline" else [one]
    brief.save()
    Source.objects.update(kind="newsroom")
    path, at = f"/brief/{brief.pk}/feedback/", str(factories.MORNING)
    for act in ("more", "less"):
        assert "Nothing was learned" in body(page.post(path, {"act": act}, follow=True))
        assert "Nothing was learned" in body(page.post(path, {"act": act, "at": at}, follow=True))
        assert 'role="status">Nothing was learned' in body(page.post(path, {"act": act}, headers=LIVE))
        of_day = body(page.post(path, {"act": act, "at": at}, headers=LIVE))
        assert of_day.count('role="status">Nothing was learned') == 1
    assert "Nothing was learned" not in body(page.get(DAY))
    assert not Signal.objects.exists()


def test_only_what_the_brief_tells_of_can_be_muted(page: Client, ada: User, brief: Brief) -> None:
    shown = body(page.get(f"/brief/{brief.pk}/"))
    offered = re.findall(r'name="mute" value="([^"]+)"', shown)
    assert {"name:OpenAI", "name:GPT-5", "name:ChatGPT"} <= set(offered)
    assert {one.partition(":")[0] for one in offered} == {"name", "topic", "source"}
    for about in offered:
        says(page, brief, about)
    assert Signal.objects.filter(act="mute").count() == len(offered)
    for wrong in ("name:Anthropic", "story:x", "name:", "nonsense", "source:999999"):
        assert page.post(f"/brief/{brief.pk}/feedback/", {"mute": wrong}).status_code == 404
    assert page.post(f"/brief/{brief.pk}/feedback/", {"act": "applaud"}).status_code == 404


def test_a_muted_story_is_folded_away_with_an_undo_and_the_edition_stays(
    page: Client, ada: User, brief: Brief
) -> None:
    frozen = list(EditionItem.objects.values_list("rank", "brief", "lens", "why"))
    answer = page.post(f"/brief/{brief.pk}/feedback/", {"mute": "name:GPT-5", "at": str(factories.MORNING)})
    assert answer.headers["Location"] == f"{DAY}#story-{brief.pk}"
    shown = body(page.get(DAY))
    assert "You muted GPT-5." in shown
    assert shown.count("story folded") == 1
    assert "Developers pay" not in shown
    assert f'href="/brief/{brief.pk}/"' in shown, "it can be opened all the same"
    assert "OpenAI publishes two open-weight models" in shown
    assert list(EditionItem.objects.values_list("rank", "brief", "lens", "why")) == frozen
    (undo,) = re.findall(r'action="(/learned/\d+/forget/)"', shown)
    page.post(undo, {"at": str(factories.MORNING), "brief": brief.pk})
    assert "Developers pay" in body(page.get(DAY))
    assert learned(ada) == set()


def test_an_undo_that_names_no_page_leads_to_what_was_learned(page: Client, ada: User, brief: Brief) -> None:
    for at, named in (("brief", "x\x00"), ("2025-08-07\x00", ""), ("", brief.pk)):
        says(page, brief, "dismiss")
        path = f"/learned/{Signal.objects.get().pk}/forget/"
        assert page.post(path, {"at": at, "brief": named}).headers["Location"] == "/learned/"
    says(page, brief, "dismiss")
    path = f"/learned/{Signal.objects.get().pk}/forget/"
    assert page.post(path, {"at": "2020-01-01", "brief": brief.pk}).status_code == 404, (
        "she had none that day"
    )


def test_htmx_gets_the_stories_or_the_part_of_the_brief(page: Client, brief: Brief) -> None:
    path = f"/brief/{brief.pk}/feedback/"
    live = body(page.post(path, {"act": "dismiss", "at": str(factories.MORNING)}, headers=LIVE))
    assert live.startswith('<div id="stories">')
    assert "You said that this story is not relevant." in live
    assert "autofocus" in live
    foot = body(page.post(path, {"act": "more", "at": ""}, headers=LIVE))
    assert foot.startswith('<div id="feedback"')
    assert "You asked for more like this." in foot
    assert "<html" not in live + foot


def test_nobody_floods_what_is_learned(page: Client, brief: Brief) -> None:
    statuses = [page.post(f"/brief/{brief.pk}/feedback/", {"act": "more"}).status_code for _ in range(61)]
    assert statuses[:60] == [302] * 60
    assert statuses[60] == 429


def test_an_edition_and_a_brief_take_no_query_more_than_one_for_all_of_it(
    page: Client, ada: User, brief: Brief, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for act in ("more", "name:OpenAI", "topic:chips and hardware"):
        page.post(f"/brief/{brief.pk}/feedback/", {"mute" if ":" in act else "act": act})
    Edition.objects.update(local_date=timezone.now().date())
    with django_assert_max_num_queries(12):
        page.get("/today/")
    with django_assert_max_num_queries(11):
        page.get(f"/brief/{brief.pk}/")


# ---------------------------------------------------------------- the next edition


@pytest.fixture
def today(ada: User) -> Edition:
    told(NOW - timedelta(hours=3), LAUNCH, RULES)
    return prepared(ada, TODAY, NOW)


AFTER = (
    "Ida Moe becomes chief executive of Harbor Labs",
    "Ida Moe takes over as chief executive of the AI maker Harbor Labs on Monday. She ran a shipyard for nine years. "
    "The founder Jon Lie keeps his seat on the board.",
)
MUSEUM = (
    "Vega Works publishes AI pictures of fjords",
    "Vega Works published a set of 300 pictures on Friday. A language model named each fjord. Visitors vote on them.",
)
COURT = (
    "A court in Oslo fines the maker of a chatbot over its compliance",
    "A court in Oslo fined the maker of the chatbot Ulv on Friday. The judge found that it broke the duties of "
    "providers of AI. The regulator had asked for 2 million euros.",
)


def tomorrow(ada: User) -> Edition:
    """Prepared anew each time."""
    Edition.objects.filter(local_date=TOMORROW).delete()
    return prepared(ada, TOMORROW, NOW + timedelta(hours=12))


def of(edition: Edition, title: str) -> Brief:
    return next(item.brief for item in edition.items.all() if item.brief.body["headline"]["text"] == title)


def choice(edition: Edition) -> list[tuple[int, str, list[str]]]:
    return [(item.rank, item.brief.story_id, item.why) for item in edition.items.all()]


def test_the_next_edition_goes_by_it_says_why_and_undone_is_as_it_was(
    page: Client, ada: User, today: Edition
) -> None:
    told(NOW + timedelta(hours=4), AFTER)
    told(NOW + timedelta(hours=11), MUSEUM, COURT)
    first = tomorrow(ada)
    before = choice(first)
    order = headlines(first)
    assert order.index(AFTER[0]) == 2
    kept, launch = choice(today), of(today, LAUNCH[0])
    says(page, launch, "more")
    after = tomorrow(ada)
    assert headlines(after).index(AFTER[0]) < 2
    reasons = {item.brief.body["headline"]["text"]: " ".join(item.why) for item in after.items.all()}
    assert "You asked for more about Harbor Labs" in reasons[AFTER[0]]
    assert "asked" not in reasons[COURT[0]] + reasons[MUSEUM[0]]
    says(page, launch, "less")
    assert headlines(tomorrow(ada)) == order
    says(page, launch, "name:Harbor Labs")
    assert headlines(tomorrow(ada)) == order[:2]
    assert choice(today) == kept
    page.post("/learned/forget/")
    assert choice(tomorrow(ada)) == before


def test_what_is_not_relevant_does_not_come_back_as_an_update(
    page: Client, ada: User, today: Edition
) -> None:
    second = (
        "Tern 5 by Harbor Labs, the open-weight model for hospitals, fails a hospital's first safety test",
        "The open-weight model Tern 5 of Harbor Labs failed a safety test in 31 of 200 cases on Thursday. "
        "Harbor Labs said it would repair Tern 5 for hospitals within a week.",
    )
    told(NOW + timedelta(hours=10), second, COURT)
    assert len(headlines(tomorrow(ada))) == 2
    says(page, of(today, LAUNCH[0]), "dismiss")
    assert headlines(tomorrow(ada)) == [COURT[0]]


def test_what_only_the_brief_names_is_muted_too(ada: User, page: Client, brief: Brief) -> None:
    """The articles of GPT-5's launch say "we": who muted OpenAI is told of them no more all the same."""
    says(page, brief, "name:OpenAI")
    Article.objects.filter(story=brief.story).update(title="GPT-5 is here", text="GPT-5 is here\n\nToday.")
    made = editions.assemble("cto", "finance", "", rows.NOON + timedelta(hours=2), owner=ada.pk)
    assert brief.story_id not in {one.brief.story_id for one in made.items}


def test_feedback_of_one_reader_changes_nobody_elses_edition(page: Client, ada: User, today: Edition) -> None:
    ben = rows.reader("ben@fund.example", "investor")
    before = choice(prepared(ben, TODAY, NOW))
    says(page, of(today, LAUNCH[0]), "dismiss")
    Edition.objects.filter(reader=ben).delete()
    assert choice(prepared(ben, TODAY, NOW)) == before


# ---------------------------------------------------------------- what was learned


def test_the_page_lists_every_signal_in_words_and_undoes_each(page: Client, ada: User, brief: Brief) -> None:
    assert "Nothing yet" in body(page.get("/learned/"))
    for act in ("more", "dismiss", "name:OpenAI", f"source:{brief.story.articles.earliest('pk').source_id}"):
        says(page, brief, act)
    shown = body(page.get("/learned/"))
    headline = brief.body["headline"]["text"]
    for words in (
        "More about GPT-5",
        "Nothing about OpenAI",
        f"Not relevant: {headline}",
        "Nothing that only OpenAI News tells",
        f'<a href="/brief/{brief.pk}/">{headline}</a>',
    ):
        assert words in shown
    assert shown.count(">Undo</button>") == Signal.objects.count()
    one = Signal.objects.get(kind="name", key="GPT-5")
    assert page.post(f"/learned/{one.pk}/forget/").headers["Location"] == "/learned/"
    assert not Signal.objects.filter(pk=one.pk).exists()
    assert "Forgotten." in body(page.get("/learned/"))
    page.post("/learned/forget/")
    assert "Nothing yet" in body(page.get("/learned/"))
    assert 'href="/learned/"' in body(page.get("/settings/"))


def test_what_was_learned_outlives_its_brief(page: Client, ada: User, brief: Brief) -> None:
    says(page, brief, "more")
    EditionItem.objects.filter(brief=brief).delete()
    brief.delete()
    assert "You said so of: OpenAI releases GPT-5" in body(page.get("/learned/"))


def test_a_headline_of_somebody_elses_words_stays_text(page: Client, ada: User) -> None:
    Signal.objects.create(
        reader=ada,
        act="mute",
        kind="name",
        key="x",
        label="<script>alert(1)</script>",
        headline='"><img src=x onerror=alert(2)>',
        made_at=timezone.now(),
    )
    shown = body(page.get("/learned/"))
    assert "<script>alert" not in shown
    assert "<img" not in shown
