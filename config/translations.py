"""The texts that are to be translated, found in templates and code, and their catalogues; needs no gettext installed.

`manage.py messages` writes them; tests compare what lies in `locale` with what is found here.
"""

from __future__ import annotations

import ast
import io
import re
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from users import taxonomy
from users.language import WRITTEN

TEMPLATES, LOCALE = settings.BASE_DIR / "templates", settings.BASE_DIR / "locale"
PACKAGES = ("users", "inference", "ingest", "briefings", "config")
CALLS = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "pgettext": 2}  # texts of each
# In templates, as Django writes them out as code.
_FOUND = re.compile(
    r"\b(?P<call>_|n?gettext|pgettext)\((?P<texts>(?:u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")(?:, )?)+)"
)
_TEXT = re.compile(r"u?('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")
Text = str | tuple[str, str]


def found() -> Catalog:
    """Every text, with where it stands; without translations."""
    catalog = Catalog(project="Nutgraf", fuzzy=False)
    for where, text, context in sorted(_all(), key=lambda one: (one[0], str(one[1]))):
        catalog.add(text, locations=[(where, 0)], context=context)
    return catalog


def _all() -> Iterator[tuple[str, Text, str | None]]:
    for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]:
        for text, context in in_template(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(settings.BASE_DIR)), text, context
    for package in PACKAGES:
        for path in (settings.BASE_DIR / package).rglob("*.py"):
            for text, context in _in_code(path):
                yield str(path.relative_to(settings.BASE_DIR)), text, context
    from briefings.feedback.telling import SORTS
    from briefings.write.concerns import CONCERNS

    for concern in (*(one.said for one in CONCERNS), *SORTS.values()):
        yield "briefings/write/concerns.py", concern, "concern"
    for role in taxonomy.roles().values():
        yield "users/taxonomy.toml", role.title, "role"
    for industry in taxonomy.industries().values():
        yield "users/taxonomy.toml", industry.title, "industry"
    for interest in taxonomy.interests():
        yield "users/taxonomy.toml", interest, "interest"


def in_template(source: str) -> Iterator[tuple[Text, str | None]]:
    """The texts with their contexts."""
    for call in _FOUND.finditer(templatize(source)):
        texts = [str(literal_eval(text)) for text in _TEXT.findall(call["texts"])]
        if call["call"] == "pgettext":
            yield texts[1], texts[0]
        else:
            yield ((texts[0], texts[1]) if call["call"] == "ngettext" else texts[0]), None


def _in_code(path: Path) -> Iterator[tuple[Text, str | None]]:
    code = path.read_text(encoding="utf-8")
    if "gettext" not in code:
        return
    for node in ast.walk(ast.parse(code)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
            continue
        said = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if len(said) != CALLS[node.func.id]:
            continue  # what is told elsewhere: a name, or one of a table
        if node.func.id == "pgettext":
            yield said[1], said[0]
        else:
            yield (said[0], said[1]) if node.func.id == "ngettext" else said[0], None


def languages() -> list[str]:
    """Those that there is a catalogue of: all but the one that texts are written in."""
    return [code for code, _ in settings.LANGUAGES if code != WRITTEN]


def po(code: str) -> Path:
    return Path(LOCALE / code / "LC_MESSAGES" / "django.po")


def read(code: str) -> Catalog:
    with po(code).open("rb") as file:
        return read_po(file, locale=code)


def compiled(catalog: Catalog) -> bytes:
    """What Django loads: the .mo of the catalogue."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def update(code: str) -> int:
    """Bring the catalogue up to date and compile it; how many of its texts are not translated yet."""
    catalog = read(code) if po(code).exists() else Catalog(locale=code, project="Nutgraf", fuzzy=False)
    made = catalog.creation_date
    catalog.update(found(), no_fuzzy_matching=True)
    catalog.creation_date = made  # or the file would change each time
    catalog.obsolete.clear()
    po(code).parent.mkdir(parents=True, exist_ok=True)
    with po(code).open("wb") as file:
        write_po(file, catalog, width=110, include_lineno=False, sort_by_file=True)
    po(code).with_suffix(".mo").write_bytes(compiled(catalog))
    return sum(not one.string or (one.pluralizable and not all(one.string)) for one in catalog if one.id)
