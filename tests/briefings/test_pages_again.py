"""Pages kept whole: after anything that changes them readers see what they would if the page were made anew."""

from __future__ import annotations

import gc
import gzip
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from types import FunctionType, ModuleType

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from briefings import bodies
from briefings.models import Brief, Correction, Edition, Lens, Notice
from briefings.schemas import SourceRef
from briefings.templatetags import parts, stories
from briefings.web import again, kept
from ingest.models import Source
from tests.briefings import factories, rows
from tests.briefings.test_web_pages import body
from users.kept import Kept
from users.models import Profile, User

pytestmark = pytest.mark.django_db
# The last is the second at which a page was made that looks again for an answer without scripts.
NEW = re.compile(
    r'name="csrfmiddlewaretoken" value="(\w+)"|this is the copy of ([^<]+)\.<|\?\d+(?=#conversation)'
)


def forget() -> None:
    """As a web process is that has just been started."""
    again.forget()
    bodies.forget()
    parts.forget()
    stories._kept.clear()
    for one in (kept._shared, kept._lens, kept._texts):
        one.cache_clear()


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def lead(ada: User) -> Brief:
    return factories.edition_of_two(ada, timezone.now().date()).items.get(rank=1).brief


@pytest.fixture
def paths(lead: Brief) -> tuple[str, str]:
    return "/today/", f"/brief/{lead.pk}/"


def shown(client: Client, path: str) -> str:
    """The page without what each answer has anew."""
    response = client.get(path)
    assert response.status_code == 200
    return NEW.sub("", body(response))


def rendered(client: Client, path: str) -> bool:
    return any(one.name == "base.html" for one in client.get(path).templates)


def _held(thing: object) -> list[object]:
    """All that it consists of, but for classes and what is made once for everybody."""
    found: dict[int, object] = {}
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if id(one) not in found and not isinstance(one, (type, ModuleType, FunctionType)):
            found[id(one)] = one
            waiting += gc.get_referents(one)
    return list(found.values())


def test_what_a_page_is_known_by_is_small_beside_it(page: Client, paths: tuple[str, str], ada: User) -> None:
    """What is kept is counted without its key: that must not hold the sources and all that a reader said."""
    for path in paths:
        page.get(path)
    assert len(again._pages.values) == 2
    for key, one in again._pages.values.items():
        held = _held(key)
        assert not [part for part in held if isinstance(part, (SourceRef, Model))]
        assert sum(map(sys.getsizeof, held)) < one.size / 3, "of an edition of two stories"
    for kept_story in (*stories._kept.values, *parts._kept.values):
        assert not [part for part in _held(kept_story) if isinstance(part, (SourceRef, Model))]


def _correct(brief: Brief) -> Correction:
    first = brief.body["headline"]
    article = first["citations"][0]["article"]
    now = timezone.now()
    return Correction.objects.create(
        brief=brief,
        article_id=article,
        kind=Correction.Kind.CHANGED,
        from_revision=1,
        to_revision=2,
        changed_at=now,
        noticed_at=now,
        struck=[{"where": "headline", "text": first["text"], "article": article, "why": "It changed."}],
    )


def _notice(page: Client, brief: Brief) -> None:
    edition = Edition.objects.get()
    Notice.objects.create(reader=edition.reader, correction=_correct(brief), edition=edition)


def _another_lens(page: Client, brief: Brief) -> None:
    lens = Lens.objects.get()
    lens.body["why_it_matters"][0]["text"] = "Written anew for this reader."
    lens.save()


def _lost_source(page: Client, brief: Brief) -> None:
    user = Edition.objects.get().reader
    Source.objects.create(
        url="https://own.example/feed",
        title="Her own",
        owner=user,
        failures=9,
        error="gone",
        last_success_at=timezone.now() - timedelta(days=30),
    )


def _rewritten(page: Client, brief: Brief) -> None:
    brief.body["headline"]["text"] = "Another headline altogether"
    brief.save()


