"""Pushes: sealed by the RFCs, planned beside the mails, once or visibly unknown, and only where they may go."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from allauth.usersessions.models import UserSession
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from briefings import digest, sent
from briefings.models import Delivery, Edition, PushDelivery, PushSubscription
from briefings.push import keys, plan, seal, send, service, subscribe, trial
from briefings.restored import hold_mails
from ingest.post import Posted
from tests.briefings import factories, rows
from tests.briefings.pushed import EIGHT, pushes, soon, states, turned_on
from tests.fakes.push_service import Phone, PushService
from tests.processes import wait_for
from users.models import Profile, User

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["pushes"]


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example", hour=7, time_zone="UTC")


@pytest.fixture
def phone(ada: User, pushes: PushService) -> Phone:
    made = pushes.phone()
    turned_on(ada, made)
    return made


def made_at_six(row: Edition) -> Edition:
    six = EIGHT.replace(hour=6, day=row.local_date.day)
    Edition.objects.filter(pk=row.pk).update(created_at=six)
    row.created_at = six
    return row


def quiet(user: User, day: datetime = EIGHT) -> Edition:
    return made_at_six(rows.ready_edition(user, day.date(), []))


@pytest.fixture
def push(ada: User, phone: Phone) -> PushDelivery:
    """This morning's, planned."""
    plan.queue([made_at_six(factories.edition_of_two(ada, EIGHT.date()))])
    return PushDelivery.objects.get()


