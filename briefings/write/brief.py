"""Which writer writes: the model when there is one and its work holds, else the sources; always verified."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Literal

from briefings.schemas import BriefBody, LensBody, Material
from briefings.verify import Failure, Unusable, Verified, VerifiedLens, verify, verify_lens
from briefings.write.asking import NotGoodEnough
from briefings.write.bearing import extractive_lens
from briefings.write.extractive import write_extractive
from briefings.write.lens import write_lens_with_model
from briefings.write.model import write_with_model
from inference import gateway
from inference.errors import InferenceError
from users import taxonomy
from users.taxonomy import Industry, Role

Writer = Literal["model", "extractive"]
log = logging.getLogger("briefings.write")


class CannotWrite(Exception):
    """Not even the sources' own sentences pass the verifier."""


@dataclass(frozen=True, slots=True)
class Written:
    """A verified brief. `failures` is what its writer got wrong, all of it dropped."""

    body: BriefBody
    writer: Writer
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class WrittenLens:
    lens: LensBody
    writer: Writer
    failures: tuple[Failure, ...]


def write(material: Material, work_key: str, brief: str | None = None) -> Written:
    """The brief of a story. `work_key` and `brief` (its id) are for the ledger. Raises CannotWrite."""
    if verified := _by_model(material, work_key, brief):
        return Written(verified.body, "model", verified.failures)
    try:
        verified = verify(write_extractive(material), material)
    except Unusable as error:
        raise CannotWrite(str(error)) from error
    _report(work_key, "extractive", verified.failures)
    return Written(verified.body, "extractive", verified.failures)


def write_lens(
    body: BriefBody, material: Material, role: str, industry: str, *, work_key: str, brief: str | None = None
) -> WrittenLens:
    """The lens of a verified brief for slugs of the taxonomy. Raises CannotWrite, and `taxonomy.Unknown`."""
    who, where = taxonomy.role(role), taxonomy.industry(industry)
    if found := _lens_by_model(body, material, who, where, work_key, brief):
        return WrittenLens(found.body, "model", found.failures)
    lens = extractive_lens(material, body, who.cares, where.cares, who.title, where.title)
    try:
        found = verify_lens(lens, body, material, reader=f"{who.title} {where.title}")
    except Unusable as error:
        raise CannotWrite(str(error)) from error
    return WrittenLens(found.body, "extractive", found.failures)


def _by_model(material: Material, work_key: str, brief: str | None) -> Verified | None:
    if not gateway.available():
        return None
    try:
        verified = write_with_model(material, work_key, brief)
    except (InferenceError, NotGoodEnough) as error:
        log.warning(
            "%s is written from its sources' sentences: %s: %s", work_key, type(error).__name__, error
        )
        return None
    _report(work_key, "model", verified.failures)
    return verified


def _lens_by_model(
    body: BriefBody, material: Material, role: Role, industry: Industry, work_key: str, brief: str | None
) -> VerifiedLens | None:
    if not gateway.available():
        return None
    try:
        found = write_lens_with_model(body, material, role, industry, work_key, brief)
    except (InferenceError, NotGoodEnough) as error:
        log.warning(
            "%s is written from its sources' sentences: %s: %s", work_key, type(error).__name__, error
        )
        return None
    _report(work_key, "model", found.failures)
    return found


def _report(work_key: str, writer: Writer, failures: tuple[Failure, ...]) -> None:
    for failure in failures:
        log.info(
            "%s, %s writer, dropped %s", work_key, writer, str(failure).encode("unicode_escape").decode()
        )
