"""Parts of pages that readers share: kept by the values that they show, and given nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation

from briefings import read
from briefings.evidence import FAR
from briefings.models import Brief, Lens
from briefings.templatetags import parts
from briefings.web.kept import page_of
from inference.tokens import Tokens
from tests.briefings import factories, rows
from tests.briefings.test_spent import paid
from tests.briefings.test_web_pages import body
from users.models import Profile, User

TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    parts.forget()
    yield
    parts.forget()


def shown(source: str, **values: object) -> str:
    return Template("{% load parts %}" + source).render(Context(values))


def test_a_part_is_given_nothing_of_the_page_but_its_values_and_the_token() -> None:
    source = '{% part "briefings/_unshared.html" brief=id private=False %}'
    first = shown(source, id="b1", private=True, user="ada", csrf_token="a" * 64)
    second = shown(source, id="b1", csrf_token="b" * 64)
    assert TOKENS.findall(first) == ["a" * 64]
    assert first.replace("a" * 64, "b" * 64) == second
    assert len(parts._kept.values) == 1
    assert parts.TOKEN not in first


def test_another_value_and_another_language_are_another_part() -> None:
    source = '{% part "briefings/_unshared.html" brief=id private=private %}'
    values = {"id": "b1", "private": False, "csrf_token": "a" * 64}
    first = shown(source, **values)
    assert shown(source, **{**values, "private": True}) != first
    assert "/brief/b2/share/" in shown(source, **{**values, "id": "b2"})
    with translation.override("de"):
        assert shown(source, **values) != first
    assert shown(source, **values) == first


@pytest.mark.django_db
def test_what_a_brief_cost_since_is_told_at_once(page: Client, ada: User) -> None:
    brief = factories.edition_of_two(ada, timezone.now().date()).items.get(rank=1).brief
    assert "4,000 tokens read" not in body(page.get(f"/brief/{brief.pk}/"))
    paid("brief", f"brief:{brief.pk}", "gpt-5-mini", Tokens(input=4_000))
    assert "4,000 tokens read" in body(page.get(f"/brief/{brief.pk}/"))


def test_the_page_of_a_staff_member_is_nobody_elses() -> None:
    source = "{% navigation %}"
    ada, staff = User(email="ada@bank.example"), User(email="eve@bank.example", is_staff=True)
    assert "/spending/" in shown(source, user=staff)
    assert "/spending/" not in shown(source, user=ada)


@pytest.mark.django_db
def test_readers_of_one_lens_see_it_alike_but_for_their_tokens(page: Client, ada: User) -> None:
    brief: Brief = factories.edition_of_two(ada, timezone.now().date()).items.get(rank=1).brief
    ben = rows.reader("ben@bank.example")
    rows.ready_edition(ben, timezone.now().date(), [(brief, Lens.objects.get())])
    other = Client()
    other.force_login(ben)
    mine, his = (body(one.get(f"/brief/{brief.pk}/")) for one in (page, other))
    assert _lens(mine) == _lens(his)
    assert not set(TOKENS.findall(mine)) & set(TOKENS.findall(his))
    assert parts.TOKEN not in mine + his
    lens = Lens.objects.get()
    lens.body["why_it_matters"][0]["text"] = "Written anew for them."
    lens.save()
    assert "Written anew for them." in _lens(body(other.get(f"/brief/{brief.pk}/")))


@pytest.mark.django_db
def test_who_has_no_lens_is_offered_their_own_role(page: Client, ada: User) -> None:
    brief = factories.edition_of_two(ada, timezone.now().date()).items.get(rank=2).brief
    ada.editions.get().items.update(lens=None)
    for role in ("investor", "software-engineer"):
        Profile.objects.filter(user=ada).update(role=role)
        assert f'<option value="{role}" selected>' in body(page.get(f"/brief/{brief.pk}/"))


def _lens(html: str) -> str:
    (lens,) = re.findall(r'<section class="lens".*?</section>', html, re.DOTALL)
    return TOKENS.sub("", lens)


@pytest.mark.django_db
def test_one_sentence_alone_has_the_evidence_that_it_has_on_the_whole_page(ada: User) -> None:
    edition = factories.edition_of_two(ada, timezone.now().date())
    for reading in read.edition_readings(edition):
        whole = page_of(reading, FAR).evidence
        for one in whole:
            alone = page_of(reading, FAR, only=one.mark).evidence
            assert [found for found in alone if found.excerpts] == [one]
            assert [found.mark for found in alone] == [found.mark for found in whole]
