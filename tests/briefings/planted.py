"""Recorded stories told by a sloppy model through the real writer, and what of its defects came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from briefings.schemas import BriefBody, Material
from briefings.verify.brief import sentences
from briefings.write.brief import write
from tests.fakes.characters import BRIEF, CITATIONS, FACTS, REPAIR, Log, Sloppy, facts_in
from tests.fakes.model_server import ModelServer


class Count:
    """Defects that met the verifier, and those a reader would see; clean sentences said, and those that were lost.

    What was planted into a draft that was given up whole is not counted: the verifier never judged it for a reader.
    """

    def __init__(self) -> None:
        self.planted: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.seen: list[str] = []
        self.clean: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.lost_texts: list[str] = []
        self.writers: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()

    def add(self, log: Log, sheet: set[str], body: BriefBody | None, story: Material) -> None:
        """`sheet`: the facts that passed. `body`: the brief when it was made of the model's draft."""
        cited = _cited(body, story) if body else {}
        told = set(cited)
        self.writers["model" if body else "extractive"] += 1
        self.repairs["asked"] += sum(asked == REPAIR for asked, _ in log.clean)
        self.repairs["planted"] += sum(each.asked == REPAIR for each in log.planted)
        self.repairs["kept"] += body.verification.repaired if body else 0
        self.repairs["dropped"] += body.verification.dropped if body else 0
        through: set[str] = set()  # a false fact that is told twice is one defect
        for each in log.planted:
            if each.asked != FACTS and body is None:
                continue
            self.planted[each.kind] += not each.inherited
            root = each.source if each.inherited else each.text
            where = cited.get(each.text) or cited.get(each.text.rstrip("."))
            # A true sentence whose false citation was mended is a defect no more.
            if root not in through and where and (each.kind not in CITATIONS or where & {*each.labels}):
                through.add(root)
                self.reached[each.kind] += 1
                self.seen.append(f"{each.kind}: {each.text} {each.labels} :: {each.source}")
        for asked, text in log.clean:
            if asked == FACTS or (asked == BRIEF and body):
                kept = sheet if asked == FACTS else told
                self.clean[asked] += 1
                if text not in kept and text.rstrip(".") not in kept:
                    self.lost[asked] += 1
                    self.lost_texts.append(f"{asked}: {text}")

    def figures(self) -> dict[str, Any]:
        planted, reached = sum(self.planted.values()), sum(self.reached.values())
        clean, lost = sum(self.clean.values()), sum(self.lost.values())
        return {
            "planted": planted,
            "reached": reached,
            "stopped": round(1 - reached / planted, 4) if planted else 1.0,
            "clean": clean,
            "clean_lost": round(lost / clean, 4) if clean else 0.0,
            "lost_of": {"facts": self.lost[FACTS], "brief": self.lost[BRIEF]},
            "briefs": dict(self.writers),
            "repairs": dict(self.repairs),
            "kinds": {
                kind: {"planted": self.planted[kind], "reached": self.reached[kind]}
                for kind in sorted(self.planted)
            },
        }


def count(stories: Iterable[Material], provider: ModelServer, model: Sloppy) -> Count:
    """Each story written once with `model` behind `provider`, which must be configured as ours."""
    provider.reply = model
    found = Count()
    for number, story in enumerate(stories):
        log, asked = model.start(), len(provider.requests)
        written = write(story, f"brief:sloppy-{number}")
        prompts = [request.body["messages"][-1]["content"] for request in provider.requests[asked:]]
        drafts = [prompt for prompt in prompts if "Write the brief." in prompt]
        sheet = {fact.text for prompt in drafts for fact in facts_in(prompt)}
        if drafts:
            found.add(log, sheet, written.body if written.writer == "model" else None, story)
    return found


def _cited(body: BriefBody, story: Material) -> dict[str, set[str]]:
    """What a brief says, each with the labels of the passages it cites there, as the model knows them."""
    numbers = {article.article: number for number, article in enumerate(story.articles, start=1)}
    cited: dict[str, set[str]] = {}
    for sentence in sentences(body):
        labels = {f"A{numbers[each.article]}.{each.passage}" for each in sentence.citations}
        cited.setdefault(sentence.text, set()).update(labels)
    return cited