def test_it_seals_as_the_rfc_does() -> None:
    """RFC 8291, appendix A."""
    once = ec.derive_private_key(
        int.from_bytes(keys.unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )
    sealed = seal.sealed(
        b"When I grow up, I want to be a watermelon",
        keys.unpacked(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        keys.unpacked("BTBZMqHH6r4Tts7J_aSIgg"),
        keys.unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
        once,
    )
    assert keys.packed(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6P"
        "Bru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_edition_goes_to_each_device_at_the_hour(ada: User, pushes: PushService) -> None:
    first, second = pushes.phone(), pushes.phone()
    turned_on(ada, first, "Phone")
    turned_on(ada, second, "Laptop")
    row = made_at_six(factories.edition_of_two(ada, EIGHT.date()))
    soon_after = EIGHT.replace(hour=7, minute=1)
    Edition.objects.update(goes_at=EIGHT.replace(hour=7))
    digest.queue_deliveries(EIGHT.replace(hour=6, minute=59))
    assert not PushDelivery.objects.exists(), "not before the hour"
    with CaptureQueriesContext(connection) as asked:
        for _ in range(2):
            digest.queue_deliveries(soon_after)
    assert PushDelivery.objects.count() == 2
    assert any("briefings_pushdelivery" in one["sql"] and "UNNEST" in one["sql"] for one in asked)
    assert Delivery.objects.count() == 1, "and its mail as ever"
    assert send.push_due(soon_after) == 2
    assert send.push_due(soon_after) == 0
    assert states() == ["sent", "sent"]
    (told,) = first.told
    assert told == {
        "title": row.items.get(rank=1).brief.body["headline"]["text"],
        "body": "2 stories, 2 min",
        "path": "/edition/2026-11-23/",
        "tag": "edition",
        "lang": "en",
    }
    assert second.told == [told]
    assert PushSubscription.objects.filter(pushed_at=None).count() == 0


def test_its_headers_keep_one_for_a_device_that_is_off_and_no_longer_than_it_is_news(
    ada: User, phone: Phone, pushes: PushService
) -> None:
    for ahead in range(3):
        day = EIGHT + timedelta(days=ahead)
        plan.queue([quiet(ada, day)])
        send.push_due(day)
    assert states() == ["sent"] * 3
    assert [one["path"] for one in phone.told_when_on_again] == ["/edition/2026-11-25/"]
    first = phone.pushes[0]
    assert int(first.headers["ttl"]) == 11 * 3600
    assert (first.headers["topic"], first.headers["urgency"]) == ("edition", "normal")
    assert first.claims["k"] == keys.public_key()
    assert len(first.sealed) < 3000


def test_its_service_learns_nothing_of_what_it_says(phone: Phone, push: PushDelivery) -> None:
    send.push_due(EIGHT)
    (came,) = phone.pushes
    assert b"GPT" not in came.sealed
    with pytest.raises(InvalidTag):
        Phone("", "").open(came.sealed)
    assert not {"cookie", "referer"} & came.headers.keys()


def test_a_quiet_day_is_told_in_its_own_words(ada: User, phone: Phone) -> None:
    plan.queue([quiet(ada)])
    send.push_due(EIGHT)
    assert phone.told[0]["title"] == "A quiet day in AI, 23 November"
    assert phone.told[0]["body"] == "Nothing was worth your time."


@pytest.mark.parametrize("how", ["left", "off", "device", "paused", "inactive", "days"])
def test_who_changed_their_mind_since_it_was_planned_gets_none(
    how: str, ada: User, phone: Phone, push: PushDelivery, pushes: PushService
) -> None:
    claimed = send.claim([push.pk])
    assert len(claimed) == 1
    PushDelivery.objects.update(lease_until=None)
    if how == "left":
        User.objects.get(pk=ada.pk).delete()
    elif how == "off":
        assert subscribe.remove(ada, push.subscription_id)
    elif how == "device":
        PushSubscription.objects.update(held="refused")
    elif how == "paused":
        Profile.objects.update(paused_until=EIGHT.date() + timedelta(days=7))
    elif how == "days":
        Profile.objects.update(days=[6])
    else:
        User.objects.update(is_active=False)
    send.push_due(EIGHT)
    assert pushes.asked == 0
    assert states() == ([] if how in ("left", "off") else ["skipped"])


def test_who_turns_it_off_while_it_is_on_its_way_is_looked_at_last(
    ada: User, phone: Phone, push: PushDelivery, pushes: PushService
) -> None:
    (row,) = send.claim([push.pk])
    Profile.objects.update(paused_until=EIGHT.date() + timedelta(days=1))
    assert not send._begun(row, EIGHT)
    assert states() == ["skipped"]


def test_mail_and_push_are_each_turned_off_by_themselves(ada: User, phone: Phone) -> None:
    made_at_six(factories.edition_of_two(ada, EIGHT.date()))
    Profile.objects.update(digest=False)
    Edition.objects.update(goes_at=EIGHT)
    digest.queue_deliveries(EIGHT)
    assert not Delivery.objects.exists()
    send.push_due(EIGHT)
    assert len(phone.pushes) == 1


def test_it_is_too_late_after_half_a_day(phone: Phone, push: PushDelivery) -> None:
    send.push_due(EIGHT + timedelta(hours=12))
    push.refresh_from_db()
    assert (push.state, phone.pushes) == ("skipped", [])
    assert "too late" in push.error


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(status: int, push: PushDelivery, pushes: PushService) -> None:
    pushes.answers = [(status, {}, "expired")]
    send.push_due(EIGHT)
    assert not PushSubscription.objects.exists()
    assert not PushDelivery.objects.exists()


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_wants_time_gets_it(
    status: int, phone: Phone, push: PushDelivery, pushes: PushService
) -> None:
    pushes.answers = [(status, {"Retry-After": "600"}, "slow down")]
    before = timezone.now()
    send.push_due(EIGHT)
    push.refresh_from_db()
    assert push.state == "queued"
    assert push.due_at is not None
    assert timedelta(minutes=9) < push.due_at - before < timedelta(minutes=11)
    assert str(status) in push.error
    assert not sent.before(push), "nothing of it went"
    soon()
    send.push_due(EIGHT)
    assert (states(), len(phone.pushes)) == (["sent"], 1)


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "BadTopic"), (401, "no key"), (403, "BadJwtToken"), (413, "too large"), (302, "")],
)
def test_what_is_refused_is_held_and_says_why(
    status: int, said: str, ada: User, phone: Phone, push: PushDelivery, pushes: PushService
) -> None:
    pushes.answers = [(status, {"Location": phone.endpoint}, said)]
    send.push_due(EIGHT)
    assert states() == ["failed"]
    held = PushSubscription.objects.get().held
    assert str(status) in held
    assert not said or said not in held, "what answers in a private network is shown to nobody"
    assert pushes.asked == 1, "nothing is followed"
    plan.queue([quiet(ada, EIGHT + timedelta(days=1))])
    assert PushDelivery.objects.count() == 1
    turned_on(ada, phone)
    assert PushSubscription.objects.get().held == "", "turned on again, it is tried again"


