"""Sharing a brief: Ada makes a public page, Ben shares his own, Cal the stranger sees only what was shared."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from briefings import card, secret, share
from briefings.models import Brief, GoneShare, Share, State
from ingest.models import Story
from tests.briefings import rows
from users.models import User

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LENS = "The price cut reopens"


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    return str(response.content.decode())


def shared(user: User, brief: Brief) -> str:
    """The path of the page that the reader makes of the brief."""
    answer = as_(user).post(f"/brief/{brief.pk}/share/", follow=True)
    (path,) = set(re.findall(r'value="http://[^"/]+(/s/[\w-]+/)"', body(answer)))
    return str(path)


def test_a_stranger_reads_the_whole_brief_and_nothing_personal(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    answer = Client().get(path)
    shown = body(answer)
    for words in (
        "In ten seconds",
        "What does GPT-5 cost developers?",
        "Where the sources disagree",
        "The catch",
        "The bottom line",
        "14 figures, 14 found in the sources",
        "<dt>Cost</dt>",
        "<mark>Counting the missing ones as failures brings 74.9 percent",
    ):
        assert words in shown
    assert shown.count('type="email"') == 1
    for personal in (
        LENS,
        "For you <",
        "ada@",
        "CTO",
        "your part",
        "Why it is",
        brief.pk,
        "/settings/",
        "Sign out",
    ):
        assert personal not in shown
    assert not answer.cookies, "a page for strangers sets no cookie"
    assert body(as_(ada).get(path)) == shown, "and is the same for everybody"
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_extractive_brief_says_so(ada: User, brief: Brief) -> None:
    short = ada.editions.get().items.get(rank=2).brief
    assert '<span class="label"' in body(Client().get(shared(ada, short)))
    assert '<span class="label" title' not in body(Client().get(shared(ada, brief)))


def test_the_address_is_long_secret_and_not_in_the_database(ada: User, brief: Brief) -> None:
    token = shared(ada, brief).split("/")[2]
    assert len(token) == 32
    row = Share.objects.get()
    assert token not in (row.nonce, row.digest)
    assert secret.again(row.nonce, row.digest) == token
    assert (
        Client().get(f"/s/{row.digest}/").status_code == Client().get(f"/s/{row.nonce}/").status_code == 404
    )


def test_a_new_key_leaves_addresses_working_and_tells_them_while_the_old_one_is_known(
    ada: User, brief: Brief, settings: Any
) -> None:
    path, old = shared(ada, brief), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 5, [old]
    assert share.mine(ada)[0].url.endswith(path)
    settings.SECRET_KEY_FALLBACKS = []
    assert share.mine(ada)[0].url == ""
    assert Client().get(path).status_code == 200
    assert "cannot be shown any more" in body(as_(ada).get("/shares/"))


def test_it_is_kept_out_of_search_engines_and_told_to_no_other_site(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    for address in (path, f"{path}card.png"):
        headers = Client().get(address).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, noarchive"
        assert headers["Cache-Control"] == "no-cache, private"


def test_revoked_it_is_gone_at_once_with_its_picture(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    addresses = (path, f"{path}card.png")
    assert [Client().get(one).status_code for one in addresses] == [200, 200]
    as_(ada).post(f"/shares/{Share.objects.get().pk}/revoke/")
    assert [Client().get(one).status_code for one in addresses] == [404, 404]
    assert Client().post(f"{path}seen/", headers={"User-Agent": FIREFOX}).status_code == 404
    never = Client().get("/s/" + "A" * 32 + "/")
    assert body(Client().get(path)) == body(never), "nobody can tell that there was something"
    assert shared(ada, brief) != path, "shared again it has another address"


def test_shared_twice_it_keeps_its_address(ada: User, brief: Brief) -> None:
    assert shared(ada, brief) == shared(ada, brief)
    assert Share.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_page(ada: User, brief: Brief) -> None:
    def click(_: int) -> bool:
        try:
            return share.make(ada, brief.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(click, range(4))) == [True] * 4
    assert Share.objects.count() == 1


def test_revoking_twice_goes_back_calmly(ada: User, brief: Brief) -> None:
    page = as_(ada)
    page.post(f"/brief/{brief.pk}/share/")
    path = f"/shares/{Share.objects.get().pk}/revoke/"
    first, second = (page.post(path, follow=True) for _ in range(2))
    assert first.redirect_chain == second.redirect_chain == [("/shares/", 302)]
    assert "Revoked." in first.content.decode()
    assert "nothing left to revoke" in second.content.decode()


def test_a_stranger_shares_nothing_and_revokes_nothing(ada: User, brief: Brief) -> None:
    cal = as_(rows.reader("cal@else.example"))
    assert cal.post(f"/brief/{brief.pk}/share/").status_code == 404
    assert cal.post("/brief/0123456789abcdef/share/").status_code == 404
    path = shared(ada, brief)
    for key in (Share.objects.get().pk, 999999):
        assert "you have no such page" in cal.post(f"/shares/{key}/revoke/", follow=True).content.decode()
    assert Share.objects.count() == 1
    assert "Nothing shared" in body(cal.get("/shares/"))
    assert Client().get(path).status_code == 200


def test_links_change_nothing_and_visitors_sign_in_first(ada: User, brief: Brief) -> None:
    assert as_(ada).get(f"/brief/{brief.pk}/share/").headers["Location"] == f"/brief/{brief.pk}/"
    assert not Share.objects.exists()
    path = shared(ada, brief)
    assert as_(ada).get(f"/shares/{Share.objects.get().pk}/revoke/").status_code == 405
    assert Client().get(f"{path}seen/").status_code == 405
    for address in ("/shares/", f"/brief/{brief.pk}/share/"):
        assert Client().get(address).headers["Location"].startswith("/accounts/login/")
    assert Client(enforce_csrf_checks=True).post("/shares/1/revoke/").status_code == 403


@pytest.fixture
def own_brief(ada: User, brief: Brief) -> Brief:
    """Ada's second brief, told by a source of her own."""
    own = ada.editions.get().items.get(rank=2).brief
    Story.objects.filter(pk=own.story_id).update(owner=ada)
    return own


