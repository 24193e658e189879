"""A model's sentence comes as one string that ends with its labels, and may come otherwise."""

from __future__ import annotations

import pytest

from briefings.write.reply import BriefReply, FactsReply, Said
from inference import dialect


@pytest.mark.parametrize(
    ("given", "text", "labels"),
    [
        ("Tern 5 costs $2. [A1.3]", "Tern 5 costs $2.", ("A1.3",)),
        ("Tern 5 costs $2. [A1.3, A2.1]", "Tern 5 costs $2.", ("A1.3", "A2.1")),
        ("Tern 5 costs $2. [A1.3][ A2.1; S7 ] ", "Tern 5 costs $2.", ("A1.3", "A2.1", "S7")),
        ("Tern 5 costs $2 [A1.3].", "Tern 5 costs $2.", ("A1.3",)),
        ("Harbor cuts the price of Tern 5 [A1.0]", "Harbor cuts the price of Tern 5", ("A1.0",)),
        ("Wait for the next version.", "Wait for the next version.", ()),
        ("They call it “the end [sic]”", "They call it “the end [sic]”", ()),
        ("[A1.3] says so.", "[A1.3] says so.", ()),
    ],
)
def test_it_takes_the_labels_from_the_end(given: str, text: str, labels: tuple[str, ...]) -> None:
    said = Said.model_validate(given)
    assert (said.text, said.passages) == (text, labels)


def test_it_takes_an_object_too() -> None:
    """As servers without strict schemas send, whose models know best."""
    said = Said.model_validate({"text": "It is out.", "passages": ["A1.1"], "sure": True})
    assert said == Said.model_validate("It is out. [A1.1]")
    facts = FactsReply.model_validate({"facts": ["It is out. [A1.1]", {"statement": "Ha.", "passages": []}]})
    assert [fact.statement for fact in facts.facts] == ["It is out.", "Ha."]


def test_it_asks_for_strings() -> None:
    schema = dialect.strict(BriefReply.model_json_schema())
    assert schema["$defs"]["Said"] == {"type": "string"}
    assert schema["properties"]["takeaways"]["items"] == {"$ref": "#/$defs/Said"}