def test_a_service_that_is_away_keeps_nobody_elses_waiting(ada: User, pushes: PushService) -> None:
    gone = [Phone("", f"http://127.0.0.1:1/{number}") for number in range(20)]
    for number, each in enumerate(gone):
        turned_on(rows.reader(f"reader{number}@bank.example", hour=7, time_zone="UTC"), each)
    phone = pushes.phone()
    turned_on(ada, phone)
    for user in User.objects.order_by("-pk"):
        plan.queue([quiet(user)])
    send.push_due(EIGHT)
    assert len(phone.pushes) == 1
    assert sorted(states()) == ["queued"] * 20 + ["sent"]
    tried = PushDelivery.objects.filter(state="queued", attempt=1).count()
    assert 0 < tried < 20, "once it is plain that nobody is there, the rest is not tried"


def test_a_line_that_breaks_after_it_was_taken_leaves_an_unknown_that_is_never_sent_again(
    phone: Phone, push: PushDelivery, pushes: PushService
) -> None:
    pushes.answers = ["drop"]
    send.push_due(EIGHT)
    assert states() == ["unknown"]
    soon()
    send.push_due(EIGHT)
    assert len(phone.pushes) == 1


def test_a_service_that_takes_all_and_says_nothing_is_away_as_well(pushes: PushService) -> None:
    pushes.answers = ["drop"] * 40
    for number in range(40):
        user = rows.reader(f"reader{number}@bank.example", hour=7, time_zone="UTC")
        turned_on(user, pushes.phone())
        plan.queue([quiet(user)])
    send.push_due(EIGHT)
    assert set(states()) == {"unknown", "queued"}
    assert states().count("unknown") < 20


def test_one_that_breaks_is_unknown_and_those_beside_it_are_settled(
    ada: User, phone: Phone, push: PushDelivery, pushes: PushService
) -> None:
    other = pushes.phone()
    turned_on(ada, other)
    plan.queue([push.edition])
    (row,) = send.claim([push.pk])
    with ThreadPoolExecutor(1) as pool:
        told = send._outcome(row, pool.submit(int, "x"))
    send._settle(row, told, Counter())
    send.push_due(EIGHT)
    assert sorted(states()) == ["sent", "unknown"]
    push.refresh_from_db()
    assert "ValueError" in push.error


def test_a_slow_one_keeps_no_other_waiting(ada: User, pushes: PushService) -> None:
    pushes.answers = ["hold"]
    for number in range(40):
        user = rows.reader(f"reader{number}@bank.example", hour=7, time_zone="UTC")
        turned_on(user, pushes.phone())
        plan.queue([quiet(user)])

    def work() -> None:
        send.push_due(EIGHT)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        wait_for(lambda: states().count("sent") == 39, 8, "the others")
    finally:
        pushes.release.set()
        thread.join()
    assert states() == ["sent"] * 40


