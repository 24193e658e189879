"""What `bench/scoreboard.py` measures, and how figures are judged, compared with those before, and told. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

CHANGED = "-changed"  # after the commit of code that was changed since
Told = Any  # the JSON document that a command printed
Better = Literal["more", "less"]


@dataclass(frozen=True)
class Claim:
    """One line of the table. `noise`: the share by which the figure differs between two runs of the same release."""

    name: str
    figure: Callable[[Told], float]
    better: Better
    limit: float | None = None
    noise: float = 0.0
    unit: str = ""
    peer: Callable[[Told], str] = lambda _: ""
    of: Callable[[Told], str] | None = None  # what it was measured on, where that may change from run to run


@dataclass(frozen=True)
class Command:
    """A command that prints one JSON document, by which claims are judged. `minutes`: given up after so many.

    `quick`: what it takes is told in a minute or two.
    """

    name: str
    arguments: tuple[str, ...]
    claims: tuple[Claim, ...]
    minutes: float = 10.0
    quick: bool = False


@dataclass(frozen=True)
class Figure:
    """What was measured for a claim, when and at which commit; `old`: kept from then since it could not be measured."""

    name: str
    figure: float
    better: Better
    limit: float | None
    noise: float
    unit: str
    peer: str
    command: str
    date: str
    commit: str
    old: str = ""
    before: float | None = None  # of the release before, where there was one
    tree: str = ""  # of the code without the scoreboard: one release, whatever its commit is called

    @property
    def kept(self) -> bool:
        """Whether it is within its limit."""
        if self.limit is None:
            return True
        return self.figure >= self.limit if self.better == "more" else self.figure <= self.limit

    @property
    def worse(self) -> bool:
        """Whether it is worse than before, beyond the noise. What was not measured now is not judged again."""
        if self.before is None or self.old:
            return False
        lost = self.before - self.figure if self.better == "more" else self.figure - self.before
        return lost > self.noise * abs(self.before) + 1e-12


Releases = Sequence[Sequence[Figure]]  # the figures of each, the latest last


def at(*path: str | int) -> Callable[[Told], float]:
    """What stands there in a document."""

    def found(told: Told) -> float:
        for step in path:
            told = told[step]
        return float(told)

    return found


def judged(
    command: Command, told: Told, date: str, commit: str, earlier: Releases, tree: str = ""
) -> list[Figure]:
    """The figures of a document that its command printed, each beside that of the release before.

    LookupError, TypeError or ValueError when the document is not shaped as agreed.
    """
    return [
        Figure(
            name,
            claim.figure(told),
            claim.better,
            claim.limit,
            claim.noise,
            claim.unit,
            claim.peer(told),
            " ".join(command.arguments),
            date,
            commit,
            before=_before(name, commit, tree, earlier),
            tree=tree,
        )
        for claim in command.claims
        for name in [named(claim, told)]
    ]


def named(claim: Claim, told: Told) -> str:
    """The claim's row. What it was measured on is part of its name: of something else it is another row."""
    return f"{claim.name}, {claim.of(told)}" if claim.of else claim.name


def _before(name: str, commit: str, tree: str, earlier: Releases) -> float | None:
    """What the latest other release measured, whatever it kept from those before it. Changed code is no release."""
    found = (one for release in reversed(earlier) for one in release if one.name == name and not one.old)
    others = (one for one in found if not same_release(one.commit, one.tree, commit, tree))
    return next((one.figure for one in others if not one.commit.endswith(CHANGED)), None)


def same_release(commit: str, tree: str, other_commit: str, other_tree: str) -> bool:
    """Whether two measured the same code; committing the scoreboard makes another commit of it."""
    return commit == other_commit or bool(tree and tree == other_tree)


def kept_from(command: Command, why: str, commit: str, earlier: Releases, tree: str = "") -> list[Figure]:
    """What was measured earlier, marked as old with the reason, unless it was at this very commit.

    What never was measured is in no table.
    """
    found = []
    for claim in command.claims:
        rows = [one for release in earlier for one in release if _is_of(one, claim)]
        found += rows[-1:]
    return [
        one
        if same_release(one.commit, one.tree, commit, tree) and not one.old
        else replace(one, old=why, before=None)
        for one in found
    ]


def _is_of(figure: Figure, claim: Claim) -> bool:
    return figure.name == claim.name or bool(claim.of and figure.name.startswith(f"{claim.name}, "))


def verdict(figure: Figure) -> str:
    if not figure.kept:
        return "**broken**"
    if figure.worse:
        return "**worse**"
    return "kept" if figure.limit is not None else ""


def shown(value: float | None, unit: str) -> str:
    """As people read it."""
    if value is None:
        return ""
    if unit == "$":
        return f"${value:.7f}".rstrip("0")
    digits = 0 if float(value).is_integer() and abs(value) >= 10 else 3 if abs(value) < 10 else 1
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {unit}".strip()


HEAD = """# Scoreboard

Everything we claim, measured from the frozen data by `make scoreboard` on {date} at commit {commit}, on {machine}.
*Noise* is how much two runs of one release differ; a figure that is worse than in the release before by more than that
says so, and so does one that broke its limit. What could not be measured this time keeps its earlier figure and date.

"""


def rendered(figures: Sequence[Figure], date: str, commit: str, machine: str) -> str:
    """docs/scoreboard.md."""
    lines = [
        HEAD.format(date=date, commit=commit, machine=machine),
        "| claim | figure | limit | before | noise | peers | command | kept |\n",
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n",
    ]
    for one in figures:
        sign = "≥" if one.better == "more" else "≤"
        limit = f"{sign} {shown(one.limit, one.unit)}" if one.limit is not None else ""
        figure = shown(one.figure, one.unit)
        if one.old:
            figure += f" (old: {one.date}, {one.commit}; {one.old})"
        cells = [
            one.name,
            figure,
            limit,
            shown(one.before, one.unit),
            f"{one.noise:.0%}" if one.noise else "none",
            one.peer,
            f"`{one.command}`",
            verdict(one),
        ]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n")
    worse = [one for one in figures if one.worse]
    broken = [one for one in figures if not one.kept]
    lines.append(f"\n{_summary(worse, broken)}\n")
    return "".join(lines)


def _summary(worse: Sequence[Figure], broken: Sequence[Figure]) -> str:
    told = []
    if broken:
        told.append(f"**Broken limits:** {', '.join(one.name for one in broken)}.")
    if worse:
        changes = [
            f"{one.name} ({shown(one.before, one.unit)} before, {shown(one.figure, one.unit)} now)"
            for one in worse
        ]
        told.append(f"**This release is worse than the one before:** {', '.join(changes)}.")
    return " ".join(told) or "No limit is broken, and nothing is worse than in the release before."
