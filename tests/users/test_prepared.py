"""Questions that are put together once: the same answers as the querysets they are made of, whatever is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from pytest_django import DjangoAssertNumQueries

from users.models import Profile, User
from users.prepared import Prepared, given

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
