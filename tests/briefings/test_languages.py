"""Ada reads in English, Ben in German: the same brief, and neither ever gets a page or a mail of the other's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail as mails
from django.test import Client
from django.utils import timezone, translation

from briefings import digest, edition, feed, letters, share
from briefings.models import Brief, Edition, EditionItem, PushSubscription
from briefings.push import plan, send
from briefings.web import shell
from tests.api.device import Device, device_of
from tests.briefings import factories, rows
from tests.briefings.pushed import EIGHT, pushes, turned_on
from tests.briefings.test_web_pages import body
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.push_service import Phone, PushService
from users import language, taxonomy
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["pushes"]


@pytest.fixture
def ben(brief: Brief) -> User:
    """Of the same role and industry, with the same brief and lens in his edition, and spoken to in German."""
    ben = rows.reader("ben@bank.example")
    ben.language = "de"
    ben.save()
    row = EditionItem.objects.get(brief=brief)
    rows.ready_edition(ben, row.edition.local_date, [(brief, row.lens)])
    return ben


def as_(user: User, **headers: str) -> Client:
    client = Client(headers={name.replace("_", "-"): value for name, value in headers.items()})
    client.force_login(user)
    return client


@pytest.mark.parametrize("german_first", [True, False])
def test_the_same_brief_is_kept_for_each_language(
    brief: Brief, ada: User, ben: User, german_first: bool
) -> None:
    """What is rendered once for all readers is rendered once for all of a language."""
    day = Edition.objects.filter(reader=ada).get().local_date
    for path in (f"/brief/{brief.pk}/", f"/edition/{day}/", f"/brief/{brief.pk}/evidence/1/"):
        both = [as_(ben), as_(ada)] if german_first else [as_(ada), as_(ben)]
        shown = [body(client.get(path)) for client in both]
        german, english = shown if german_first else reversed(shown)
        assert '<html lang="de">' in german
        assert '<html lang="en">' in english
        assert 'lang="en"' not in english.replace('<html lang="en">', "")
        if "evidence" not in path:
            assert "Für Sie" in german
            assert "For you" not in german
            assert "For you" in english
        for word in ("Schließen", "Quelle", "Belegstelle", "Speichern", "Warum", "Ursprung"):
            assert word not in english
        for word in ("Source:", "More or less", "Mark unread", "The brief says", "Why it is", "outlets"):
            assert word not in german


def test_what_a_brief_says_stays_in_its_language_and_is_marked(brief: Brief, ben: User) -> None:
    shown = body(as_(ben).get(f"/brief/{brief.pk}/"))
    assert f'<h1 lang="en">{brief.body["headline"]["text"]}</h1>' in shown
    assert '<blockquote lang="en">' in shown
    assert "<h2>Unterm Strich</h2>" in shown
    assert ". August 2025, " in shown, "dates are written as in German"


def test_a_page_says_its_language_and_a_cache_is_told(brief: Brief, ada: User) -> None:
    share.make(ada, brief.pk)
    path = "/s/" + share.mine(ada)[0].url.partition("/s/")[2]
    for address in (path, "/", "/offline/", "/accuracy/"):
        german = Client(headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).get(address)
        english = Client(headers={"Accept-Language": "fr,en;q=0.5"}).get(address)
        assert [german.headers["Content-Language"], english.headers["Content-Language"]] == ["de", "en"]
        assert '<html lang="de">' in body(german)
        assert '<html lang="en">' in body(english)
        assert "Accept-Language" in german.headers["Vary"]


def test_a_page_that_reads_no_cookie_reads_none_for_the_language(brief: Brief, ada: User, ben: User) -> None:
    share.make(ada, brief.pk)
    path = "/s/" + share.mine(ada)[0].url.partition("/s/")[2]
    client = as_(ben)
    client.cookies["language"] = "de"
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert '<html lang="en">' in body(answer)
    assert "Cookie" not in answer.headers["Vary"]


@pytest.mark.parametrize("said", ["", "*", "xx-klingon", "de" * 300, "en;q=0", "de;q=abc", "\x00"])
def test_whatever_a_browser_asks_for_it_gets_a_page(said: str) -> None:
    assert Client(headers={"Accept-Language": said}).get("/").status_code == 200


def test_where_a_cookie_was_read_a_cache_is_told(ben: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    plain = client.get("/nowhere/")
    client.cookies["language"] = "de"
    chosen = client.get("/nowhere/")
    assert ['<html lang="de">' in body(one) for one in (plain, chosen)] == [False, True]
    for answer in (plain, chosen, as_(ben).get("/nowhere/")):
        assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


def test_a_form_that_was_too_old_is_refused_in_the_readers_language(ben: User) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    assert '<html lang="en">' in body(strict.post("/settings/"))
    strict.cookies["language"] = "de"
    assert '<html lang="de">' in body(strict.post("/settings/"))
    reader = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    reader.force_login(ben)
    refused = reader.post("/settings/")
    assert refused.status_code == 403
    assert '<html lang="de">' in body(refused)
    assert "Cookie" in refused.headers["Vary"]
    assert '<html lang="en">' in body(reader.post("/admin/login/"))


def test_the_readers_own_choice_outweighs_the_browser(ada: User, ben: User) -> None:
    for path in ("/settings/", "/nowhere/", "/brief/0123456789abcdef/"):
        assert '<html lang="de">' in body(as_(ben, Accept_Language="en").get(path))
    assert '<html lang="de">' in body(as_(ada, Accept_Language="de").get("/settings/")), "she has chosen none"
    answer = as_(ada, Accept_Language="de").post("/settings/", {**_settings(), "language": "en"}, follow=True)
    assert "Saved. It counts" in body(answer)
    assert User.objects.get(pk=ada.pk).language == "en"
    assert '<html lang="en">' in body(as_(ada, Accept_Language="de").get("/settings/"))


def _settings() -> dict[str, Any]:
    return {"role": "cto", "industry": "finance", "time_zone": "UTC", "hour": "7", "days": ["1"]}


def test_another_language_is_another_readers_to_what_the_browser_kept(ben: User) -> None:
    """So it forgets the copies in the old one, and keeps its worker, which pushes come to."""
    client = as_(ben, Accept_Language="en")

    def mark(path: str = "/settings/") -> str:
        return str(client.get(path).headers[shell.READER])

    def choose(code: str) -> Any:
        answer = client.post("/settings/", {**_settings(), "language": code})
        assert "Clear-Site-Data" not in answer.headers
        return answer

    german = mark()
    choose("de")
    assert mark() == german
    choose("en")
    assert User.objects.get(pk=ben.pk).language == "en"
    english = mark()
    assert english != german
    assert choose("xx").status_code == 200
    assert mark() == english
    choose("de")
    assert mark() == german
    User.objects.filter(pk=ben.pk).update(language="", is_staff=True, is_superuser=True)
    assert mark() == english, "the browser's"
    client.cookies["language"] = "de"
    assert mark() == german, "chosen in this browser"
    assert mark("/spending/") == german, "a page that is English for all throws nothing away"


def test_who_comes_anew_is_spoken_to_as_they_were_when_they_came() -> None:
    cal = User.objects.create_user("cal@bank.example")
    client = as_(cal, Accept_Language="de")
    assert "Wer liest?" in body(client.get("/welcome/"))
    client.post("/language/", {"language": "en"})
    assert "Who is reading?" in body(client.get("/welcome/"))
    client.post("/welcome/", _settings())
    cal.refresh_from_db()
    assert cal.language == "en"


def test_programs_and_those_who_run_the_service_read_english(ben: User) -> None:
    User.objects.filter(pk=ben.pk).update(is_staff=True)
    client = as_(ben, Accept_Language="de")
    for path in ("/status/", "/spending/", "/api/v1/docs"):
        assert '<html lang="en">' in body(client.get(path)), path
    problem = client.get("/api/v1/editions/2026-01-01", headers={"Accept": "application/json"}).json()
    assert problem["title"].isascii()
    assert (
        problem["title"]
        == client.get("/api/v1/editions/2026-01-01", headers={"Accept-Language": "en"}).json()["title"]
    )


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(server.url.rsplit(":", 1)[1])
        yield server


def test_the_mail_is_in_the_readers_language(mail: MailServer) -> None:
    ben = rows.reader("ben@bank.example", time_zone="UTC", hour=7)
    User.objects.filter(pk=ben.pk).update(language="de")
    factories.edition_of_two(ben, EIGHT.date())
    assert digest.run(EIGHT).sent == 1
    message = mail.accepted[0]
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    for part in (text.get_content(), html.get_content()):
        assert (
            "Montag, 23. November 2026 · 2 Meldungen" in part.replace("\n", " ")
            or "Montag, 23. November 2026" in part
        )
        assert "Sie sind auf dem neuesten Stand." in part
        assert "Technik" not in part
        for word in ("Unsubscribe", "You are up to date", "Read the brief", "outlets", "Making this edition"):
            assert word not in part
    assert '<html lang="de">' in html.get_content()
    assert translation.get_language() == "en", "nobody else's is made in German"


def test_what_an_app_has_mailed_is_in_the_language_its_reader_chose(ada: User, ben: User) -> None:
    """The API itself speaks English to all, and whether somebody chose a language makes no other answer."""
    answers = [
        Device().post("/auth/code", {"email": user.email}, Accept_Language="fr") for user in (ada, ben)
    ]
    assert [one.status_code for one in answers] == [202, 202]
    assert [set(one.json()) for one in answers] == [{"session"}] * 2
    english, german = mails.outbox
    assert (english.to, german.to) == ([ada.email], [ben.email])
    assert english.subject.endswith("is your Nutgraf code")
    assert german.subject.endswith("ist Ihr Nutgraf-Code")
    assert translation.get_language() == "en"


def test_whoever_asks_for_a_code_it_comes_in_the_language_its_reader_chose(ada: User, ben: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.post("/accounts/login/code/", {"email": ben.email.upper()})
    assert mails.outbox[-1].subject.endswith("ist Ihr Nutgraf-Code")
    assert '<html lang="en">' in body(client.get("/accounts/login/code/confirm/"))
    Client(headers={"Accept-Language": "de"}).post("/accounts/login/code/", {"email": ada.email})
    assert mails.outbox[-1].subject.endswith("ist Ihr Nutgraf-Code"), (
        "she has chosen none, and asks in German"
    )


def test_a_push_is_in_the_readers_language(brief: Brief, ada: User, ben: User, pushes: PushService) -> None:
    """One worker, one batch, Ben between two who read in English."""
    cal = rows.reader("cal@bank.example")
    phones = [pushes.phone() for _ in range(3)]
    for user, phone in zip((ada, ben, cal), phones, strict=True):
        turned_on(user, phone)
        plan.queue([rows.ready_edition(user, EIGHT.date(), [(brief, None)])])
    Edition.objects.filter(local_date=EIGHT.date()).update(created_at=EIGHT.replace(hour=6))
    assert send.batch(EIGHT) == 3
    told = [each for phone in phones for each in phone.told]
    assert {one["title"] for one in told} == {brief.body["headline"]["text"]}, "it stays as it was verified"
    assert [one["lang"] for one in told] == ["en", "de", "en"]
    english, german = told[0]["body"], told[1]["body"]
    assert english == told[2]["body"]
    assert english.startswith("One story, ")
    assert english.endswith(" min")
    assert german.startswith("Eine Meldung, ")
    assert german.endswith(" Min.")
    assert translation.get_language() == "en", "nobody else's is made in German"


def test_a_push_of_a_quiet_day_is_german_throughout(ben: User, pushes: PushService) -> None:
    phone = pushes.phone()
    turned_on(ben, phone)
    plan.queue([rows.ready_edition(ben, EIGHT.date(), [])])
    Edition.objects.filter(local_date=EIGHT.date()).update(created_at=EIGHT.replace(hour=6))
    assert send.batch(EIGHT) == 1
    assert [(one["title"], one["body"]) for one in phone.told] == [
        ("Ein ruhiger Tag in der KI, 23. November", "Nichts war Ihre Zeit wert.")
    ]


def test_a_test_push_speaks_as_editions_will(ada: User, ben: User, pushes: PushService) -> None:
    """Whatever the browser asks for that has it sent."""
    told = []
    for user, asked in ((ada, "de"), (ben, "en")):
        phone = pushes.phone()
        key = turned_on(user, phone).pk
        as_(user, Accept_Language=asked).post(f"/settings/notifications/{key}/test/")
        told += [(one["title"], one["lang"]) for one in phone.told]
    assert told == [("A test from Nutgraf", "en"), ("Ein Test von Nutgraf", "de")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((201, {}, ""), "Ein Test ist unterwegs an Handy."),
        ((410, {}, ""), "kennt dieses Gerät nicht mehr"),
        ((503, {}, ""), "Versuchen Sie es in ein paar Minuten noch einmal."),
        ((400, {}, "BadTopic"), "abgelehnt: the push service answered 400. Schalten Sie"),
        ("drop", "Vielleicht kommt der Test an"),
    ],
)
def test_what_comes_of_a_test_push_is_told_in_german(
    answer: Any, words: str, ben: User, pushes: PushService
) -> None:
    key = turned_on(ben, pushes.phone(), "Handy").pk
    pushes.answers = [answer]
    shown = body(as_(ben).post(f"/settings/notifications/{key}/test/", follow=True))
    assert words in shown
    if "answered 400" in words:
        assert '<span lang="en">the push service answered 400</span>' in shown, "why it is held"


def test_what_cannot_be_pushed_to_is_refused_in_german_and_to_apps_in_english(
    ben: User, pushes: PushService
) -> None:
    client = as_(ben, Accept_Language="en")
    inside = Phone("", "https://10.0.0.8/1")
    told = {"endpoint": inside.endpoint, "keys": inside.keys}
    path = "/settings/notifications/on/"
    said = [client.post(path, each, "application/json").json()["problem"] for each in (told, {})]
    assert said == [
        "Die Adresse führt in ein privates oder reserviertes Netz.",
        "Was der Browser gesendet hat, war nicht zu lesen.",
    ]
    app = device_of(ben)
    problem = app.post("/push/subscriptions", told, Accept_Language="de").json()
    assert problem["errors"][0]["message"] == "it points into a private or reserved network"
    assert not PushSubscription.objects.exists()


def test_a_quiet_day_has_a_german_subject(ben: User) -> None:
    quiet = rows.ready_edition(ben, EIGHT.date(), [])
    assert letters.rendered(quiet).subject == "Ein ruhiger Tag in der KI, 23. November"


def test_an_edition_says_why_in_the_readers_language(ben: User) -> None:
    ben_s = rows.reader("bea@bank.example")
    User.objects.filter(pk=ben_s.pk).update(language="de")
    ben_s.refresh_from_db()
    row = edition.request(ben_s, timezone.now().date())
    made = edition.prepare(row.pk, timezone.now()) or Edition.objects.get(pk=row.pk)
    why = [words for item in made.items.all() for words in item.why]
    assert not [
        words for words in why if words.startswith(("The most", "Reported", "Close to", "First-hand"))
    ]


def test_the_feed_is_in_the_language_of_its_reader(ben: User) -> None:
    feed.renew(ben)
    ben.refresh_from_db()
    path = feed.address(ben).partition("/feed/")[2]
    shown = body(Client().get(f"/feed/{path}"))
    assert "Nutgraf: Ihre Ausgaben" in shown
    assert 'xml:lang="de"' in shown


def test_roles_and_industries_have_german_names_and_keep_their_own() -> None:
    with translation.override("de"):
        assert taxonomy.role("product manager").label == "Produktmanagement"
        assert taxonomy.industry("finance").label == "Finanzwesen"
        assert taxonomy.industry("finance").title == "Finance"


def test_the_workers_version_is_the_same_whoever_asks_first() -> None:
    versions = set()
    for code in ("de", "en"):
        shell._worker.cache_clear()
        with translation.override(code):
            versions.add(shell._worker())
    assert len(versions) == 1


def test_the_manifest_is_in_the_browsers_language() -> None:
    told = Client(headers={"Accept-Language": "de"}).get("/manifest.webmanifest").json()
    assert told["lang"] == "de"
    assert told["shortcuts"][0]["name"] == "Heute"


def test_a_language_is_chosen_by_post_alone_and_leads_to_this_site_alone() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/language/?language=de").status_code == 405
    answer = client.post("/language/", {"language": "de", "next": "https://evil.example/"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    assert client.cookies["language"]["httponly"]
    assert language.current() == "en"
    client.post("/language/", {"language": "../../etc"})
    assert client.cookies["language"].value == "de"
