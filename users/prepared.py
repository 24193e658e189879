"""Questions to the database that are put together once and then asked with other values.

For what nearly every page asks: Django takes four times as long to put such a question together as Postgres to answer
it. The answers are those of the queryset, model instances with their relations included. The values go to the server
beside the statement, which stays the same, so that where no pooler stands between (`prepare_threshold` in the settings)
Postgres plans it once as well: for a question with many joins that takes longer than to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, ForeignObject, Func, Lookup, QuerySet, TextField, Value
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Answer = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Given:
    name: str


def given(name: str) -> Any:
    """Stands in a queryset's filters for the value that is given under this name when it is asked.

    It is passed on as it is: a key, not an instance. For a list of keys the lookup is `any_of`, not `in`.
    """
    return Value(_Given(name))


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup):
    """`in`, for a list that is given as one array."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_values, *right_values)


class Mark(Func):
    """Of the row that a column stands in: no two states that it ever has have the same one.

    Postgres writes each state anew, in a place and by a transaction of its own (`ctid` and `xmin`). That holds as long
    as one server's history goes on: where a standby that had not yet heard everything takes over, or a backup is
    restored, the numbers of what was lost are given once more, to other states. What is kept by marks must go with the
    process then (docs/deploying.md).

    The column must be one that no other table has as a foreign key. Empty where a joined row is not there.
    """

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        (column,) = self.get_source_expressions()
        table = compiler.quote_name_unless_alias(column.alias)
        return f"({table}.xmin::text || {table}.ctid::text)", ()


class Prepared(Generic[Row]):
    """The queryset that `make` returns, which is called once, before the first answer; without prefetched relations."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self._make = make
        self._ready: _Ready | None = None

    def __call__(self, **values: Any) -> list[Row]:
        """The rows; each name that the queryset has as `given` needs its value."""
        ready = self._ready
        if ready is None:
            ready = self._ready = _prepare(self._make())
        bound = [values[one.name] if isinstance(one, _Given) else one for one in ready.params]
        return ready.read(answer(ready.sql, bound))

    def first(self, **values: Any) -> Row | None:
        return next(iter(self(**values)), None)


def answer(sql: str, params: Any) -> Answer:
    """The rows of a statement whose values go beside it; equal statements are planned once on a connection.

    A release that widens a column while we run makes Postgres refuse the plans that have it (0A000, "cached plan must
    not change result type"), and psycopg would ask by them again and again. They are all put away, and it is asked once
    more. In a transaction nothing can be asked any more; its rollback puts them away, so that the next one goes well.
    """
    try:
        return _asked(sql, params)
    except NotSupportedError:  # not told apart by its words, which the server may say in another language
        if connection.in_atomic_block:
            raise
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")  # psycopg takes notice, and forgets them as well
    return _asked(sql, params)


def _asked(sql: str, params: Any) -> Answer:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    ours: Any = connection  # what is not told of Django's own: how it makes a cursor of another class
    cursor: CursorWrapper = ours._prepare_cursor(ServerBindingCursor(ours.connection))  # type: ignore[call-arg]
    with cursor:
        cursor.execute(sql, params)
        rows: Answer = cursor.fetchall()
    return rows


@dataclass(frozen=True, slots=True)
class _Ready:
    sql: str
    params: tuple[Any, ...]
    read: Callable[[Answer], list[Any]]


def _prepare(queryset: QuerySet[Any, Any]) -> _Ready:
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    converters = _Converters(compiler.get_converters([one for one, *_ in compiler.select]))
    compiler.connection = None  # the first thread's, and nobody else's to use
    of_models = issubclass(queryset._iterable_class, ModelIterable)
    read = _instances(compiler, converters) if of_models else _as_django_does(queryset, converters)
    return _Ready(sql, tuple(params), read)


class _Converters:
    """What the fields make of what the database tells, by column."""

    def __init__(self, found: dict[int, tuple[Sequence[Callable[..., Any]], Any]]) -> None:
        self._found = [(place, functions, field) for place, (functions, field) in found.items()]

    def __call__(self, rows: Answer) -> Iterable[Sequence[Any]]:
        if not self._found:
            return rows
        changed = [list(row) for row in rows]
        for row in changed:
            for place, functions, field in self._found:
                for function in functions:
                    row[place] = function(row[place], field, connection)
        return changed


def _instances(compiler: SQLCompiler, converters: _Converters) -> Callable[[Answer], list[Any]]:
    """What Django's `ModelIterable` does, with all put ready that is the same for each answer."""
    told: Any = compiler.klass_info
    model, places = told["model"], told["select_fields"]
    first, end = places[0], places[-1] + 1
    names = [field.target.attname for field, *_ in compiler.select[first:end]]
    make_populators: Any = get_related_populators  # the types are those of a later Django
    populators = make_populators(told, compiler.select, DEFAULT_DB_ALIAS)
    annotations = tuple((compiler.annotation_col_map or {}).items())

    def read(rows: Answer) -> list[Any]:
        made = []
        for row in converters(rows):
            one = model.from_db(DEFAULT_DB_ALIAS, names, row[first:end])
            for populator in populators:
                populator.populate(row, one)
            for name, place in annotations:
                setattr(one, name, row[place])
            made.append(one)
        return made

    return read


def _as_django_does(queryset: QuerySet[Any, Any], converters: _Converters) -> Callable[[Answer], list[Any]]:
    """For dictionaries and the like: its own classes, over a compiler that has the answer already."""

    made_by: Any = queryset._iterable_class

    def read(rows: Answer) -> list[Any]:
        query = _Answered(queryset.query, SimpleNamespace(results_iter=lambda **_: iter(converters(rows))))
        return list(made_by(SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query)))

    return read


class _Answered:
    """A query, with the compiler that has done its work already."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)

    def get_compiler(self, *_: Any, **__: Any) -> Any:
        return self._compiler
