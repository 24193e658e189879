"""What a phone asks for, answered as the pages and commands answer."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from briefings import read
from briefings.feedback import challenge
from briefings.models import Brief, Correction, Edition, Saved, Share, State
from ingest.models import Source, Story
from tests.api.device import Device, device_of, problem
from tests.briefings import rows
from users.models import Profile, User

pytestmark = pytest.mark.django_db


def test_today_is_the_contracts_edition(phone: Device, ada: User, edition: Edition) -> None:
    answer = phone.get("/editions/today")
    assert answer.status_code == 200, answer.content
    out = io.StringIO()
    call_command("edition", ada.email, "--date", str(edition.local_date), "--json", stdout=out)
    assert answer.json() == json.loads(out.getvalue())
    assert phone.get(f"/editions/{edition.local_date}").json() == answer.json()


def test_today_says_what_it_waits_for(phone: Device, ada: User) -> None:
    problem(phone.get("/editions/today"), 404, "edition_not_asked")
    asked = phone.post("/editions/today")
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    waiting = phone.get("/editions/today")
    problem(waiting, 404, "edition_preparing")
    assert waiting.headers["Retry-After"] == "2"
    Edition.objects.update(state=State.FAILED)
    problem(phone.get("/editions/today"), 404, "edition_failed")


def test_a_reader_without_a_profile_is_told_to_have_one_first() -> None:
    phone = device_of(User.objects.create_user("new@bank.example"))
    for answer in (phone.get("/editions/today"), phone.post("/editions/today"), phone.get("/profile")):
        problem(answer, 409, "no_profile")
    told = problem(phone.patch("/profile", {"role": "cto"}), 422, "invalid")
    assert told["errors"][0]["field"] == "body.industry"
    made = phone.patch("/profile", {"role": "cto", "industry": "finance", "time_zone": "Asia/Kathmandu"})
    assert made.status_code == 200, made.content
    assert (made.json()["hour"], made.json()["days"]) == (7, [1, 2, 3, 4, 5, 6, 7])
    problem(phone.get("/editions/today"), 404, "edition_preparing")


def test_the_profile_changes_as_on_the_page(phone: Device, ada: User) -> None:
    assert phone.get("/profile").json()["daily_email"] is True
    changed = phone.patch("/profile", {"daily_email": False, "days": [1, 3], "interests": "open weights"})
    assert changed.status_code == 200, changed.content
    assert changed.json() == phone.get("/profile").json()
    row = Profile.objects.get(user=ada)
    assert (row.digest, row.days, row.interests, row.role) == (False, [1, 3], "open weights", "cto")
    for wrong in ({"role": "pope"}, {"time_zone": "Mars"}, {"hour": 24}, {"days": [9]}, {"unknown": 1}):
        problem(phone.patch("/profile", wrong), 422, "invalid")
    slugs = [one["slug"] for one in phone.get("/profile/choices").json()["roles"]]
    assert "cto" in slugs


def test_the_digest_comes_weekly_pauses_and_goes_on(phone: Device, ada: User) -> None:
    told = phone.get("/profile").json()
    assert (told["rhythm"], told["round_up_day"], told["paused_until"]) == ("daily", 5, None)
    until = str(timezone.now().date() + timedelta(days=14))
    changed = phone.patch("/profile", {"rhythm": "weekly", "round_up_day": 1, "paused_until": until})
    assert changed.status_code == 200, changed.content
    assert changed.json() == phone.get("/profile").json()
    row = Profile.objects.get(user=ada)
    assert (row.weekly, row.round_up_day, str(row.paused_until)) == (True, 1, until)
    assert phone.patch("/profile", {"hour": 8}).json()["paused_until"] == until, "left out, it stays"
    assert phone.patch("/profile", {"paused_until": None}).json()["paused_until"] is None
    assert Profile.objects.get(user=ada).paused_until is None
    far = str(timezone.now().date() + timedelta(days=400))
    wrongs = ({"rhythm": "hourly"}, {"round_up_day": 8}, {"paused_until": far}, {"paused_until": "soon"})
    for wrong in wrongs:
        problem(phone.patch("/profile", wrong), 422, "invalid")


def test_an_answer_is_told_once_and_then_by_its_tag(phone: Device, edition: Edition) -> None:
    first = phone.get("/editions/today")
    tag = first.headers["ETag"]
    again = phone.get("/editions/today", If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    problem(Device("wrong").get("/editions/today", If_None_Match=tag), 401, "unauthenticated")
    problem(Device("wrong").get("/editions/today", If_None_Match="*"), 401, "unauthenticated")
    listed = phone.get("/editions")
    assert phone.get("/editions", If_None_Match=f'"x", {listed.headers["ETag"]}').status_code == 304


def test_an_answer_is_packed_for_who_takes_that(phone: Device, edition: Edition) -> None:
    plain = phone.get("/editions/today")
    packed = phone.get("/editions/today", Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["Cache-Control"] == "private, no-cache"


def test_a_correction_changes_the_edition_at_once(phone: Device, edition: Edition, brief: Brief) -> None:
    tag = phone.get("/editions/today").headers["ETag"]
    _correct(brief)
    answer = phone.get("/editions/today", If_None_Match=tag)
    assert answer.status_code == 200
    assert answer.json()["items"][0]["brief"]["headline"]["struck"] is True


def test_fields_are_those_asked_for(phone: Device, edition: Edition, brief: Brief) -> None:
    told = phone.get("/editions/today?fields=headline,takeaways").json()
    assert [set(one["brief"]) for one in told["items"]] == [{"id", "headline", "takeaways"}] * 2
    assert set(phone.get(f"/briefs/{brief.pk}?fields=cost").json()) == {"id", "cost"}
    problem(phone.get(f"/briefs/{brief.pk}?fields=cost,secrets"), 422, "invalid")


def test_editions_are_listed_the_newest_first_by_pages(phone: Device, ada: User, edition: Edition) -> None:
    items = [(one.brief, None) for one in edition.items.all()]
    for back in range(1, 5):
        rows.ready_edition(ada, edition.local_date - timedelta(days=back), items[:1])
    dates, path = [], "/editions?limit=2"
    while path:
        told = phone.get(path).json()
        dates += [one["date"] for one in told["items"]]
        path = told["next"] and f"/editions?limit=2&cursor={told['next']}"
    assert dates == [str(edition.local_date - timedelta(days=back)) for back in range(5)]
    problem(phone.get("/editions?cursor=WzFd"), 422, "invalid")
    for none in ("2025-02-30", "2001-01-01"):
        problem(phone.get(f"/editions/{none}"), 404, "not_found")


def test_a_brief_is_the_contracts_document_with_its_evidence(
    phone: Device, edition: Edition, brief: Brief
) -> None:
    told = phone.get(f"/briefs/{brief.pk}").json()
    assert told == phone.get("/editions/today").json()["items"][0]["brief"]
    evidence = phone.get(f"/briefs/{brief.pk}/evidence").json()["items"]
    assert evidence[0]["claim"] == told["headline"]["text"]
    one = phone.get(f"/briefs/{brief.pk}/evidence/{evidence[0]['mark']}").json()
    assert one["excerpts"][0]["quote"] == told["headline"]["citations"][0]["quote"]
    assert one["change"] is None
    problem(phone.get(f"/briefs/{brief.pk}/evidence/999"), 404, "not_found")
    _correct(brief)
    assert phone.get(f"/briefs/{brief.pk}/evidence/1").json()["change"]["kind"] == "changed"


def test_a_sentence_that_readers_had_struck_says_so_in_its_evidence(
    phone: Device, ada: User, edition: Edition, brief: Brief
) -> None:
    brief.body["takeaways"][0]["text"] = wrong = "OpenAI gave GPT-5 to all of its 900 million weekly users."
    brief.save()
    (mark,) = [
        one["mark"]
        for one in phone.get(f"/briefs/{brief.pk}/evidence").json()["items"]
        if one["claim"] == wrong
    ]
    reading = read.reading_for(ada, brief.pk)
    assert reading
    said = challenge.said(ada, reading, mark)
    assert said
    challenge.challenge(ada, said, "", timezone.now())
    told = phone.get(f"/briefs/{brief.pk}/evidence/{mark}")
    assert told.status_code == 200, told.content
    assert told.json()["change"]["kind"] == "challenged"
    assert phone.get(f"/briefs/{brief.pk}/evidence").status_code == 200
    assert phone.get(f"/briefs/{brief.pk}").json()["takeaways"][0]["struck"] is True
    assert phone.get("/sync").status_code == 200


def test_saving_may_be_repeated(phone: Device, edition: Edition, brief: Brief) -> None:
    for _ in range(2):
        assert phone.put(f"/saved/{brief.pk}").status_code == 204
    (kept,) = phone.get("/saved").json()["items"]
    assert (kept["brief"], kept["date"]) == (brief.pk, str(edition.local_date))
    for _ in range(2):
        assert phone.delete(f"/saved/{brief.pk}").status_code == 204
    assert not Saved.objects.exists()
    problem(phone.put("/saved/none"), 404, "not_found")
    problem(phone.delete("/saved/none"), 404, "not_found")


def test_it_finds_what_the_page_finds(phone: Device, edition: Edition, brief: Brief) -> None:
    (hit, *_) = phone.get("/search?q=SWE-bench").json()["items"]
    assert hit["brief"] == brief.pk
    assert any(piece["found"] for piece in hit["excerpt"])
    problem(phone.get("/search?q="), 422, "invalid")
    problem(phone.get("/search"), 422, "invalid")


def test_a_share_is_made_once_listed_and_revoked(phone: Device, edition: Edition, brief: Brief) -> None:
    made = phone.post("/shares", {"brief": brief.pk})
    assert made.status_code == 201, made.content
    assert phone.post("/shares", {"brief": brief.pk}).json() == made.json()
    listed = phone.get("/shares", Accept_Encoding="gzip")
    assert listed.json()["items"] == [made.json()]
    assert listed.headers["Cache-Control"] == "no-store"
    assert "/s/" in made.json()["url"]
    assert phone.delete(f"/shares/{made.json()['id']}").status_code == 204
    problem(phone.delete(f"/shares/{made.json()['id']}"), 404, "not_found")
    Story.objects.filter(briefs=brief).update(owner=User.objects.get())
    problem(phone.post("/shares", {"brief": brief.pk}), 409, "private_brief")
    assert not Share.objects.exists()


def test_own_sources_are_listed_imported_exported_and_removed(phone: Device, ada: User) -> None:
    outlines = (
        '<outline type="rss" text="A" xmlUrl="https://a.example/feed"/><outline xmlUrl="ftp://b.example/"/>'
    )
    opml = f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()
    taken = _raw(phone, "/sources/import", opml, "text/x-opml")
    assert taken.status_code == 200, taken.content
    assert taken.json()["added"] == ["https://a.example/feed"]
    assert len(taken.json()["refused"]) == 1
    (source,) = phone.get("/sources").json()["items"]
    assert (source["title"], source["state"]) == ("A", "new")
    exported = phone.get("/sources/export")
    assert b"https://a.example/feed" in exported.content
    assert exported.headers["Content-Type"].startswith("text/x-opml")
    problem(phone.post("/sources", {"url": "http://10.0.0.1/feed"}), 422, "invalid")
    assert phone.delete(f"/sources/{source['id']}").status_code == 204
    problem(phone.delete(f"/sources/{source['id']}"), 404, "not_found")
    assert not Source.objects.filter(owner=ada).exists()


def test_what_is_no_list_of_feeds_is_refused(phone: Device) -> None:
    problem(_raw(phone, "/sources/import", b"no", "text/x-opml"), 422, "invalid")
    problem(_raw(phone, "/sources/import", b"<opml/>", "image/png"), 415, "unsupported_type")
    problem(_raw(phone, "/sources/import", b" " * 1_100_000, "text/x-opml"), 413, "too_large")


def test_spending_is_the_readers_own(phone: Device) -> None:
    assert phone.get("/spending").json() == {"usd": "0.000000", "by_purpose": [], "questions": None}


def test_everything_is_there_to_take_along(phone: Device, edition: Edition) -> None:
    answer = phone.post("/account/export")
    assert answer.headers["Content-Type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert f"editions/{edition.local_date}.json" in packed.namelist()
    assert "Phone" in packed.read("devices.json").decode()


def test_an_account_is_deleted_by_its_address_alone(phone: Device, ada: User, edition: Edition) -> None:
    assert phone.put(f"/saved/{edition.items.all()[0].brief_id}").status_code == 204
    problem(phone.post("/account/delete", {"email": "ben@fund.example"}), 422, "invalid")
    assert phone.post("/account/delete", {"email": "Ada@Bank.example"}).status_code == 204
    assert not User.objects.exists()
    problem(phone.get("/editions/today"), 401, "unauthenticated")


def test_bodies_that_cannot_be_read_say_why(phone: Device) -> None:
    problem(_raw(phone, "/shares", b"{", "application/json"), 400, "malformed")
    problem(_raw(phone, "/shares", b"[" * 100_000, "application/json"), 400, "malformed")
    problem(_raw(phone, "/shares", b"brief=x", "application/x-www-form-urlencoded"), 415, "unsupported_type")
    problem(_raw(phone, "/shares", b"{}", "application/json; charset=utf-16"), 415, "unsupported_type")
    problem(_raw(phone, "/shares", b'"' + b"x" * 3_000_000 + b'"', "application/json"), 413, "too_large")
    problem(_raw(phone, "/shares", b'{"brief": "\\ud800"}', "application/json"), 422, "invalid")


def test_every_answer_has_an_id_and_every_miss_our_words(phone: Device) -> None:
    problem(phone.get("/nothing/here"), 404, "not_found")
    told = phone.put("/editions/today")
    problem(told, 405, "method_not_allowed")
    assert set(told.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert phone.get("/devices", X_Request_ID="my-request-1").headers["X-Request-ID"] == "my-request-1"
    assert phone.get("/devices", X_Request_ID="bad id\n").headers["X-Request-ID"] != "bad id\n"


def _raw(phone: Device, path: str, body: bytes, kind: str) -> Any:
    from django.test import Client

    headers = {"Authorization": f"Bearer {phone.token}"}
    return Client().generic("POST", f"/api/v1{path}", body, kind, headers=headers)


def _correct(brief: Brief) -> None:
    headline = brief.body["headline"]["text"]
    article, revision = brief.articles[0]
    strike = {"where": "headline", "text": headline, "article": article, "why": "the figure is another"}
    Correction.objects.create(
        brief=brief,
        article_id=article,
        from_revision=revision,
        to_revision=revision + 1,
        publisher="OpenAI News",
        title="GPT-5 is here",
        struck=[strike],
        major=True,
        changed_at=timezone.now(),
    )
