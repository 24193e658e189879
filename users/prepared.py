"""Questions to the database that are put together once and then asked with other values.

For what nearly every page asks: Django takes four times as long to put such a question together as Postgres to answer
it. The answers are those of the queryset, model instances with their relations included.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, ForeignObject, Lookup, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
_Ready = tuple[Any, SQLCompiler, str, tuple[Any, ...], Any]


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


class Prepared(Generic[Row]):
    """The queryset that `make` returns, which is called once, before the first answer; without prefetched relations."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self._make = make
        self._ready: _Ready | None = None

    def __call__(self, **values: Any) -> list[Row]:
        """The rows; each name that the queryset has as `given` needs its value."""
        queryset, made, sql, params, converters = self._ready or self._prepare()
        compiler: Any = copy(made)  # threads have a connection each
        compiler.connection = connection
        bound = [values[one.name] if isinstance(one, _Given) else one for one in params]
        compiler.as_sql = lambda *_, **__: (sql, bound)
        compiler.get_converters = lambda _: converters
        asked = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=queryset.model,
            query=_Answering(queryset.query, compiler),
            _known_related_objects={},
        )
        return list(queryset._iterable_class(asked))

    def first(self, **values: Any) -> Row | None:
        return next(iter(self(**values)), None)

    def _prepare(self) -> _Ready:
        queryset = self._make()
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([one for one, *_ in compiler.select])
        compiler.connection = None  # the first thread's, and nobody else's to use
        self._ready = ready = (queryset, compiler, sql, tuple(params), converters)
        return ready


class _Answering:
    """A query, with the compiler that has done its work already."""

    def __init__(self, query: Any, compiler: SQLCompiler) -> None:
        self._query, self._compiler = query, compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)

    def get_compiler(self, *_: Any, **__: Any) -> SQLCompiler:
        return self._compiler