def test_what_is_made_of_own_sources_is_refused_in_words(ada: User, own_brief: Brief) -> None:
    page = body(as_(ada).get(f"/brief/{own_brief.pk}/"))
    assert "It cannot be shared" in page
    assert f"/brief/{own_brief.pk}/share/" not in page
    answer = as_(ada).post(f"/brief/{own_brief.pk}/share/")
    assert answer.status_code == 403
    assert "sources of your own" in body(answer)
    assert not Share.objects.exists()


def test_the_database_itself_refuses_what_is_made_of_own_sources(
    ada: User, brief: Brief, own_brief: Brief
) -> None:
    made = secret.new()
    with pytest.raises(IntegrityError, match="own sources"), transaction.atomic():
        Share.objects.create(reader=ada, brief=own_brief, nonce=made.nonce, digest=made.digest)
    public = Share.objects.create(reader=ada, brief=brief, nonce=made.nonce, digest=made.digest)
    with pytest.raises(IntegrityError, match="own sources"), transaction.atomic():
        Share.objects.filter(pk=public.pk).update(brief=own_brief)


def test_a_shared_brief_that_became_somebodys_own_is_shown_no_more(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    Story.objects.filter(pk=brief.story_id).update(owner=ada)
    assert Client().get(path).status_code == Client().get(f"{path}card.png").status_code == 404


def test_a_brief_that_is_not_ready_is_not_shown(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    Brief.objects.filter(pk=brief.pk).update(state=State.QUEUED)
    assert Client().get(path).status_code == 404


def test_it_goes_with_its_reader(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    ada.delete()
    answers = [Client().get(one) for one in (path, f"{path}card.png")]
    assert [one.status_code for one in answers] == [410, 410]
    assert "This page is gone" in body(answers[0])
    assert GoneShare.objects.count() == 1
    assert Client().get("/s/" + "A" * 32 + "/").status_code == 404


def test_looks_are_counted_roughly_and_told_to_their_owner(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    Client().get(path)
    assert Share.objects.get().views == 0, "a GET writes nothing"
    for agent in (FIREFOX, FIREFOX, "Googlebot/2.1", "Slackbot-LinkExpanding 1.0", "curl/8.0", ""):
        answer = Client(enforce_csrf_checks=True).post(f"{path}seen/", headers={"User-Agent": agent})
        assert answer.status_code == 204
        assert not answer.cookies
    shown = body(as_(ada).get("/shares/"))
    assert "2 looks" in shown
    assert "OpenAI releases GPT-5 to every ChatGPT user" in shown


def test_a_share_outlives_the_edition_it_was_made_from(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    ada.editions.all().delete()
    assert Client().get(path).status_code == 200
    links = re.findall(r'href="http://[^"/]+([^"]+)"', body(as_(ada).get("/shares/")))
    assert set(links) == {path}


def test_a_page_posted_elsewhere_shows_a_card(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    shown = body(Client().get(path))
    tags = dict(re.findall(r'<meta property="(og:[\w:]+)" content="([^"]+)">', shown))
    assert tags["og:title"].startswith("OpenAI releases GPT-5")
    assert tags["og:url"].endswith(path)
    assert tags["og:image"] == f"{tags['og:url']}card.png"
    assert LENS not in tags["og:description"]
    picture = Client().get(f"{path}card.png")
    assert picture.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 630)
    assert Client().get(f"{path}card.png").content == picture.content


ODD = {
    "nothing": "",
    "very long": "Anthropic signs " * 500,
    "one word": "Llama" * 2000,
    "Chinese": "深度求索发布新模型，价格减半",
    "Arabic, turned": "\u202eأطلقت الشركة نموذجا",
    "marks heaped up": "Z" + "\u0301\u0316" * 3000 + "algo",
    "emoji and nothing": "🎉🏳️‍🌈\u200b\u200d\ufeff",
    "control": "\x01\x07\x1b[31m \ud7ff\ufffe\U0010ffff",
    "markup": "<svg onload=alert(1)> & {{ reading }} {% now %}",
}


@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
def test_no_headline_breaks_the_card(text: str) -> None:
    image = Image.open(io.BytesIO(card.draw(text, text, "7 August 2025")))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(image.crop((80, 170, 1120, 480)).getcolors() or "many") > 1, "there is always a headline"
    paper = image.getpixel((0, 300))
    margins = (image.crop((0, 20, 70, 630)), image.crop((1140, 20, 1200, 630)))
    assert all(margin.getcolors() == [(margin.width * margin.height, paper)] for margin in margins), (
        "and it stays within its place"
    )


def test_letters_that_the_font_lacks_are_drawn_by_their_nearest() -> None:
    assert card.drawable("Škoda’s plant in Łódź costs €5") == "Skoda’s plant in Lódz costs €5"
    assert card.drawable("Zhipu (智谱) opens GLM-4.5") == "Zhipu () opens GLM-4.5"
    assert card.drawable("智谱开放 GLM") == ""


def test_foreign_text_stays_text_in_the_head_too(ada: User) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    story = Story.objects.create(title=evil, happened_at=rows.NOON, last_at=rows.NOON)
    article = rows.article(story, rows.source("<b>Bold</b>"), evil, ["Nothing else."])
    said = rows.said(evil, rows.cite(article, evil))
    made = {
        "headline": said,
        "takeaways": [said],
        "lead": [said],
        "sections": [],
        "catch": [],
        "bottom_line": [],
    }
    brief = rows.ready_brief(story, [article], made)
    rows.ready_edition(ada, rows.NOON.date(), [(brief, None)])
    shown = body(Client().get(shared(ada, brief)))
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert shown.count("&lt;script&gt;alert(1)") > 6
    assert "<script>alert" not in body(as_(ada).get("/shares/"))


def test_one_field_at_the_foot_signs_up_without_a_cookie_before(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    client = Client(enforce_csrf_checks=True)
    client.get(path)
    assert not client.cookies
    ours = {
        "Sec-Fetch-Site": "same-origin",
        "Origin": "null",
    }  # what browsers send from a page without referrer
    answer = client.post("/accounts/join/", {"email": "dora@new.example"}, headers=ours)
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"
    assert mail.outbox[0].to == ["dora@new.example"]


def test_from_elsewhere_or_by_an_old_browser_the_address_is_only_filled_in() -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {}):
        answer = Client(enforce_csrf_checks=True).post(
            "/accounts/join/", {"email": '"><b>dora@new.example'}, headers=headers
        )
        assert answer.status_code == 200
        assert 'value="&quot;&gt;&lt;b&gt;dora@new.example"' in body(answer)
    assert mail.outbox == []
    assert not User.objects.exists()
    assert Client().get("/accounts/join/").headers["Location"] == "/accounts/login/code/"


def test_a_closed_account_has_no_public_page(ada: User, brief: Brief) -> None:
    path = shared(ada, brief)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    for place in (path, f"{path}card.png"):
        assert Client().get(place).status_code == 404
    assert Client().post(f"{path}seen/", headers={"User-Agent": FIREFOX}).status_code == 404
    assert Share.objects.get().views == 0
    User.objects.filter(pk=ada.pk).update(is_active=True)
    assert Client().get(path).status_code == 200


def test_sharing_is_limited(ada: User, brief: Brief) -> None:
    client = as_(ada)
    answers = [client.post(f"/brief/{brief.pk}/share/").status_code for _ in range(22)]
    assert answers == [302] * 20 + [429] * 2


def test_strangers_are_limited_by_their_address(ada: User, brief: Brief) -> None:
    path, client = shared(ada, brief), Client()
    seen = [client.post(f"{path}seen/", headers={"User-Agent": FIREFOX}).status_code for _ in range(118)]
    assert set(seen) == {204}
    assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
    refused = as_(ada).get(path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "Cookie" not in refused.headers.get("Vary", "")
    for place in (f"{path}card.png", "/feed/some-secret/"):
        assert client.get(place).status_code == 429
    assert client.post(f"{path}seen/", headers={"User-Agent": FIREFOX}).status_code == 429
    assert Share.objects.get().views == 118
    assert client.get(path, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_it_needs_few_queries(
    ada: User, brief: Brief, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    path = shared(ada, brief)
    with django_assert_max_num_queries(18):  # 10 of them count how often is asked
        Client().get(path)