@pytest.mark.parametrize(("answer", "state"), [((410, {}, ""), "queued"), ((403, {}, ""), "queued")])
def test_what_was_said_of_other_keys_is_not_held_against_new_ones(
    answer: Any, state: str, ada: User, phone: Phone, push: PushDelivery, pushes: PushService
) -> None:
    """The browser that subscribes anew in that moment may have the same endpoint."""
    (row,) = send.claim([push.pk])
    before = PushSubscription.objects.get()
    turned_on(ada, Phone("", phone.endpoint))
    send._settle(row, service._judged(Posted(answer[0], None, "")), Counter())
    assert states() == [state]
    assert PushSubscription.objects.get().held == ""
    pushes.answers = [answer]
    assert trial.send(before)
    assert PushSubscription.objects.get().held == ""


def test_a_service_is_told_its_own_origin_however_it_is_spelled(pushes: PushService) -> None:
    for endpoint, origin in (
        ("https://PUSH.Example:443/a", "https://push.example"),
        ("https://push.example:8443/a", "https://push.example:8443"),
    ):
        token = keys.authorization(endpoint).partition("t=")[2].partition(",")[0]
        assert jwt.decode(token, options={"verify_signature": False})["aud"] == origin


def test_a_refusal_in_words_is_passed_on() -> None:
    assert service._judged(Posted(400, None, "BadTopic")).words == "the push service answered 400: BadTopic"


def test_a_crash_between_the_service_and_the_row_is_unknown_and_not_sent_again(
    phone: Phone, push: PushDelivery
) -> None:
    (row,) = send.claim([push.pk])
    assert send._begun(row, EIGHT)
    sent.note(row)  # as far as a worker came that died while the service took it
    PushDelivery.objects.update(lease_until=None)
    send.push_due(EIGHT)
    push.refresh_from_db()
    assert (push.state, push.error, phone.pushes) == ("unknown", sent.DIED, [])


def test_what_a_dead_worker_had_not_begun_is_sent(phone: Phone, push: PushDelivery) -> None:
    (row,) = send.claim([push.pk])
    assert send._begun(row, EIGHT)
    PushDelivery.objects.update(lease_until=None)
    send.push_due(EIGHT)
    assert (states(), len(phone.pushes)) == (["sent"], 1)


def test_what_a_dead_worker_had_noted_as_gone_is_sent(phone: Phone, push: PushDelivery) -> None:
    (row,) = send.claim([push.pk])
    sent.note(row)
    sent.went(row)
    PushDelivery.objects.update(lease_until=None)
    send.push_due(EIGHT)
    assert (states(), phone.pushes) == (["sent"], [])


def test_two_workers_send_one(phone: Phone, push: PushDelivery, pushes: PushService) -> None:
    pushes.answers = ["hold"]

    def work() -> int:
        try:
            return send.push_due(EIGHT)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(work) for _ in range(3)]
        assert pushes.holding.wait(20)
        digest.queue_deliveries(EIGHT)
        pushes.release.set()
        assert sum(run.result() for run in runs) == 1
    assert (states(), pushes.asked) == (["sent"], 1)


def test_a_restored_database_pushes_nothing_a_second_time(
    ada: User, phone: Phone, push: PushDelivery
) -> None:
    send.push_due(EIGHT)
    PushDelivery.objects.all().delete()
    plan.queue([push.edition])
    send.push_due(EIGHT)
    row = PushDelivery.objects.get()
    assert (row.state, row.error, len(phone.pushes)) == ("unknown", sent.SENT_BEFORE, 1)


def test_restored_where_no_notes_are_what_may_have_gone_is_unknown(ada: User, phone: Phone) -> None:
    Profile.objects.update(onboarded_at=EIGHT - timedelta(days=3), digest=False)
    hold_mails(EIGHT)
    assert (states(), Delivery.objects.count()) == (["unknown"], 0)


def test_the_sample_is_pushed_once(ada: User, phone: Phone) -> None:
    for ahead in range(2):
        day = EIGHT + timedelta(days=ahead)
        row = quiet(ada, day)
        Edition.objects.filter(pk=row.pk).update(sample=True)
        plan.queue([row])
        send.push_due(day)
    assert states() == ["sent", "skipped"]


