"""Questions that are put together once: the same answers as the querysets they are made of, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import NotSupportedError, connection, connections, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from pytest_django import DjangoAssertNumQueries

from tests.releases import widen
from users.models import Profile, User
from users.prepared import Mark, Prepared, given

NAMES = ("ada", "ben", "cal")


@pytest.fixture
def readers() -> list[User]:
    made = [User.objects.create_user(f"{name}@bank.example") for name in NAMES]
    for user, role in zip(made[:2], ("cto", "cfo"), strict=True):
        Profile.objects.create(user=user, role=role, industry="finance")
    return made


@pytest.mark.django_db
def test_each_asking_has_its_own_values(readers: list[User]) -> None:
    made: list[int] = []

    def question() -> QuerySet[User]:
        made.append(1)
        return User.objects.filter(email=given("email"))

    ask = Prepared(question)
    for user in readers:
        assert ask(email=user.email) == [user]
        assert ask.first(email=user.email) == user
    assert ask(email="nobody@bank.example") == []
    assert ask.first(email="' OR 1=1 --") is None
    assert made == [1]


@pytest.mark.django_db
def test_a_list_is_given_as_one_value(readers: list[User]) -> None:
    ask = Prepared(
        lambda: User.objects.filter(
            Q(pk__any_of=given("keys")) | Q(profile__role__any_of=given("roles"))
        ).order_by("pk")
    )
    assert ask(keys=[readers[2].pk], roles=["cto"]) == [readers[0], readers[2]]
    assert ask(keys=[], roles=["cfo"]) == [readers[1]]
    assert ask(keys=[], roles=[]) == []
    of = Prepared(lambda: Profile.objects.filter(user__any_of=given("users")).order_by("pk"))
    assert [one.role for one in of(users=[one.pk for one in readers])] == ["cto", "cfo"]


@pytest.mark.django_db
def test_relations_and_annotations_come_along(
    readers: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leads = Exists(Profile.objects.filter(user=OuterRef("pk"), role=given("role")))
    ask = Prepared(
        lambda: User.objects.select_related("profile").annotate(leads=leads).defer("email").order_by("pk")
    )
    with django_assert_num_queries(1):
        first, second, third = ask(role="cto")
        assert (first.leads, second.leads, third.leads) == (True, False, False)
        assert first.profile.role == "cto"
        assert not hasattr(third, "profile")
    with django_assert_num_queries(1):
        assert second.email == "ben@bank.example"


@pytest.mark.django_db
def test_values_are_asked_for_as_well(readers: list[User]) -> None:
    ask = Prepared(
        lambda: (
            Profile.objects.filter(role__any_of=given("roles")).values("industry").annotate(many=Count("pk"))
        )
    )
    assert ask(roles=["cto", "cfo"]) == [{"industry": "finance", "many": 2}]


@pytest.mark.django_db
def test_a_value_that_was_not_given_is_an_error(readers: list[User]) -> None:
    ask = Prepared(lambda: User.objects.filter(email=given("email")))
    with pytest.raises(KeyError, match="email"):
        ask(mail="ada@bank.example")


@pytest.mark.django_db(transaction=True)
def test_threads_ask_on_connections_of_their_own(readers: list[User]) -> None:
    ask = Prepared(lambda: User.objects.filter(email=given("email")))
    assert ask(email=readers[0].email) == [readers[0]]

    def elsewhere(user: User) -> tuple[list[User], int]:
        try:
            found = ask(email=user.email)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                return found, cursor.fetchone()[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(elsewhere, readers * 5))
    assert [found for found, _ in answers] == [[user] for user in readers * 5]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] not in {pid for _, pid in answers}


@pytest.mark.django_db
def test_where_a_connection_prepares_it_is_planned_once_and_a_column_more_changes_nothing(
    readers: list[User],
) -> None:
    ask = Prepared(lambda: User.objects.filter(email=given("email")).annotate(only_here=F("email")))
    for _ in range(3):
        assert [ask.first(email=user.email) for user in readers] == readers
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%only_here%'")
        assert cursor.fetchone() == (1,)
        cursor.execute("ALTER TABLE users_user ADD COLUMN of_tomorrow text NOT NULL DEFAULT ''")
    assert [ask.first(email=user.email) for user in readers] == readers


@pytest.fixture
def narrow_again() -> Iterator[None]:
    yield
    widen(Profile, "industry")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("narrow_again")
def test_what_was_planned_before_a_column_is_widened_elsewhere_is_planned_anew(readers: list[User]) -> None:
    ask = Prepared(lambda: Profile.objects.filter(user=given("user")))
    other = Prepared(lambda: Profile.objects.filter(role=given("role")))
    for more in (1, 2):  # psycopg is made to forget more than once
        for _ in range(4):
            assert [one.role for one in ask(user=readers[0].pk)] == ["cto"]
            assert [one.role for one in other(role="cfo")] == ["cfo"]
        widen(Profile, "industry", by=more)
        for _ in range(4):
            assert [one.role for one in ask(user=readers[0].pk)] == ["cto"]
        assert [one.role for one in other(role="cfo")] == ["cfo"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%users_profile%'")
        assert cursor.fetchone() == (1,), "it is planned once again"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("narrow_again")
def test_a_transaction_that_meets_an_old_plan_fails_and_what_comes_after_does_not(
    readers: list[User],
) -> None:
    ask = Prepared(lambda: Profile.objects.filter(user=given("user")))
    for more in (1, 2):
        for _ in range(4):
            assert ask(user=readers[0].pk)
        widen(Profile, "industry", by=more)
        with pytest.raises(NotSupportedError), transaction.atomic():
            ask(user=readers[0].pk)
        with transaction.atomic():
            assert [one.role for one in ask(user=readers[0].pk)] == ["cto"]
    for _ in range(4):
        assert ask(user=readers[0].pk)
    widen(Profile, "industry", by=3)
    with transaction.atomic():
        with pytest.raises(NotSupportedError), transaction.atomic():
            ask(user=readers[0].pk)
        assert [one.role for one in ask(user=readers[0].pk)] == ["cto"], "after a savepoint"


@pytest.mark.django_db
def test_a_mark_is_another_one_after_each_change_of_its_row(readers: list[User]) -> None:
    marks = {"mark": Mark(F("email")), "profile_mark": Mark(F("profile__time_zone"))}
    ask = Prepared(lambda: User.objects.annotate(**marks).filter(pk=given("pk")))

    def seen(user: User) -> tuple[str, str | None]:
        found = ask(pk=user.pk)[0]
        return found.mark, found.profile_mark  # type: ignore[attr-defined]

    ada, ben, cal = readers
    first = seen(ada)
    assert seen(ada) == first
    Profile.objects.filter(user=ada).update(hour=9)
    second = seen(ada)
    assert (second[0], second[1] == first[1]) == (first[0], False)
    Profile.objects.filter(user=ada).update(hour=9)  # in the same transaction
    assert seen(ada)[1] not in (first[1], second[1])
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    assert seen(ada)[0] != first[0]
    assert seen(ben) not in (first, second, seen(ada))
    assert seen(cal)[1] is None
