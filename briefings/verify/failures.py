"""What the verifier has to say about a sentence that must not reach a reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rule = Literal[
    "plain", "citation", "figure", "quotation", "name", "role", "direction", "support", "opinion", "pair"
]


@dataclass(frozen=True, slots=True)
class Failure:
    """One broken rule: where it stood (`sections.2.answer.0`), the text, the rule and what exactly is wrong."""

    where: str
    text: str
    rule: Rule
    detail: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.detail}: {self.text[:120]!r}"


class Unusable(Exception):
    """Nothing that may be published is left: the headline, or all of a lens's reasons, failed."""

    def __init__(self, failures: tuple[Failure, ...]) -> None:
        super().__init__("; ".join(str(failure) for failure in failures[:3]))
        self.failures = failures
