"""The figure rule: which spellings are the same figure, and which are not."""

from __future__ import annotations

import pytest

from briefings.verify.numbers import figures, measured, unsupported
from briefings.verify.units import CURRENCIES, HARD, UNITS

SAME = [
    # money
    ("$1.3 trillion", "a value of 1,300 billion dollars"),
    ("$1.3tn", "a value of 1,300 billion dollars"),
    ("1.3 trillion US dollars", "worth $1.3T"),
    ("$500,000", "it paid half a million, or 500 thousand dollars"),
    ("$2.5 million", "two and a half million dollars"),
    ("$5m", "US$5 million"),
    ("$5M", "5 million U.S. dollars"),
    ("$5-million", "a 5-million-dollar grant"),
    ("€4.5bn", "4.5 billion euros"),
    ("€67,5", "about 67.5 euros"),
    ("£900m", "900 million pounds"),
    ("¥10 billion", "10 billion yen"),
    ("RMB 300 million", "300 million yuan"),
    ("75 cents", "$0.75 per million tokens"),
    ("$0.75", "75 cents per million tokens"),
    ("A$40 million", "40 million Australian dollars"),
    ("$3 billion", "between 3 and 5 billion dollars"),
    ("$5 billion", "$3 to 5 billion"),
    ("between $3 billion and $5 billion", "$3–5bn"),
    # percentages and multiples
    ("67%", "67 percent"),
    ("67 per cent", "67%"),
    ("twenty-five percent", "25%"),
    ("50%", "half of them"),
    ("half", "50 percent"),
    ("a quarter of users", "25% of users"),
    ("two-thirds", "two thirds of the board"),
    ("10% to 20%", "10-20 percent"),
    ("25 basis points", "0.25 percentage points"),
    ("1,000x", "a 1000-fold drop"),
    ("1,000x", "one thousand times cheaper"),
    ("tenfold", "10x"),
    ("10 times", "a tenfold rise"),
    ("a hundredfold", "100x"),
    ("doubled", "twice as many"),
    ("doubling", "rose 100%"),
    ("tripled", "three times as much"),
    ("2x", "double the speed"),
    # counts and words
    ("2 rivals", "two rivals"),
    ("two rivals", "2 rivals"),
    ("700 million people", "700 million weekly active users"),
    ("700M users", "700,000,000 users"),
    ("250,000", "two hundred and fifty thousand"),
    ("1.5 million", "1,500,000"),
    ("1,500,000", "1\u00a0500\u00a0000 copies"),
    ("a dozen", "12 states"),
    ("two dozen", "24 states"),
    ("a hundred", "100 engineers"),
    ("one million", "1M"),
    ("120 billion parameters", "the 120B version"),
    ("128,000 tokens", "a 128K window"),
    ("4,000 people", "4k staff"),
    ("billions of dollars", "$3.2 billion"),
    ("3rd", "the third model"),
    ("fifth", "its 5th data center"),
    ("No. 1", "number one"),
    # durations and sizes
    ("24 months", "two years"),
    ("two years", "24 months"),
    ("14 days", "two weeks"),
    ("48 hours", "two days"),
    ("a 30-day trial", "free for 30 days"),
    ("18 to 24 months", "18–24 months"),
    ("5-year-old", "five years old"),
    ("1 year", "within a year"),
    ("1.2 GW", "1,200 megawatts"),
    ("80GB", "80 gigabytes"),
    # dates
    ("August 7, 2025", "on 7 August 2025"),
    ("Aug. 7", "August 7, 2025"),
    ("7 Aug 2025", "2025-08-07"),
    ("August 7th", "Thursday, August 7, 2025"),
    ("August 2025", "August 7, 2025"),
    ("in August", "on Aug. 7"),
    ("in May", "May 14, 2024"),
    ("August 7, 2025", "on August 7. The year 2025 brought more"),
    ("August 7 to 9", "from 7-9 August"),
    ("2025", "in August 2025"),
    ("in mid-2025", "by 2025"),
    ("Q3 2025", "the third quarter of 2025"),
    ("the first half of 2026", "H1 2026"),
    ("fiscal 2026", "FY2026"),
    ("the 1990s", "the '90s"),
    ("3:30 p.m.", "at 15:30"),
    ("on Thursday", "Thursday's launch"),
    # versions and model names
    ("GPT-5.1", "GPT 5.1"),
    ("GPT‑5", "GPT-5’s router"),
    ("GPT-5-powered", "powered by GPT-5"),
    ("o3", "o3's score"),
    ("o4-mini", "o3 and o4-mini"),
    ("Llama 4", "Llama-4 Scout"),
    ("Llama 4", "the Llama 3 and 4 families"),
    ("Claude Opus 4.1", "Opus 4.1"),
    ("Gemini 2.5 Pro", "gemini-2.5-pro"),
    ("gpt-oss-120b", "gpt-oss-120b and gpt-oss-20b"),
    ("H100 chips", "10,000 H100s"),
    ("Qwen3-235B", "Qwen3-235B-A22B"),
    ("version 2.0.1", "v2.0.1"),
    ("5G", "a 5G network"),
]

