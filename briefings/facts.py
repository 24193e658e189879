"""The fact sheet: a story's checkable statements, each with the passages that support it, verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from briefings.schemas import Citation, Material, Sentence
from briefings.verify import Failure, check_sentence
from briefings.write import fence, prompts
from briefings.write.asking import Desk
from briefings.write.reply import FactsReply
from inference.models import Purpose

MOST = 60
ANSWER_TOKENS = 5000


@dataclass(frozen=True, slots=True)
class FactSheet:
    """`facts` are sentences that passed the verifier; `labels` names the passages they cite, for the next prompt."""

    facts: tuple[Sentence, ...]
    labels: Mapping[str, Citation]
    failures: tuple[Failure, ...]

    def lines(self) -> str:
        """One fact a line, with the labels of its passages."""
        names = {citation: label for label, citation in self.labels.items()}
        return "\n".join(
            f"- {fact.text} [{', '.join(names[citation] for citation in fact.citations)}]"
            for fact in self.facts
        )


def fact_sheet(material: Material, desk: Desk) -> FactSheet:
    """Ask for the story's facts and keep those that hold. Raises `inference.errors`."""
    shown = fence.show(material)
    prompt = prompts.sources(shown.text)
    reply = desk.ask(FactsReply, Purpose.FACT_SHEET, "facts", prompts.FACTS, prompt, ANSWER_TOKENS)
    facts: dict[str, Sentence] = {}
    failures: list[Failure] = []
    for place, statement in enumerate(reply.facts[:MOST]):
        fact = fence.cited(statement.statement, statement.passages, shown.citations)
        wrong = check_sentence(fact, material, f"facts.{place}")
        failures += wrong
        if not wrong:
            facts.setdefault(fact.text.casefold(), fact)
    used = {citation for fact in facts.values() for citation in fact.citations}
    labels = {label: citation for label, citation in shown.citations.items() if citation in used}
    return FactSheet(tuple(facts.values()), labels, tuple(failures))
