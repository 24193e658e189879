"""What the verifier tells of sentences in other words than their source's: names, roles, direction, support."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from briefings.schemas import SourceText
from briefings.scoreboard.defects import PLAIN
from briefings.scoreboard.verifier import judged, trials
from briefings.verify import check_sentence
from tests.briefings.extractive_promises import source_text
from tests.briefings.stories import article, said, story
from tests.briefings.test_extractive_corpus import stories

DEAL = article(
    1,
    "Harbor Labs buys Quay Robotics",
    "Harbor Labs said on Tuesday it will acquire Quay Robotics for $2 billion. The company expects revenue to rose "
    "steadily after the purchase, and it did not say when the deal will close.",
    "Mara Lind, who leads Harbor Labs, told Jon Marsh of Quay Robotics that no jobs would be cut in Lisbon.",
    "The Federal Trade Commission (FTC) rejected a similar deal between Fjord and Copperline in 2023.",
)


def rules(text: str, passage: int = 1) -> set[str]:
    return {failure.rule for failure in check_sentence(said(text, DEAL, passage), story(DEAL))}


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Harbor Labs will acquire Quay Robotics for $2 billion.", 1),
        ("The Ledger reports that Harbor Labs will buy Quay Robotics for $2 billion.", 1),
        ("Harbor Labs did not say when the deal with Quay Robotics will close.", 1),
        ("It did not say when the deal will close.", 1),
        ("Lind told Marsh that no jobs would be cut in Lisbon.", 2),
        ("Mara Lind of Harbor Labs told Jon Marsh that no jobs in Lisbon would be cut.", 2),
        ("The FTC rejected a similar deal between Fjord and Copperline.", 3),
        ("In 2023 the Federal Trade Commission turned down a deal between Fjord and Copperline.", 3),
    ],
)
def test_it_passes_what_the_passage_says_in_other_words(text: str, passage: int) -> None:
    assert rules(text, passage) == set()


@pytest.mark.parametrize(
    ("text", "passage", "rule"),
    [
        ("Copperline will acquire Quay Robotics for $2 billion.", 1, "role"),
        ("Quay Robotics said on Tuesday it will acquire Harbor Labs for $2 billion.", 1, "role"),
        ("Marsh told Lind that no jobs would be cut in Lisbon.", 2, "role"),
        ("Mara Marsh, who leads Harbor Labs, spoke of jobs in Lisbon.", 2, "name"),
        ("Harbor Labs expects revenue to fall steadily after the purchase.", 1, "direction"),
        ("Harbor Labs expects revenue to rise steadily before the purchase.", 1, "direction"),
        ("Harbor Labs will not acquire Quay Robotics for $2 billion.", 1, "direction"),
        ("Harbor Labs did say when the deal will close.", 1, "direction"),
        ("The FTC approved a similar deal between Fjord and Copperline.", 3, "direction"),
        ("Harbor Labs builds humanoid factories for hospitals in Portugal.", 1, "support"),
        ("Mara Lind told Jon Marsh that no jobs would be cut in Lisbon.", 1, "support"),
    ],
)
def test_it_fails_what_the_passage_does_not_say(text: str, passage: int, rule: str) -> None:
    assert rule in rules(text, passage)


BOARD = article(
    2,
    "Harbor Labs and the port",
    "Harbor Labs said the crane in Lisbon failed in 2019. An audit of Fjord by the port of Lagos began in 2021. The "
    "port pays for the repair, and nobody was hurt when it fell on a Sunday in May.",
    "“We are sorry,” the port wrote. The crane is to be mended by June.",
    "We mended the crane in June and thank all who waited.",
    publisher="Quay Weekly",
)

DENIAL = article(
    1,
    "Harbor Labs on Quay Robotics",
    "Harbor Labs denied on Tuesday that it had acquired Quay Robotics for $2 billion.",
    "The court denied its motion to move the case to Lisbon. Fjord denies having copied the robots of Copperline.",
    "The Ledger reported that Harbor Labs acquired Quay Robotics. Harbor Labs denied that it acquired Quay Robotics.",
)


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Quay Weekly reports that the crane in Lisbon failed in 2019.", 1),
        ("According to Harbor Labs, the crane in Lisbon failed in 2019.", 1),
        ("Quay Weekly mended the crane in June.", 3),  # who says "we"
    ],
)
def test_it_lets_a_statement_name_its_source(text: str, passage: int) -> None:
    assert check_sentence(said(text, BOARD, passage), story(BOARD)) == ()


@pytest.mark.parametrize(
    ("text", "passage", "rule"),
    [
        ("Quay Weekly pays for the repair of the crane in Lisbon.", 1, "name"),
        ("Quay Weekly is sorry, and will mend the crane by June.", 2, "name"),  # its "we" is another's
        ("According to Lagos, the crane in Lisbon failed in 2019.", 1, "role"),
        ("Fjord reports that the crane in Lisbon failed.", 1, "role"),
        ("Harbor Labs said the crane in Lisbon failed in 2021.", 1, "figure"),
    ],
)
def test_it_fails_a_statement_that_has_another_say_or_do_it(text: str, passage: int, rule: str) -> None:
    failures = check_sentence(said(text, BOARD, passage), story(BOARD))
    assert rule in {failure.rule for failure in failures}


@pytest.mark.parametrize(
    ("text", "passage", "held"),
    [
        ("Harbor Labs said on Tuesday that it had acquired Quay Robotics for $2 billion.", 1, False),
        ("Harbor Labs acquired Quay Robotics for $2 billion on Tuesday.", 1, False),
        ("Fjord copied the robots of Copperline.", 2, False),
        ("Harbor Labs disputes that it acquired Quay Robotics.", 1, True),
        ("Harbor Labs denied that it had acquired Quay Robotics.", 1, True),
        ("Fjord denies that it copied the robots of Copperline.", 2, True),
        ("The motion asked to move the case to Lisbon.", 2, True),
        ("Harbor Labs acquired Quay Robotics, The Ledger reported.", 3, True),
    ],
)
def test_what_a_source_denies_is_not_so(text: str, passage: int, held: bool) -> None:
    failed = {failure.rule for failure in check_sentence(said(text, DENIAL, passage), story(DENIAL))}
    assert ("direction" not in failed) is held


def test_it_leaves_a_source_its_own_words() -> None:
    sentence = said(DEAL.passage(3), DEAL, 3)
    assert check_sentence(sentence, story(DEAL)) == ()


def test_the_name_of_an_outlet_is_no_ground_for_a_figure() -> None:
    report = article(1, "Storm", "A storm killed people on the coast.", publisher="France 24")
    failures = check_sentence(said("France 24 reports that a storm killed 24 people.", report), story(report))
    assert [failure.rule for failure in failures] == ["figure"]
    assert check_sentence(said("France 24 reports that a storm killed people.", report), story(report)) == ()


def test_the_scoreboard_counts_what_it_planted() -> None:
    other = source_text(
        2, "The Port", "A storm", ["The storm over Lisbon killed 24 people, police said on Monday."] * 3
    )
    own = source_text(1, "The Ledger", "A deal", [DEAL.passage(n) for n in (1, 2, 3)])
    figures = judged(trials([own, other]))
    assert figures["defects"] == sum(kind["planted"] for kind in figures["kinds"].values()) > 3
    assert figures["recall"] > 0.8


CORPUS = Path(os.environ.get("NUTGRAF_CORPUS", Path(__file__).parents[3] / "shared" / "data")) / "fulltext"


@pytest.mark.corpus
@pytest.mark.skipif(not (CORPUS / "events.tsv").exists(), reason=f"no recorded articles at {CORPUS}")
def test_it_catches_planted_defects_and_spares_faithful_rewordings() -> None:
    articles: list[SourceText] = [each for story in stories() for each in story.articles]
    figures = judged(trials(articles[::3], seed=11))
    assert figures["defects"] >= 1000
    plain = [each for kind, each in figures["kinds"].items() if kind in PLAIN]
    caught = sum(each["caught"] * each["planted"] for each in plain) / sum(each["planted"] for each in plain)
    assert caught >= 0.99, figures
    assert figures["recall"] >= 0.96, figures
    assert figures["clean_lost"] <= 0.02, figures