OTHER = [
    ("$1.3 trillion", "$1.3 billion"),
    ("$1.3 trillion", "1.3 trillion parameters"),
    ("$30", "30 employees"),
    ("30 employees", "$30"),
    ("$5m", "€5m"),
    ("A$40 million", "$40 million"),
    ("67%", "67 percentage points"),
    ("67%", "scored 67"),
    ("67%", "76%"),
    ("10x", "10%"),
    ("10x", "10 chips"),
    ("1,000x", "100x"),
    ("doubled", "tripled"),
    ("a third of users", "the third user"),
    ("two rivals", "three rivals"),
    ("14 rivals", "1.4 rivals"),
    ("24 months", "24 days"),
    ("24 hours", "24 days"),
    ("two years", "two months"),
    ("1.2 GW", "1.2 MW"),
    ("700 million", "700 billion"),
    ("250,000", "25,000"),
    ("billions", "$3.2 million"),
    ("August 7", "August 8"),
    ("August 7", "July 7"),
    ("August 7, 2025", "August 7, 2024"),
    ("August 7, 2025", "August 7"),
    ("August 7 to 9", "August 7 to 8"),
    ("in August", "in July"),
    ("on Friday", "on Thursday"),
    ("2025", "2024"),
    ("Q3 2025", "Q2 2025"),
    ("the 1990s", "the 1980s"),
    ("3:30 p.m.", "3:30 a.m."),
    ("GPT-5.1", "GPT-5"),
    ("GPT-5", "GPT-5.1"),
    ("GPT-5", "5 models beside GPT-4"),
    ("o3", "o1"),
    ("Llama 4", "Llama 3, used by 4 firms"),
    ("Claude Opus 4.1", "Claude Opus 4"),
    ("gpt-oss-120b", "gpt-oss-20b"),
    ("H100", "H200"),
    ("version 2.0.1", "version 2.0.2"),
    ("5th", "6th"),
    ("4 models", "GPT-4"),
]


@pytest.mark.parametrize(("claim", "passage"), SAME)
def test_it_finds_a_figure_however_it_is_spelled(claim: str, passage: str) -> None:
    text = f"The company said {claim} would be enough."
    assert figures(text), "the claim holds no figure at all"
    assert unsupported(text, [f"As reported, {passage}, they said."]) == ()


@pytest.mark.parametrize(("claim", "passage"), OTHER)
def test_it_misses_a_figure_that_is_another(claim: str, passage: str) -> None:
    assert unsupported(f"The company said {claim} would be enough.", [f"As reported, {passage}, they said."])


@pytest.mark.parametrize(
    "text",
    [
        "One of the labs said so, and no one objected.",
        "It may march on, first of all because second thoughts are rare.",
        "The state-of-the-art model will double down on safety and double-check its work.",
        "The causes are manifold.",
        "A quarter ago this was unheard of.",
    ],
)
def test_it_does_not_take_words_for_figures(text: str) -> None:
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It raised $40 billion at $300 billion on March 31, 2025.", 3),
        ("GPT-5 and Llama 4 scored 74.9% and 69.1%.", 4),
        ("From August 7 to 9 two teams met.", 3),
        ("It costs between 3 and 5 billion dollars.", 2),
        ("Two hundred and fifty thousand users left in 2025.", 2),
    ],
)
def test_it_counts_each_figure_once(text: str, count: int) -> None:
    assert len(figures(text)) == count


def test_it_looks_only_at_the_cited_passage() -> None:
    assert unsupported("24 people were hurt.", ["France 24 reported that people were hurt."])


MEASURES = [
    *(f"It grew by 5 {name} in May." for name in CURRENCIES if name[0].isalpha() and "$" not in name),
    *(f"It grew by {name}5 in May." for name in CURRENCIES if name[-1] in "$€£¥₹₩"),
    *(f"It grew by 5 {name} in May." for name, (unit, _) in UNITS.items() if unit in HARD),
    *(
        "It more than doubled.",
        "It is twice as large.",
        "It rose tenfold.",
        "It is 3 times as large.",
        "It rose 5％.",
    ),
]


@pytest.mark.parametrize("text", MEASURES)
def test_it_reads_what_is_measured_without_reading_all_figures(text: str) -> None:
    (figure, value), *_ = measured(text)
    assert figure in figures(text)
    assert figure.keys[0] == value
    assert value.unit in HARD


def test_it_measures_nothing_in_a_sentence_of_dates_and_counts() -> None:
    assert figures("On 7 May 2025 it hired 40 engineers in 3 cities.")
    assert measured("On 7 May 2025 it hired 40 engineers in 3 cities.") == []