TODAY, BRIEF = "/today/", "/brief/"
CHANGES: dict[str, tuple[Callable[[Client, Brief], object], set[str]]] = {
    "read": (lambda page, brief: page.post(f"/brief/{brief.pk}/read/", {"read": "1"}), {TODAY, BRIEF}),
    "saved": (lambda page, brief: page.post(f"/brief/{brief.pk}/save/"), {BRIEF}),
    "feedback": (
        lambda page, brief: page.post(f"/brief/{brief.pk}/feedback/", {"act": "more"}),
        {TODAY, BRIEF},
    ),
    "corrected": (lambda page, brief: _correct(brief), {TODAY, BRIEF}),
    "told of a correction": (_notice, {TODAY, BRIEF}),
    "another lens": (_another_lens, {TODAY, BRIEF}),
    "rewritten": (_rewritten, {TODAY, BRIEF}),
    "another hour": (lambda page, brief: Profile.objects.update(hour=9), {TODAY}),
    "staff": (lambda page, brief: User.objects.update(is_staff=True), {TODAY, BRIEF}),
    "another reason": (
        lambda page, brief: (
            Edition.objects.get().items.filter(brief=brief).update(why=["for another reason"])
        ),
        {TODAY, BRIEF},
    ),
    "a story less": (lambda page, brief: Edition.objects.get().items.exclude(brief=brief).delete(), {TODAY}),
    "for another role": (lambda page, brief: Edition.objects.update(role="investor"), {TODAY}),
    "a feed": (lambda page, brief: page.post("/feed/renew/"), {TODAY}),
    "a source renamed": (
        lambda page, brief: Source.objects.filter(title="OpenAI News").update(title="OpenAI Newsroom"),
        {TODAY, BRIEF},
    ),
    "a source lost": (_lost_source, {TODAY}),
    "shared": (lambda page, brief: page.post(f"/brief/{brief.pk}/share/"), {BRIEF}),
    "asked about": (
        lambda page, brief: page.post(f"/brief/{brief.pk}/ask/", {"question": "What does it cost?"}),
        {BRIEF},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_shown_after_a_change_is_what_would_be_made_anew(
    page: Client, lead: Brief, paths: tuple[str, str], change: str
) -> None:
    before = {path: shown(page, path) for path in paths}
    assert {path: shown(page, path) for path in paths} == before
    act, changed = CHANGES[change]
    act(page, lead)
    after = {path: shown(page, path) for path in paths}
    forget()
    anew = {path: shown(page, path) for path in paths}
    assert after == anew
    for path in paths:
        if any(path.startswith(one) for one in changed):
            assert after[path] != before[path], path


def test_a_page_that_comes_again_is_not_rendered(page: Client, paths: tuple[str, str]) -> None:
    for path in paths:
        assert rendered(page, path)
        assert not rendered(page, path)


def test_the_same_brief_is_rendered_for_each_reader_apart(page: Client, lead: Brief) -> None:
    ben = rows.reader("ben@bank.example")
    rows.ready_edition(ben, timezone.now().date(), [(lead, Lens.objects.get())])
    other = Client()
    other.force_login(ben)
    page.post(f"/brief/{lead.pk}/save/")
    for path in ("/today/", f"/brief/{lead.pk}/"):
        page.get(path)
        assert rendered(other, path)
    assert "✓ Saved" in shown(page, f"/brief/{lead.pk}/")
    assert "✓ Saved" not in shown(other, f"/brief/{lead.pk}/")
    stranger = Client()
    stranger.force_login(rows.reader("cal@bank.example"))
    assert stranger.get(f"/brief/{lead.pk}/").status_code == 404


def test_who_signs_out_sees_nothing_of_what_is_kept(page: Client, paths: tuple[str, str]) -> None:
    for path in paths:
        page.get(path)
    page.logout()
    for path in paths:
        assert page.get(path).status_code == 302


def test_compressed_or_not_it_says_the_same(page: Client, paths: tuple[str, str]) -> None:
    for path in paths:
        plain = [shown(page, path) for _ in range(2)]
        packed = [page.get(path, headers={"accept-encoding": "gzip, br"}) for _ in range(30)]
        for one in packed:
            assert one.headers["Content-Encoding"] == "gzip"
            assert int(one.headers["Content-Length"]) == len(one.content)
            text = gzip.decompress(one.content).decode()
            assert NEW.sub("", text) == plain[0] == plain[1]
        assert len({len(one.content) for one in packed}) > 5  # the length tells nothing
        assert "Accept-Encoding" in packed[0].headers["Vary"]


def test_each_answer_has_a_token_of_its_own_which_opens(ada: User, paths: tuple[str, str]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    for path in paths:
        pages = [body(browser.get(path)) for _ in range(3)]
        tokens = [{found[0] for found in NEW.findall(text) if found[0]} for text in pages]
        assert [len(one) for one in tokens] == [1, 1, 1]
        assert len(set.union(*tokens)) == 3
        for text, (token,) in zip(pages, tokens, strict=True):
            assert again.TOKEN not in text
            assert text.count(token) == len(re.findall(r'<form[^>]* method="post"', text))
    save = f"{paths[1]}save/"
    assert browser.post(save, {"csrfmiddlewaretoken": token}).status_code == 302
    assert browser.post(save, {"csrfmiddlewaretoken": "x" * 64}).status_code == 403


def test_a_token_is_not_compressed_and_nothing_refers_to_it(page: Client, paths: tuple[str, str]) -> None:
    for path in paths:
        page.get(path)
        packed = page.get(path, headers={"accept-encoding": "gzip"}).content
        (token,) = {found[0] for found in NEW.findall(gzip.decompress(packed).decode()) if found[0]}
        assert packed.count(token.encode()) == gzip.decompress(packed).count(token.encode())


def test_it_says_when_it_was_made_in_the_readers_zone(page: Client, paths: tuple[str, str]) -> None:
    Profile.objects.update(time_zone="Asia/Tokyo")
    for path in paths:
        for _ in range(2):
            before = timezone.now().astimezone(UTC).replace(second=0, microsecond=0)
            (said,) = (found[1] for found in NEW.findall(body(page.get(path))) if found[1])
            times = {f"{(before + timedelta(hours=9, minutes=more)):%H:%M, %A %-d %B}" for more in (0, 1)}
            assert said in times


def test_what_is_said_once_is_said_once(page: Client, paths: tuple[str, str]) -> None:
    for path in paths:
        text, storage, carrier = shown(page, path), CookieStorage(RequestFactory().get(path)), HttpResponse()
        storage.add(messages.INFO, "Said only once.")
        storage.update(carrier)
        page.cookies["messages"] = carrier.cookies["messages"].value
        assert "Said only once." in shown(page, path)
        assert shown(page, path) == text


def test_another_language_is_another_page(page: Client, paths: tuple[str, str]) -> None:
    for path in paths:
        page.get(path)
        User.objects.update(language="de")
        assert 'lang="de"' in body(page.get(path))
        assert not rendered(page, path)
        User.objects.update(language="")
        assert 'lang="en"' in body(page.get(path))


def test_another_day_is_another_page(page: Client, ada: User, lead: Brief) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    rows.ready_edition(ada, yesterday, [(lead, None)])
    assert shown(page, "/today/") != shown(page, f"/edition/{yesterday}/")


def test_an_edition_that_is_being_prepared_is_not_kept(page: Client, ada: User) -> None:
    edition = Edition.objects.create(reader=ada, local_date=timezone.now().date(), state="queued")
    for _ in range(2):
        assert "Being prepared" in body(page.get("/today/"))
    edition.delete()
    factories.edition_of_two(ada, timezone.now().date())
    assert "Being prepared" not in body(page.get("/today/"))


def test_a_page_again_costs_few_questions(page: Client, paths: tuple[str, str]) -> None:
    for path, most in zip(paths, (8, 6), strict=True):
        page.get(path)
        with CaptureQueriesContext(connection) as asked:
            page.get(path)
        assert len(asked) <= most


def test_no_more_is_kept_than_fits() -> None:
    pages = Kept[int, again._Ready](10_000, again._pages.weight)
    for number in range(100):
        html = f"<p>{number:_<900}</p>the time<p>{again.TOKEN}</p>"
        pages.put(number, again._Ready.of(html, "the time"))
        assert 900 * len(pages.values) < pages.weighs <= 10_000
    assert pages.find(99)
    assert not pages.find(0)
