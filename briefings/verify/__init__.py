"""The verifier: pure rules that decide what may reach a reader. It knows no model, no database and no Django."""

from __future__ import annotations

from briefings.verify.brief import Verified, verify
from briefings.verify.failures import Failure, Unusable
from briefings.verify.lens import VerifiedLens, verify_lens
from briefings.verify.plain import is_plain
from briefings.verify.sentence import check_sentence, check_words

__all__ = [
    "Failure",
    "Unusable",
    "Verified",
    "VerifiedLens",
    "check_sentence",
    "check_words",
    "is_plain",
    "verify",
    "verify_lens",
]
