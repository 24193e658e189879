"""What the extractive writer asks where somebody speaks: what their words do, and no second time that they spoke."""

from __future__ import annotations

import pytest

from briefings.write.extractive import write_extractive
from briefings.write.names import names_of
from briefings.write.speakers import voice_of
from briefings.write.speech import act_of, gives_reason
from briefings.write.voices import spoken
from tests.briefings.extractive_promises import material, source_text


@pytest.mark.parametrize(
    ("text", "speaker", "act"),
    [
        ("“Our scanners never shared a picture with anybody,” said Ines Prado.", "Prado", "deny"),
        ("Prado denied that the scanners had shared pictures.", "Prado", "deny"),
        ("“It was a mistake to ship the scanners in May,” Prado told the council.", "Prado", "admit"),
        ("Prado said it was hard to say how many scanners were broken.", "Prado", "unsure of"),
        ("Prado warned that broken scanners would be sold again.", "Prado", "warn of"),
        ("“The council must publish the list of scanners,” said Ines Prado.", "Prado", "call for"),
        ("“This fine is a slap on the wrist,” said Ines Prado.", "Prado", "object to"),
        ("Prado, head of a patients' group, applauded the recall.", "Prado", "welcome"),
        ("“We will pay for every broken scanner,” Prado said.", "Prado", "plan"),
        ("Acme said it would pay for every broken scanner.", "Acme", "plan"),
        ("“The recall will cost the city a year,” Prado said.", "Prado", "expect"),
        ("The council might force Acme to sell the plant, experts say.", "experts", "expect"),
        ("Prado argued that the scanners were old.", "Prado", "argue"),
        ("Prado said the scanners were made in Porto.", "Prado", None),
    ],
)
def test_it_knows_what_words_do(text: str, speaker: str, act: str | None) -> None:
    found = act_of(text, speaker)
    assert (found.asked if found else None) == act


def test_of_two_things_that_words_do_the_first_counts() -> None:
    found = act_of("Prado called the fine “inadequate” and said that Congress must act.", "Prado")
    assert found is not None
    assert found.asked == "object to"


def test_a_question_agrees_with_who_speaks() -> None:
    unsure = act_of("Experts said it was too early to judge.", "Experts")
    fear = act_of("Experts feared a second leak.", "Experts")
    assert unsure
    assert fear
    assert unsure.question("experts", plural=True) == "What are experts unsure of?"
    assert fear.question("experts", plural=True) == "What do experts fear?"


def test_what_is_called_something_is_asked_after() -> None:
    text = "Maria Prado, head of a union, called Acme’s recall a “gross overreaction” on Tuesday in Porto."
    names = names_of([f"{text} Prado spoke on Monday. People like Acme."], ["Acme recalls scanners"])
    voice = voice_of(text, names.in_text(text))
    assert voice is not None
    asked = [ask.question for ask in spoken(text, voice, voice.called, "", 0.5)]
    assert asked == ["What does Maria Prado call Acme’s recall?"]


def test_a_version_of_a_model_says_nothing() -> None:
    text = "The paper on Halo 3, the base of the model, says that tests are missing."
    names = names_of([f"Acme built Halo 3. {text} People use Halo 3."], ["Acme builds Halo 3"])
    assert voice_of(text, names.in_text(text)) is None


def test_it_knows_a_reason_from_a_purpose() -> None:
    assert gives_reason("Acme said it had closed the shop because of the leak.")
    assert not gives_reason("Acme said it had closed the shop in order to clean it.")


def test_who_takes_a_stand_has_a_voice() -> None:
    text = "Maria Prado, head of a patients' group, applauded the recall."
    names = names_of([f"{text} Prado spoke on Monday. Acme recalled it."], ["Acme recalls scanners"])
    voice = voice_of(text, names.in_text(text))
    assert voice is not None
    assert voice.text == "Maria Prado"


RECALL = [
    "Acme recalled 900 hospital scanners on Monday after two of them had overheated in a ward in Porto.",
    "“A slap on the wrist would be worse than nothing,” said Ines Prado, head of a patients' group.",
    "“The council must publish the list of hospitals,” said Rui Matos, a member of the council in Porto.",
    "“Nobody at Acme ever shared a warning with us,” said Carla Reis, a nurse at the hospital in Porto.",
    "“Scanners are made of many parts,” said Tom Brill, a professor of engineering in Lisbon.",
    "“Scanners are as good as their makers,” said Nora Vance, a historian of medicine in Lisbon.",
    "Acme said it would replace every scanner of the recall by the end of June at its own cost.",
    "The recall covers every scanner that Acme built between March and September of last year.",
    "Hospitals must switch off the scanners of the recall until an engineer of Acme has seen them.",
    "Shares of Acme fell 7 percent in early trading on Monday after the recall of the scanners.",
]


def test_at_most_one_heading_only_asks_what_somebody_said() -> None:
    story = material(source_text(1, "Daily", "Acme recalls 900 hospital scanners", RECALL))
    heads = [section.question for section in write_extractive(story).sections]
    assert sum(" say" in head for head in heads) <= 1, heads
    assert len(heads) >= 3, heads
