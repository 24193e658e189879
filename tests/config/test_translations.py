"""Everything that readers see is wrapped for translation, and each catalogue says all of it."""

from __future__ import annotations

import ast
import gettext
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message

from config import translations

ROOT = translations.TEMPLATES.parent
# Pages of those who run the service, and what programs read: English (docs/decisions.md).
ENGLISH = {
    "watch/status.html",
    "users/outbox.html",
    "briefings/spending.html",
    "briefings/_spent.html",
    "briefings/api.html",
}
FILES = sorted(
    path
    for path in [*translations.TEMPLATES.rglob("*.html"), *translations.TEMPLATES.rglob("*.txt")]
    if str(path.relative_to(translations.TEMPLATES)) not in ENGLISH
)
NAMES = {"Nutgraf", "NUTGRAF", "UTC", "XXXX", "manage", "py", "staff"}
WORD = re.compile(r"[A-Za-z]{2,}")
APART = re.compile(
    r"{% blocktranslate.*?{% endblocktranslate %}|<style.*?</style>|<!--.*?-->|<!doctype[^>]*>|<kbd>.*?</kbd>|"
    r"{% block width %}.*?{% endblock %}",
    re.S,
)
TAG = re.compile(r"<[a-zA-Z/](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")
SEEN = re.compile(r'\s(?:title|aria-label|placeholder|alt)="([^"]*)"|name="description" content="([^"]*)"')
# Words and formats that a tag is given: those that are shown must be wrapped.
GIVEN = re.compile(
    r"\|date:(?!_\()(?![\"'](?:c|U|Y-m-d)[\"'])|\|pluralize|\|default:[\"'](?!brief)[^\"']*\w|(?<![-\w])(?:label|says|what|words)=[\"']"
)
PLACES = re.compile(r"%\(\w+\)s|{\w*}|</?\w+[^>]*>")


def bare(source: str, html: bool) -> Iterator[str]:
    """Texts of a template that nothing translates."""
    yield from GIVEN.findall(source)
    source = APART.sub("", source)
    source = re.sub(r"{{.*?}}", "", re.sub(r"{%.*?%}", "", source, flags=re.S), flags=re.S)
    if html:
        for found in SEEN.finditer(source):
            yield from _words(found[1] or found[2] or "")
        source = TAG.sub(" ", source)
    yield from _words(re.sub(r"&\w+;", "", source))


def _words(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word not in NAMES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(translations.TEMPLATES)))
def test_every_text_of_a_template_is_wrapped(path: Path) -> None:
    assert list(bare(path.read_text(encoding="utf-8"), path.suffix == ".html")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<button aria-label="Close">×</button>',
        "{{ day|date:'j F' }}",
        '{% include "a.html" with label="Again" %}',
        "{{ n }}{{ n|pluralize }}",
        '{{ a|default:"nothing" }}',
    ],
)
def test_it_would_be_noticed_where_one_is_not(source: str) -> None:
    assert list(bare(source, html=True))


def test_what_code_says_to_readers_is_wrapped() -> None:
    found = []
    for path in [*(ROOT / "users").rglob("*.py"), *(ROOT / "briefings").rglob("*.py")]:
        if path.name == "admin.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found += [f"{path.name}:{node.lineno}" for said in _said(node) if _is_bare(said)]
    assert found == []


def _said(node: ast.Call) -> Iterator[Any]:
    """The arguments that a reader gets to see."""
    name = ast.unparse(node.func)
    if re.match(r"messages\.\w+$", name):
        yield from node.args[1:]
    elif name in ("forms.ValidationError", "asking.CannotAsk", "CannotAsk", "NoRoom"):
        yield from node.args[:1]
    elif name.endswith("Unusable"):
        yield from node.args[1:]
    elif name.startswith("forms."):
        yield from (each.value for each in node.keywords if each.arg in ("label", "help_text"))


def _is_bare(node: Any) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.fixture(params=translations.languages())
def code(request: Any) -> str:
    return str(request.param)


def test_the_catalogue_holds_what_templates_and_code_say(code: str) -> None:
    wanted = {(one.context, str(one.id)) for one in translations.found() if one.id}
    there = {(one.context, str(one.id)) for one in translations.read(code) if one.id}
    assert there ^ wanted == set(), "make messages"


def test_all_of_it_is_translated(code: str) -> None:
    catalogue = translations.read(code)
    texts = [one for one in catalogue if one.id]
    assert [one.id for one in texts if one.fuzzy or ("", "") in _pairs(one, catalogue.num_plurals)] == []
    wrong = [
        (said, translated)
        for one in texts
        for said, translated in _pairs(one, catalogue.num_plurals)
        if sorted(PLACES.findall(said)) != sorted(PLACES.findall(translated))
        or said[:1].isspace() != translated[:1].isspace()
        or said[-1:].isspace() != translated[-1:].isspace()
        # Texts stand in attributes, too, and are not escaped there.
        or (translated.count('"'), translated.count("&")) != (said.count('"'), said.count("&"))
    ]
    assert wrong == []


def _pairs(one: Message, plurals: int) -> list[tuple[str, str]]:
    """Each form with what stands for it; an empty text where one is missing."""
    if not one.pluralizable:
        return [(str(one.id), str(one.string))] if one.string else [("", "")]
    forms = [str(form) for form in one.string]
    if len(forms) != plurals or not all(forms):
        return [("", "")]
    return [(one.id[0], forms[0]), *((one.id[1], form) for form in forms[1:])]


def test_what_is_compiled_is_what_is_written(code: str) -> None:
    compiled = translations.po(code).with_suffix(".mo")
    with compiled.open("rb") as file:
        loaded: dict[Any, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    fresh = gettext.GNUTranslations(io.BytesIO(translations.compiled(translations.read(code))))
    assert {**loaded, "": ""} == {**vars(fresh)["_catalog"], "": ""}, "make messages"
