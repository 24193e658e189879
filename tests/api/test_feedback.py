"""What a reader says of briefs and sentences from a device: learned, listed, undone; verified again."""

from __future__ import annotations

import pytest

from briefings.feedback.models import Report, Signal
from briefings.models import Brief
from tests.api.device import Device, problem
from tests.briefings.test_challenge import spoil

pytestmark = pytest.mark.django_db


def test_more_and_less_take_each_others_place_and_are_taken_back(phone: Device, brief: Brief) -> None:
    path = f"/briefs/{brief.pk}/feedback"
    assert phone.get(path).json()["more"] is False
    for _ in range(2):
        answer = phone.post(path, {"act": "more"})
        assert answer.status_code == 200, answer.content
        assert (answer.json()["more"], answer.json()["less"]) == (True, False)
        assert {"OpenAI", "GPT-5"} <= set(answer.json()["learned"])
    learned = phone.get("/learned").json()["items"]
    assert {one["act"] for one in learned} == {"more"}
    assert all(one["weight"] > 0 and one["headline"] for one in learned)
    told = phone.post(path, {"act": "less"}).json()
    assert (told["more"], told["less"]) == (False, True)
    for _ in range(2):
        assert phone.delete(path).status_code == 204
    assert phone.get("/learned").json()["items"] == []


def test_a_story_is_dismissed_and_what_was_learned_undone(phone: Device, brief: Brief) -> None:
    path = f"/briefs/{brief.pk}/feedback"
    key = phone.post(path, {"act": "dismiss"}).json()["kept_out_by"]
    (one,) = phone.get("/learned").json()["items"]
    assert (one["id"], one["act"], one["kind"], one["weight"]) == (key, "dismiss", "story", 0)
    assert phone.delete(f"/learned/{key}").status_code == 204
    assert phone.get(path).json()["kept_out_by"] is None
    problem(phone.delete(f"/learned/{key}"), 404, "not_found")


def test_what_a_brief_offers_is_muted_and_nothing_else(phone: Device, brief: Brief) -> None:
    path = f"/briefs/{brief.pk}/feedback"
    offered = phone.get(path).json()["may_mute"]
    assert "OpenAI" in {one["label"] for one in offered}
    for one in offered:
        assert phone.post(path, {"act": "mute", "about": one["about"]}).status_code == 200
    assert {one["label"] for one in phone.get("/learned").json()["items"]} == {
        one["label"] for one in offered
    }
    for wrong in ({"act": "mute"}, {"act": "mute", "about": "name:Nobody"}):
        assert problem(phone.post(path, wrong), 422, "invalid")["errors"][0]["field"] == "body.about"
    problem(phone.post(path, {"act": "praise"}), 422, "invalid")
    assert phone.delete("/learned").status_code == 204
    assert not Signal.objects.exists()


def test_what_was_learned_comes_by_pages(phone: Device, brief: Brief) -> None:
    for one in phone.get(f"/briefs/{brief.pk}/feedback").json()["may_mute"]:
        phone.post(f"/briefs/{brief.pk}/feedback", {"act": "mute", "about": one["about"]})
    whole = [one["id"] for one in phone.get("/learned").json()["items"]]
    ids, path = [], "/learned?limit=2"
    while path:
        told = phone.get(path).json()
        ids += [one["id"] for one in told["items"]]
        path = told["next"] and f"/learned?limit=2&cursor={told['next']}"
    assert ids == whole
    assert len(ids) > 2


def test_feedback_is_limited(phone: Device, brief: Brief) -> None:
    answers = [phone.post(f"/briefs/{brief.pk}/feedback", {"act": "more"}) for _ in range(61)]
    assert answers[59].status_code == 200
    problem(answers[60], 429, "too_many")


def mark_of(phone: Device, brief: Brief, text: str) -> str:
    found = phone.get(f"/briefs/{brief.pk}/evidence").json()["items"]
    return next(one["mark"] for one in found if one["claim"] == text)


def test_a_sentence_that_stands_is_told_to_stand_once(phone: Device, brief: Brief) -> None:
    price = "GPT-5 costs $1.25 per million input tokens and $10 per million output tokens."
    path = f"/briefs/{brief.pk}/evidence/{mark_of(phone, brief, price)}/report"
    problem(phone.get(path), 404, "not_found")
    answer = phone.post(path, {"reason": "I read of another price."})
    assert answer.status_code == 200, answer.content
    assert answer.json()["outcome"] == "stands"
    assert any("found in the cited passage" in one for one in answer.json()["found"])
    assert phone.post(path, {"reason": "Again."}).json() == answer.json() == phone.get(path).json()
    assert Report.objects.count() == 1
    problem(phone.post(path, {"reason": "x" * 501}), 422, "invalid")


def test_a_sentence_that_does_not_stand_is_struck_in_the_brief(phone: Device, brief: Brief) -> None:
    wrong = spoil(brief, "takeaways", 0)
    path = f"/briefs/{brief.pk}/evidence/{mark_of(phone, brief, wrong)}/report"
    assert phone.post(path, {}).json()["outcome"] == "struck"
    assert phone.get(f"/briefs/{brief.pk}").json()["takeaways"][0]["struck"] is True


def test_what_has_fallen_before_is_told_so(phone: Device, stranger: Device, brief: Brief) -> None:
    wrong = spoil(brief, "takeaways", 0)
    path = f"/briefs/{brief.pk}/evidence/{mark_of(phone, brief, wrong)}/report"
    assert phone.post(path, {}).json()["outcome"] == "struck"
    Report.objects.all().delete()
    problem(phone.post(path, {}), 409, "already_struck")
    problem(stranger.post(path, {}), 404, "not_found")
    problem(phone.post(f"/briefs/{brief.pk}/evidence/999/report", {}), 404, "not_found")
