"""The lexical embedder: closeness is shared vocabulary, and the same text is the same vector everywhere."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from ingest.embed import DIMENSIONS, embed

HEALTH = "A hospital doctor who cares about patients, clinical trials and medical devices."
COPILOT = "OpenAI and Penda Health pilot a clinical copilot for doctors that reduces errors with patients"
CHIPS = "Nvidia ships Blackwell chips to data centers despite export controls"


def test_it_gives_unit_vectors_and_zero_for_nothing() -> None:
    vectors = embed([COPILOT, "", "the of and"])
    assert vectors.shape == (3, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1).round(4).tolist() == [1.0, 0.0, 0.0]


def test_it_finds_a_reader_closer_to_what_they_care_about() -> None:
    reader, near, far = embed([HEALTH, COPILOT, CHIPS])
    assert reader @ near > 0.1 > abs(reader @ far)


def test_it_does_not_mind_endings_hyphens_or_capitals() -> None:
    one, other = embed(["GPT\u20115 Launches New Assistants", "gpt-5 launch: new assistant"])
    assert one @ other > 0.6


def test_it_compares_texts_without_spaces() -> None:
    one, same, other = embed(["人工智能模型发布", "新的人工智能模型", "天气预报明天下雨"])
    assert one @ same > 0.3 > one @ other


def test_it_is_the_same_in_another_process() -> None:
    code = f"from ingest.embed import embed; print(embed([{COPILOT!r}]).tobytes().hex())"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == embed([COPILOT]).tobytes().hex()
