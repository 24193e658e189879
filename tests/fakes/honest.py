"""A model without imagination: it answers each of our questions in the words that it was given, and cites them."""

from __future__ import annotations

import json
import re
from typing import Any

Answer = dict[str, Any]
FACTS, BRIEF, LENS, ANSWER = "facts", "brief", "lens", "answer"
QUESTIONS = ("What happened?", "Who says so?", "What stands in the reports?", "What else is known?")


def asked_for(body: Answer) -> str:
    """What the request wants: told apart by the schema it is asked to fill."""
    wanted = _wanted(body)
    if "answer" in wanted:
        return ANSWER
    return FACTS if "facts" in wanted else BRIEF if "headline" in wanted else LENS


def as_strings(said: Any) -> Any:
    """The answer with each sentence as it is asked for: one string that ends with its labels."""
    if isinstance(said, list):
        return [as_strings(each) for each in said]
    if not isinstance(said, dict):
        return said
    if set(said) in ({"text", "passages"}, {"statement", "passages"}):
        text = said.get("text", said.get("statement"))
        return f"{text} [{', '.join(said['passages'])}]" if said["passages"] else text
    return {name: as_strings(each) for name, each in said.items()}


def wants_lenses(body: Answer) -> bool:
    """Whether it asks for lenses, alone or beside a brief."""
    return "lenses" in _wanted(body)


def _wanted(body: Answer) -> Answer:
    """The properties of the schema, which stands at the end of the instructions where the endpoint takes none."""
    if shape := body.get("response_format", {}).get("json_schema"):
        found: Answer = shape["schema"]["properties"]
    else:
        found = json.loads(body["messages"][0]["content"].rpartition("\n")[2])["properties"]
    return found


def readers(prompt: str) -> list[str]:
    """The labels of the readers in a request for lenses."""
    return re.findall(r"^\[(R\d+)\] ", prompt, re.MULTILINE)


def answer(body: Answer) -> Answer:
    """The honest reply to a request for facts, a brief or a lens."""
    prompt = body["messages"][-1]["content"]
    said = {FACTS: _facts, BRIEF: _brief, LENS: _nothing, ANSWER: _answer}[asked_for(body)](prompt)
    if wants_lenses(body):
        said["lenses"] = [_lens(reader) for reader in readers(prompt)]
    found: Answer = as_strings(said)
    return found


def _facts(prompt: str) -> Answer:
    passages = re.findall(r"^\[(A\d+\.\d+)\] (.+)$", prompt, re.MULTILINE)
    said = [(label, sentence) for label, text in passages for sentence in _sentences(text)[:2]]
    return {"facts": [{"statement": sentence, "passages": [label]} for label, sentence in said]}


def _brief(prompt: str) -> Answer:
    lines = re.findall(r"^- (.+) \[([^\]]+)\]$", prompt, re.MULTILINE)
    said = [{"text": text, "passages": labels.split(", ")} for text, labels in lines]
    answers = [said[start : start + 2] for start in range(6, len(said), 2)]
    return {
        "headline": said[0],
        "takeaways": said[1:4],
        "lead": said[4:6] or said[:1],
        "sections": [
            {"question": question, "answer": answer}
            for question, answer in zip(QUESTIONS, answers, strict=False)
        ],
        "catch": [],
        "bottom_line": said[-1:],
        "disagreements": [],
        "follow_ups": [{"question": "What comes next?", "answer": said[-2:-1]}],
    }


def _answer(prompt: str) -> Answer:
    """The first sentence of the passage that shares most words with the question."""
    passages = re.findall(r"^\[(A\d+\.[1-9]\d*)\] (.+)$", prompt, re.MULTILINE)
    asked = set(re.findall(r"\w{4,}", question(prompt).lower()))
    label, text = max(passages, key=lambda one: len(asked & set(re.findall(r"\w{4,}", one[1].lower()))))
    return {"answer": [{"text": _sentences(text)[0], "passages": [label]}]}


def question(prompt: str) -> str:
    """What a request for an answer asks."""
    (found,) = re.findall(r"^<<<SOURCE \w+ QUESTION\n(.*)\n<<<END", prompt, re.MULTILINE)
    return str(found)


def _nothing(prompt: str) -> Answer:
    del prompt
    return {}


def _lens(reader: str) -> Answer:
    reason = "Whether the plans of the year still hold is worth a look with this in mind."
    return {"reader": reader, "why_it_matters": [{"text": reason, "passages": []}], "questions": []}


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)
