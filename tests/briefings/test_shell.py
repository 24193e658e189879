"""Manifest, worker, and what the server lets a browser keep; in Chromium: `tests/browser/test_offline.py`."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from PIL import Image

from briefings import share
from briefings.models import Brief
from briefings.web import shell
from tests.briefings import factories, rows
from users.models import User

pytestmark = pytest.mark.django_db
CSS = (Path(__file__).resolve().parents[2] / "static" / "nutgraf.css").read_text()


def test_the_manifest_installs_an_app_of_our_own_colours_and_icons() -> None:
    answer = Client().get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    told = json.loads(answer.content)
    assert (told["start_url"], told["scope"], told["display"]) == ("/", "/", "standalone")
    assert told["background_color"] == re.search(r"--paper: (#\w+)", CSS)[1]  # type: ignore[index]
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        file = Path(str(finders.find(icon["src"].removeprefix("/static/"))))
        assert file.stat().st_size < 8_000
        with Image.open(BytesIO(file.read_bytes())) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
            corner = image.convert("RGBA").getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert (corner[3] == 255) is (icon["purpose"] == "maskable"), "a maskable one fills its square"


def test_every_shortcut_leads_to_a_page(page: Client, ada: User) -> None:
    for shortcut in page.get("/manifest.webmanifest").json()["shortcuts"]:
        assert page.get(shortcut["url"]).status_code == 200


def test_the_worker_is_served_for_the_whole_site_and_asked_for_anew() -> None:
    answer = Client().get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    told = json.loads(answer.content.decode().partition("const SHELL = ")[2].partition(";\n")[0])
    for file in told["files"]:
        assert finders.find(file.removeprefix("/static/")), file
    assert Client().get(told["offline"]).status_code == 200


def test_a_script_that_pages_load_is_one_the_worker_has() -> None:
    templates = Path(__file__).resolve().parents[2] / "templates" / "briefings"
    for name in ("edition.html", "brief.html"):
        assert set(re.findall(r"static '([^']+)'", (templates / name).read_text())) <= set(shell.FILES)


def test_only_editions_and_briefs_may_be_kept(page: Client, ada: User) -> None:
    lead, short = (item.brief_id for item in factories.edition_of_two(ada, timezone.now().date()).items.all())
    day = f"/edition/{timezone.now().date()}/"
    kept = page.get("/today/").headers[shell.KEEP]
    assert kept == f"/today/ {day} /brief/{lead}/ /brief/{short}/"
    assert page.get(f"/brief/{lead}/").headers[shell.KEEP] == f"/brief/{lead}/"
    assert page.get(day).headers[shell.KEEP] == day
    share.make(ada, lead)
    public = share.mine(ada)[0].url.partition("/s/")[2]
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    for path in (
        "/settings/",
        "/settings/delete/",
        "/sources/",
        "/archive/",
        "/search/?q=gpt",
        "/spending/",
        "/status/",
        "/shares/",
        "/feed/",
        "/admin/",
        "/admin/users/user/",
        "/accounts/login/code/",
        f"/s/{public}",
        f"/brief/{lead}/evidence/1/",
        "/brief/nowhere/",
        "/",
    ):
        assert shell.KEEP not in page.get(path).headers, path
    assert shell.KEEP not in page.post("/settings/export/").headers


def test_an_edition_that_is_being_prepared_is_not_kept(page: Client, ada: User) -> None:
    assert shell.KEEP not in page.get("/today/").headers


def test_a_page_says_whose_it_is_without_saying_who(page: Client, ada: User, brief: Brief) -> None:
    cal = Client()
    cal.force_login(rows.reader("cal@bank.example"))
    mine, theirs = (who.get("/today/").headers[shell.READER] for who in (page, cal))
    assert mine != theirs
    assert re.fullmatch(r"[0-9a-f]{16}", mine)
    assert page.get(f"/brief/{brief.pk}/").headers[shell.READER] == mine
    assert Client().get("/").headers[shell.READER] == shell.VISITOR


def test_a_page_for_strangers_knows_no_reader(page: Client, ada: User, brief: Brief) -> None:
    share.make(ada, brief.pk)
    public = page.get("/s/" + share.mine(ada)[0].url.partition("/s/")[2])
    assert public.status_code == 200
    assert shell.READER not in public.headers
    assert "Cookie" not in public.headers.get("Vary", "")


@pytest.mark.parametrize("leaving", ["/accounts/logout/", "/settings/delete/"])
def test_who_goes_leaves_nothing_in_the_browser(page: Client, ada: User, leaving: str) -> None:
    answer = page.post(leaving, {"email": ada.email})
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_who_stays_loses_nothing(page: Client, ada: User, brief: Brief) -> None:
    for path in ("/settings/delete/", f"/brief/{brief.pk}/save/", "/today/prepare/"):
        assert "Clear-Site-Data" not in page.post(path, {"email": "somebody@else.example"}).headers


def test_the_copy_tells_its_time_where_the_reader_is() -> None:
    ben = rows.reader("ben@fund.example", time_zone="Asia/Kolkata")
    factories.edition_of_two(ben, timezone.now().astimezone(ZoneInfo("Asia/Kolkata")).date())
    client = Client()
    client.force_login(ben)
    shown = client.get("/today/").content.decode()
    said = re.search(r"data-offline hidden>You are offline: this is the copy of (\d\d):(\d\d), ", shown)
    assert said
    utc = timezone.now()
    assert (int(said[1]) * 60 + int(said[2]) - utc.hour * 60 - utc.minute) % (24 * 60) in (329, 330)
