"""A brief through the lens of another role or industry, asked for on a device."""

from __future__ import annotations

import pytest

from briefings import tasks
from briefings.models import Brief, Lens
from tests.api.device import Device, problem

pytestmark = pytest.mark.django_db
CFO = {"role": "cfo", "industry": "media"}
QUERY = "role=cfo&industry=media"


def test_a_lens_is_asked_for_once_and_read_when_it_is_written(phone: Device, brief: Brief) -> None:
    path = f"/briefs/{brief.pk}/lens"
    assert phone.get(f"{path}?{QUERY}").json()["stage"] == "none"
    for _ in range(2):
        answer = phone.post(path, CFO)
        assert answer.status_code == 202, answer.content
        assert (answer.json()["stage"], answer.json()["lens"]) == ("waiting", None)
        assert answer.json()["seconds"] > 0
    tasks.write_lens(Lens.objects.get(brief=brief, role="cfo").pk)
    told = phone.get(f"{path}?{QUERY}").json()
    assert (told["stage"], told["role"], told["lens"]["role"]) == ("ready", "cfo", "cfo")
    assert told["extractive"] is True
    assert phone.post(path, CFO).json() == told
    assert phone.post(path, CFO).status_code == 200
    assert phone.get(f"/briefs/{brief.pk}").json()["lens"]["role"] == "cto", "the reader's own stays"


def test_the_evidence_of_another_lens_has_marks_of_its_own(phone: Device, brief: Brief) -> None:
    phone.post(f"/briefs/{brief.pk}/lens", CFO)
    tasks.write_lens(Lens.objects.get(brief=brief, role="cfo").pk)
    told = phone.get(f"/briefs/{brief.pk}/lens?{QUERY}").json()
    cited = next(one for one in told["lens"]["why_it_matters"] if one["citations"])
    found = phone.get(f"/briefs/{brief.pk}/evidence/{told['marks']}1")
    assert found.status_code == 200, found.content
    assert found.json()["claim"] == cited["text"]
    reported = phone.post(f"/briefs/{brief.pk}/evidence/{told['marks']}1/report", {})
    assert (reported.json()["outcome"], reported.json()["public"]) == ("stands", False)


def test_only_roles_and_industries_that_exist_and_briefs_of_ones_own(
    phone: Device, stranger: Device, brief: Brief
) -> None:
    path = f"/briefs/{brief.pk}/lens"
    problem(phone.post(path, {"role": "pope", "industry": "media"}), 422, "invalid")
    problem(phone.get(f"{path}?role=pope&industry=media"), 422, "invalid")
    problem(stranger.post(path, CFO), 404, "not_found")
    problem(stranger.get(f"{path}?{QUERY}"), 404, "not_found")
    assert not Lens.objects.filter(role="cfo").exists()


def test_lenses_are_limited(phone: Device, brief: Brief) -> None:
    answers = [phone.post(f"/briefs/{brief.pk}/lens", CFO) for _ in range(11)]
    assert answers[9].status_code == 202
    problem(answers[10], 429, "too_many")