def test_an_edition_that_was_pushed_stays_as_it_was_told(ada: User, phone: Phone) -> None:
    from briefings import edition

    row = quiet(ada)
    assert not edition.stays(row)
    plan.queue([row])
    assert edition.stays(row)


def test_without_a_key_nothing_is_planned(ada: User, phone: Phone, settings: Any) -> None:
    settings.NUTGRAF_PUSH_KEY = ""
    plan.queue([quiet(ada)])
    assert states() == []
    assert trial.send(PushSubscription.objects.get()) == trial.OFF


def test_a_test_push_comes_at_once_and_is_no_delivery(phone: Phone) -> None:
    assert trial.send(PushSubscription.objects.get()) == ""
    assert phone.told[0]["title"] == "A test from Nutgraf"
    assert phone.pushes[0].headers["topic"] == "test"
    assert states() == []


def test_a_device_goes_with_what_it_was_turned_on_by(ada: User, pushes: PushService) -> None:
    from users import tokens

    device, _ = tokens.issue(ada, "Pixel")
    phone = pushes.phone()
    subscribe.add(ada, phone.endpoint, **phone.keys, label="Pixel", device=device)
    assert tokens.revoke(ada, device.pk)
    assert not PushSubscription.objects.exists()


def test_a_browser_whose_session_ran_out_gets_none(ada: User, pushes: PushService) -> None:
    """Its note goes with the next sweep, which may be later than the edition."""
    client = Client()
    client.force_login(ada)
    client.get("/settings/")
    phone, session = pushes.phone(), UserSession.objects.get()
    subscribe.add(ada, phone.endpoint, **phone.keys, label="Desk", session=session)
    plan.queue([quiet(ada)])
    send.push_due(EIGHT)
    assert len(phone.pushes) == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    plan.queue([quiet(ada, EIGHT + timedelta(days=1))])
    send.push_due(EIGHT + timedelta(days=1))
    assert (states(), len(phone.pushes)) == (["sent", "skipped"], 1)


def test_a_browser_that_changes_hands_is_its_new_readers(ada: User, phone: Phone) -> None:
    ben = rows.reader("ben@fund.example")
    turned_on(ben, phone)
    assert [one.reader for one in PushSubscription.objects.all()] == [ben]


def test_who_only_knows_an_endpoint_takes_nothing_from_its_reader(ada: User, phone: Phone) -> None:
    cal = rows.reader("cal@elsewhere.example")
    other = Phone("", phone.endpoint)
    turned_on(cal, other)
    assert set(PushSubscription.objects.values_list("reader__email", flat=True)) == {ada.email, cal.email}


def test_there_are_ten_of_a_reader_at_most(ada: User, pushes: PushService) -> None:
    for number in range(12):
        turned_on(ada, pushes.phone(), f"Phone {number}")
    labels = {one.label for one in subscribe.mine(ada)}
    assert labels == {f"Phone {number}" for number in range(2, 12)}


def test_the_newest_stays_though_nothing_was_pushed_to_it_yet(ada: User, pushes: PushService) -> None:
    for number in range(10):
        turned_on(ada, pushes.phone(), f"Phone {number}")
    longest = timezone.now() - timedelta(days=3)
    PushSubscription.objects.update(created_at=longest, pushed_at=longest + timedelta(days=1))
    PushSubscription.objects.filter(label="Phone 4").update(pushed_at=longest)
    turned_on(ada, pushes.phone(), "Phone 10")
    PushSubscription.objects.filter(label="Phone 5").update(pushed_at=longest)
    turned_on(ada, pushes.phone(), "Phone 11")
    labels = {one.label for one in subscribe.mine(ada)}
    assert labels == {f"Phone {number}" for number in range(12)} - {"Phone 4", "Phone 5"}


def test_ten_at_once_are_ten(ada: User, pushes: PushService) -> None:
    phones = [pushes.phone() for _ in range(4)] * 3

    def register(phone: Phone) -> None:
        turned_on(ada, phone)
        connection.close()

    threads = [threading.Thread(target=register, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PushSubscription.objects.count() == 4
