"""Topics on a device: listed, read by pages, followed; and each reader sees their own."""

from __future__ import annotations

import pytest

from briefings.topics import follow
from tests.api.device import Device, device_of, problem
from tests.briefings.test_topics import linked, told
from users.models import Profile, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def openai() -> None:
    linked(told("OpenAI opens an office", "OpenAI hires."), told("OpenAI hires", "OpenAI opens.", 1))


def test_a_topic_is_listed_and_read(phone: Device, openai: None) -> None:
    listed = {one["slug"]: one for one in phone.get("/topics").json()["items"]}
    assert (listed["openai"]["name"], listed["openai"]["stories"]) == ("OpenAI", 2)
    page = phone.get("/topics/openai")
    assert page.status_code == 200, page.content
    shown = page.json()
    assert (shown["kind"], shown["stories"], shown["followed"], shown["next"]) == ("name", 2, False, None)
    assert [one["headline"] for one in shown["items"]] == ["OpenAI opens an office", "OpenAI hires"]
    assert shown["items"][0]["url"].startswith("https://")
    assert phone.get("/topics/Open-AI").json()["slug"] == "openai"
    problem(phone.get("/topics/nobody"), 404, "not_found")


def test_it_goes_on_by_a_cursor_and_skips_and_repeats_nothing(phone: Device) -> None:
    linked(
        *(told(f"OpenAI announces deal {number:02}", "OpenAI deals.", number // 3) for number in range(35))
    )
    seen, path = [], "/topics/openai"
    while path:
        page = phone.get(path).json()
        seen += [one["headline"] for one in page["items"]]
        path = page["next"] and f"/topics/openai?cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 35


def test_it_is_followed_and_no_longer_however_often_it_is_said(
    phone: Device, ada: User, openai: None
) -> None:
    for _ in range(2):
        assert phone.put("/topics/openai/follow").status_code == 204
    assert follow.follows(Profile.objects.get(user=ada).interests, "openai")
    assert phone.get("/topics/openai").json()["followed"] is True
    for _ in range(2):
        assert phone.delete("/topics/openai/follow").status_code == 204
    assert phone.get("/topics/openai").json()["followed"] is False
    Profile.objects.update(interests="x" * follow.LONGEST)
    problem(phone.put("/topics/openai/follow"), 409, "no_room")
    new = device_of(User.objects.create_user("new@bank.example"))
    problem(new.put("/topics/openai/follow"), 409, "no_profile")


def test_what_own_sources_tell_is_their_owners_alone(phone: Device, ada: User, stranger: Device) -> None:
    linked(
        told("Tangerine Robotics raises money", "This week Tangerine Robotics said how much.", owner=ada),
        told("Tangerine Robotics hires", "Last week Tangerine Robotics said whom.", 1, owner=ada),
    )
    assert phone.get("/topics/tangerine-robotics").json()["items"][0]["private"] is True
    problem(stranger.get("/topics/tangerine-robotics"), 404, "not_found")
    problem(stranger.put("/topics/tangerine-robotics/follow"), 404, "not_found")
    assert stranger.get("/topics").json()["items"] == []
