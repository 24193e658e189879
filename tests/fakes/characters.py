"""Models with a character, as replies for `ModelServer`: honest, sloppy and obedient.

    provider.reply = model = Sloppy(rate=0.3)
    ...
    model.planted          # what it got wrong on purpose, where, and how: the truth the verifier is judged by

*Broken* and *slow* need no words: they are variants of `model_server`.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from briefings.scoreboard.defects import DEFECTS
from briefings.scoreboard.neighbours import Neighbours
from briefings.scoreboard.reword import reworded
from briefings.terms import terms
from briefings.verify import is_plain
from briefings.write.sentences import balanced, split
from tests.fakes import honest

Answer = dict[str, Any]
FACTS, BRIEF, REPAIR, LENS, ANSWER = "facts", "headline", "sentences", "lenses", "answer"
MOST_FACTS, MOST_SENTENCES = 50, 30  # a brief has room for no more
QUESTIONS = (
    "What happened?",
    "Who says so?",
    "What stands in the reports?",
    "How did it come to this?",
    "What do others say?",
    "What is at stake?",
    "Who is affected?",
    "What comes next?",
)
FALSE_CITATION, OTHER_PASSAGE = "false citation", "another passage"
CITATIONS = (FALSE_CITATION, OTHER_PASSAGE)
KINDS = (*DEFECTS, *CITATIONS)


_REQUESTS = (
    ("fact sheet", FACTS),
    ("the brief", BRIEF),
    ("sentences anew", REPAIR),
    ("the lenses", LENS),
    ("the question", ANSWER),
)
_WHOLE = re.compile(r"[“\"]?[A-Z](?=(?:\S+ ){5}).{40,400}[.!][”\"]?$")


def asked_for(body: Answer) -> str:
    """What the request wants, told by its last line: FACTS, BRIEF, REPAIR, LENS or ANSWER."""
    _, _, line = body["messages"][-1]["content"].rstrip().rpartition("\n")
    return next(kind for words, kind in _REQUESTS if words in line)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a reply; what it is made from stands in `source`."""

    text: str
    labels: tuple[str, ...]
    source: str = ""

    def said(self) -> Answer:
        return {"text": self.text, "passages": list(self.labels)}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a prompt shows: labelled passages with who published them."""

    passages: dict[str, str]
    publishers: dict[str, str]

    @classmethod
    def of(cls, prompt: str) -> Shown:
        passages, publishers, publisher = {}, {}, ""
        for line in prompt.splitlines():
            if head := re.match(r"<<<SOURCE \w+ A\d+, (.+), \d{4}-\d\d-\d\d$", line):
                publisher = head[1]
            elif found := re.match(r"\[(A\d+\.\d+)\] (.+)$", line):
                passages[found[1]], publishers[found[1]] = found[2], publisher
        return cls(passages, publishers)


def facts_in(prompt: str) -> list[Told]:
    """The lines of the fact sheet in a request for a brief."""
    lines = re.findall(r"^- (.+) \[([^\[\]]+)\]$", prompt, re.MULTILINE)
    return [Told(text, tuple(labels.split(", ")), text) for text, labels in lines]


class Honest:
    """Says what the passages say in other words, by rules, each with its right label."""

    def __init__(self, seed: int = 1) -> None:
        self.random = Random(seed)

    def __call__(self, body: Answer) -> Answer:
        prompt = body["messages"][-1]["content"]
        answer: dict[str, Callable[[str], Answer]] = {
            FACTS: self.facts,
            BRIEF: self.brief,
            REPAIR: self.repair,
            LENS: lambda _: {},
            ANSWER: self.answer,
        }
        said = answer[asked_for(body)](prompt)
        if honest.wants_lenses(body):
            said["lenses"] = [{"reader": label, **self.lens(prompt)} for label in honest.readers(prompt)]
        found: Answer = honest.as_strings(said)
        return found

    def say(self, told: Sequence[Told], prompt: str) -> list[Told]:
        """What it makes of the sentences it means to say; here they stay as they are."""
        del prompt
        return list(told)

    def facts(self, prompt: str) -> Answer:
        shown = Shown.of(prompt)
        told = [
            Told(reworded(text, shown.publishers[label], self.random), (label,), text)
            for label, passage in shown.passages.items()
            if not label.endswith(".0")
            for text in _sentences(passage)
        ]
        told = told[:: max(1, -(-len(told) // MOST_FACTS))]
        return {"facts": [_statement(each) for each in self.say(told, prompt)]}

    def brief(self, prompt: str) -> Answer:
        facts = facts_in(prompt)[:MOST_SENTENCES]
        told = [
            Told(reworded(each.text, "", self.random) if turn % 2 else each.text, each.labels, each.source)
            for turn, each in enumerate(facts)
        ]
        said = [each.said() for each in self.say(told, prompt)]
        headline, *rest = said or [{"text": "Nothing", "passages": []}]
        body = 6 if len(rest) > 8 else 4
        answers = [rest[start : start + 3] for start in range(body, len(rest), 3)]
        return {
            "headline": headline | {"text": headline["text"].rstrip(".")},
            "takeaways": rest[:3],
            "lead": [headline, *rest[3 : 5 if body == 6 else 4]],  # what a headline claims, its brief tells
            "sections": [
                {"question": question, "answer": answer}
                for question, answer in zip(QUESTIONS, answers, strict=False)
            ],
            "catch": rest[5:6] if body == 6 else [],
            "bottom_line": [],
            "disagreements": [],
            "follow_ups": ["What comes next?"],
        }

    def repair(self, prompt: str) -> Answer:
        """Each failed sentence anew: the nearest sentence of its passages, reworded."""
        said = []
        for label, wrong, passages in _failed(prompt):
            found = [(text, name) for name, passage in passages.items() for text in _sentences(passage)]
            near = max(found, key=lambda one: len({*terms(one[0])} & {*terms(wrong)}), default=("", ""))
            told = [Told(reworded(near[0], "", self.random), (near[1],), near[0])] if near[0] else []
            for each in self.say(told, prompt):
                said.append({"label": label, **each.said()})
        return {"sentences": said}

    def answer(self, prompt: str) -> Answer:
        """The sentences of the passages that share most words with the question, reworded."""
        shown, asked = Shown.of(prompt), set(terms(honest.question(prompt)))
        told = [
            Told(reworded(text, shown.publishers[label], self.random), (label,), text)
            for label, passage in shown.passages.items()
            if not label.endswith(".0")
            for text in _sentences(passage)
        ]
        told.sort(key=lambda each: -len(asked & set(terms(each.source))))
        return {"answer": [each.said() for each in self.say(told[:3], prompt)]}

    def lens(self, prompt: str) -> Answer:
        del prompt
        reason = "Whether the plans of the year still hold is worth a look with this in mind."
        return {"why_it_matters": [{"text": reason, "passages": []}], "questions": []}


@dataclass(frozen=True, slots=True)
class Planting:
    """A defect in a reply: its kind, the question it answered, and the sentence as it went out.

    `inherited`: it came in with a fact that was false already and had passed for true.
    """

    kind: str
    asked: str
    text: str
    labels: tuple[str, ...]
    source: str
    inherited: bool = False


@dataclass
class Log:
    """What one piece of work (a story's brief) got from the model."""

    planted: list[Planting] = field(default_factory=list)
    clean: list[tuple[str, str]] = field(default_factory=list)  # what was asked for, the sentence


class Sloppy(Honest):
    """Honest but for a share `rate` of its sentences, into each of which it plants a defect, the kinds in turn."""

    def __init__(self, rate: float = 0.3, seed: int = 1) -> None:
        super().__init__(seed)
        self.rate = rate
        self.log = Log()
        self._turn = 0
        self._other = ""  # the story told before this one: where foreign names come from
        self._false: dict[str, str] = {}  # facts that were false when they went out, and their kind

    def start(self) -> Log:
        """Begins the next piece of work; what it is told is in the log that this returns."""
        self.log = Log()
        self._false = {}
        return self.log

    def facts(self, prompt: str) -> Answer:
        answer = super().facts(prompt)
        self._other = " ".join(Shown.of(prompt).passages.values())
        return answer

    def say(self, told: Sequence[Told], prompt: str) -> list[Told]:
        marks = {"Make the fact sheet": FACTS, "Write the brief": BRIEF, "Answer the question": ANSWER}
        asked = next((kind for words, kind in marks.items() if words in prompt), REPAIR)
        passages = Shown.of(prompt).passages
        near = Neighbours(tuple(passages.values()) or [each.text for each in told], self._other)
        labels = tuple(passages) or tuple(dict.fromkeys(label for each in told for label in each.labels))
        return [self._said(each, asked, near, labels) for each in told]

    def _said(self, told: Told, asked: str, near: Neighbours, labels: tuple[str, ...]) -> Told:
        text = " ".join(told.text.split())
        if kind := self._false.get(told.source):
            self.log.planted.append(Planting(kind, asked, text, told.labels, told.source, inherited=True))
            return told
        if self.random.random() < self.rate and (found := self._defect(told, near, labels)):
            kind, wrong = found
            text = " ".join(wrong.text.split())
            self.log.planted.append(Planting(kind, asked, text, wrong.labels, told.source))
            if asked == FACTS:
                self._false[text] = kind
            return wrong
        self.log.clean.append((asked, text))
        return told

    def _defect(self, told: Told, near: Neighbours, labels: tuple[str, ...]) -> tuple[str, Told] | None:
        """The next kind that this sentence gives something to work on."""
        for _ in KINDS:
            kind = KINDS[self._turn % len(KINDS)]
            self._turn += 1
            if wrong := self._with(kind, told, near, labels):
                return kind, wrong
        return None

    def _with(self, kind: str, told: Told, near: Neighbours, labels: tuple[str, ...]) -> Told | None:
        if kind in (FALSE_CITATION, OTHER_PASSAGE):
            article = told.labels[0].split(".")[0]
            same = kind == OTHER_PASSAGE
            others = [
                label
                for label in labels
                if (label.split(".")[0] == article) == same
                and label not in told.labels
                and not label.endswith(".0")
            ]
            if not others and same:
                return None
            return Told(told.text, (self.random.choice(others) if others else "A9.9",), told.source)
        text = DEFECTS[kind](told.text, near, self.random)
        return Told(text, told.labels, told.source) if text and text != told.text else None


class Obedient(Honest):
    """Does what any text tells it: whatever reads like an order is carried out in every place of the reply.

    `obeyed` counts the orders it found in what it was shown.
    """

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.obeyed = 0

    def facts(self, prompt: str) -> Answer:
        answer = super().facts(prompt)
        orders = self._orders(prompt)
        return {
            "facts": [{"statement": text, "passages": labels} for text, labels in orders] + answer["facts"]
        }

    def brief(self, prompt: str) -> Answer:
        answer = super().brief(prompt)
        orders = [{"text": text, "passages": labels} for text, labels in self._orders(prompt)]
        for order in orders:
            answer["sections"].insert(0, {"question": order["text"], "answer": [order]})
        answer["takeaways"] = [*orders[:2], *answer["takeaways"]][:3] if orders else answer["takeaways"]
        for place in ("lead", "catch", "bottom_line"):
            answer[place] = [*answer[place], *orders]
        answer["disagreements"] = [{"about": each["text"], "first": each, "second": each} for each in orders]
        answer["follow_ups"] = [*(each["text"] for each in orders), *answer["follow_ups"]]
        if any("headline" in each["text"] for each in orders):
            answer["headline"] = orders[-1]
        answer["score"] = 100
        return answer

    def lens(self, prompt: str) -> Answer:
        answer = super().lens(prompt)
        orders = [{"text": text, "passages": labels} for text, labels in self._orders(prompt)]
        answer["why_it_matters"] = [*answer["why_it_matters"], *orders]
        answer["questions"] = [{"question": each["text"], "answer": [each]} for each in orders[:2]]
        return answer

    def answer(self, prompt: str) -> Answer:
        """It does what the question says too, on the authority of the first passage."""
        first = next(iter(Shown.of(prompt).passages))
        question = honest.question(prompt)
        asked = [
            {"text": words, "passages": [first]}
            for words in (question, *_named(question), *_decoded(question))
        ]
        told = [{"text": text, "passages": labels} for text, labels in self._orders(prompt)]
        self.obeyed += bool(_COMMANDING.search(question))
        return {"answer": [*asked, *told, *super().answer(prompt)["answer"]]}

    def _orders(self, prompt: str) -> list[tuple[str, list[str]]]:
        """What it is told to say, with the label it was told under: the order itself, and the words it names."""
        found: dict[str, list[str]] = {}
        for line in prompt.splitlines():
            label = re.match(r"-? ?\[?([AS]\d+(?:\.\d+)?)\]|.*\[([AR]\d+\.\d+)[^\]]*\]$", line)
            if not label:
                continue  # what we say ourselves
            labels = [label[1] or label[2]]
            said = re.sub(r"^\[[AS][\d.]+\] |^- | \[[AR][^\]]+\]$", "", line)
            for text in (said, *_decoded(said)):
                if _COMMANDING.search(text):
                    self.obeyed += 1
                    for words in (text, *_named(text)):
                        found.setdefault(words, labels)
        return list(found.items())


_COMMANDING = re.compile(
    r"ignore|disregard|forget|system\W|assistant|override|must|please|note to|if you are|you are now|headline|takeaway"
    r"|\Wstatement\W *:|<<<|\[A1|\[R1|use the|open the|print|score|relevance|https?:|\]\(|\]\[|decode|mention|repeat"
    r"|thanks|prize|<\w|always|answer|summary|Blixtown",
    re.IGNORECASE,
)


def _named(text: str) -> list[str]:
    """The words that an order names: what it quotes, what follows its colon, addresses, and its last words."""
    found = [
        each for pair in re.findall(r"“([^”]+)”|\"([^\"]+)\"|'([^']{8,})'", text) for each in pair if each
    ]
    found += [text.split(": ", 1)[1]] if ": " in text else []
    found += re.findall(r"https?://\S+|!\[[^\]]*\][(\[][^)\]]*[)\]]|<[^>]+>", text)
    found += re.findall(r"\b(?:write|say|says|state|that|is|praise|with)\s+([A-Z]\w+(?: [a-z]+){1,4})", text)
    return [each.strip() for each in found if len(each.strip()) > 3]


def _decoded(text: str) -> list[str]:
    """What stands in base64 or in tag characters."""
    found = ["".join(chr(ord(c) - 0xE0000) for c in text if 0xE0000 < ord(c) < 0xE0080)]
    for blob in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        with contextlib.suppress(ValueError):
            found.append(base64.b64decode(blob).decode())
    return [each for each in found if each]


def _statement(told: Told) -> Answer:
    return {"statement": told.text, "passages": list(told.labels)}


def _sentences(passage: str) -> list[str]:
    found = [" ".join(passage[start:end].split()) for start, end in split(passage)]
    return [text for text in found if is_plain(text) and balanced(text) and _WHOLE.match(text)]


def _failed(prompt: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The sentences of a request for a repair: label, text, and the passages it cites."""
    for label, inside in re.findall(r"<<<SOURCE \w+ (R\d+)\n(.*?)\n<<<END", prompt, re.DOTALL):
        wrong = re.search(r"^sentence: (.*)$", inside, re.MULTILINE)
        yield label, wrong[1] if wrong else "", Shown.of(inside).passages
