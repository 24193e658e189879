"""Who sees what of reports: the form, the public log, and staff, who uphold, strike and release."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefings import correct
from briefings.feedback import accuracy, challenge
from briefings.feedback.models import Challenge, Report
from briefings.models import Brief, Correction
from ingest.models import Article
from tests.briefings import factories, rows
from tests.briefings.test_challenge import LIVE, PAYS, STANDS, WRONG, as_, body, report, spoil
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def cal(brief: Brief) -> Client:
    return as_(rows.reader("cal@else.example"))


@pytest.fixture
def ben(brief: Brief) -> User:
    """Another reader of the same brief."""
    ben = rows.reader("ben@fund.example", "investor")
    rows.ready_edition(ben, factories.MORNING, [(brief, None)])
    return ben


@pytest.fixture
def operator() -> Client:
    return as_(User.objects.create_superuser("op@example.org", "a long password"))


def test_the_form_is_in_the_sheet_and_on_its_page_and_tells_what_is_wrong(page: Client, brief: Brief) -> None:
    path = f"/brief/{brief.pk}/evidence/6/"
    assert f'hx-get="{path}report/"' in body(page.get(f"/brief/{brief.pk}/"))
    assert "<textarea" in body(page.get(path))
    part = body(page.get(f"{path}report/", headers=LIVE))
    assert part.startswith('<section class="report"')
    assert page.get(f"{path}report/").headers["Location"] == f"{path}#report"
    long = "x" * 501
    refused = page.post(f"{path}report/", {"reason": long})
    assert refused.status_code == 422
    assert "longer than 500 characters" in body(refused)
    assert long in body(refused), "what was typed is still there"
    live = page.post(f"{path}report/", {"reason": long}, headers=LIVE)
    assert (live.status_code, long in body(live)) == (200, True)
    assert not Report.objects.exists()
    assert "It stands" in body(page.post(f"{path}report/", {"reason": "x\r\n" * 250}, headers=LIVE))
    assert Report.objects.get().reason.count("x") == 250


def test_nobody_reports_what_is_not_theirs(page: Client, cal: Client, brief: Brief) -> None:
    for reader, marks in (
        (cal, ("1", "you-1")),
        (page, ("0", "99", "-1", "you-9", "t1-1", "t0-1", "x", "1-1", "9" * 5000, f"t{'9' * 5000}-1")),
    ):
        for mark in marks:
            for method in (reader.get, reader.post):
                assert method(f"/brief/{brief.pk}/evidence/{mark}/report/").status_code == 404, mark
    assert (
        Client()
        .post(f"/brief/{brief.pk}/evidence/1/report/")
        .headers["Location"]
        .startswith("/accounts/login/")
    )
    assert not Challenge.objects.exists()


def test_nobody_reports_all_day_nor_from_another_site(ada: User, page: Client, brief: Brief) -> None:
    path = f"/brief/{brief.pk}/evidence/6/report/"
    assert [page.post(path).status_code for _ in range(11)] == [302] * 10 + [429]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.post(path).status_code == 403


def test_the_log_counts_and_lists_and_says_nothing_of_who(
    page: Client, ada: User, brief: Brief, ben: User
) -> None:
    spoil(brief, "takeaways", 0)
    report(page, brief, WRONG, reason="Nine hundred?")
    report(as_(ben), brief, PAYS, reason="Half of what?")
    rows.edit(Article.objects.get(title=factories.DESK[0]), "700 million people", "800 million people")
    correct.catch_up(timezone.now())
    (now, then) = accuracy.months()
    assert (then.first.year, then.first.month, then.published) == (2025, 8, 24)
    assert (now.challenged, now.upheld, now.struck, now.corrected) == (2, 1, 1, 1)
    shown = body(Client().get("/accuracy/"))
    for words in (f"<s>{WRONG}</s>", PAYS, "Aug 2025", ">Struck</span>", ">Stands</span>", "900 million"):
        assert words in shown
    for secret in ("Nine hundred?", "Half of what?", "ada@", "ben@", "The price cut reopens"):
        assert secret not in shown


def test_the_log_is_there_before_anything_is_and_for_everybody(page: Client) -> None:
    Brief.objects.update(state="queued")
    assert "Nothing yet" in body(Client().get("/accuracy/"))
    assert page.get("/accuracy/").status_code == 200
    assert 'href="/accuracy/"' in body(Client().get("/"))


def test_staff_see_reasons_and_uphold_strike_and_release_through_the_same_door(
    page: Client, brief: Brief, operator: Client, ben: User
) -> None:
    report(page, brief, STANDS, reason="Not free accounts")
    report(as_(ben), brief, PAYS, reason="Twice the price")
    listed = reverse("admin:briefings_report_changelist")
    shown = body(operator.get(listed))
    assert "Not free accounts" in shown
    assert "ada@bank.example" not in shown
    ids = {row.text: row.pk for row in Report.objects.all()}
    assert "ada@bank.example" not in body(
        operator.get(reverse("admin:briefings_report_change", args=[ids[STANDS]]))
    )

    def act(action: str, text: str) -> None:
        operator.post(listed, {"action": action, "_selected_action": [ids[text]]})

    act("uphold", STANDS)
    act("strike", PAYS)
    act("strike", PAYS)
    assert dict(Challenge.objects.values_list("text", "outcome")) == {STANDS: "upheld", PAYS: "struck"}
    (made,) = Correction.objects.all()
    assert (made.kind, made.struck[0]["where"]) == ("challenged", "takeaways.1")
    assert f"<s>{PAYS}</s>" in body(page.get(f"/brief/{brief.pk}/"))
    public = body(Client().get("/accuracy/"))
    assert "looked at by hand" in public
    assert "Twice the price" not in public
    act("release", PAYS)
    assert "Twice the price" in body(Client().get("/accuracy/"))
    assert PAYS in body(operator.get(listed, {"challenge__outcome__exact": "struck"}))
    assert STANDS not in body(operator.get(listed, {"challenge__outcome__exact": "struck"}))
    page.post(f"/brief/{brief.pk}/evidence/1/report/")
    act("uphold", PAYS)
    assert Challenge.objects.get(text=PAYS).outcome == "struck", "that is not taken back"


def test_a_released_reason_is_text(page: Client, brief: Brief) -> None:
    report(page, brief, STANDS, reason="<script>alert(1)</script>")
    Report.objects.update(released=True)
    shown = body(Client().get("/accuracy/"))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_what_staff_upheld_stays_upheld_when_the_next_reader_reports_it(
    page: Client, brief: Brief, ben: User
) -> None:
    report(page, brief, STANDS)
    assert challenge.uphold(Challenge.objects.get(), timezone.now())
    assert "Somebody looked at your report" in report(as_(ben), brief, STANDS)
    assert Challenge.objects.get().outcome == "upheld"
