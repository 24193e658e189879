"""Which writer writes: the model when there is one and its work holds, else the sources; always verified."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from briefings.schemas import BriefBody, LensBody, Material
from briefings.verify import Failure, Unusable, VerifiedLens, verify, verify_lens
from briefings.write.asking import Desk, NotGoodEnough
from briefings.write.bearing import Ground, bears, extractive_lens, ground_of
from briefings.write.extractive import write_extractive
from briefings.write.lens import Kind, write_lenses_with_model
from briefings.write.model import write_with_model
from inference import gateway
from inference.errors import InferenceError
from users import taxonomy

Writer = Literal["model", "extractive"]
AT_ONCE = 8  # lenses in a request: the brief is read once for all of them, and the answer not too long to come whole
log = logging.getLogger("briefings.write")


class CannotWrite(Exception):
    """Not even the sources' own sentences pass the verifier."""


@dataclass(frozen=True, slots=True)
class WrittenLens:
    """A verified lens. `asked` says that a model was asked for it, whoever wrote it in the end."""

    lens: LensBody
    writer: Writer
    failures: tuple[Failure, ...]
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A verified brief. `failures` is what its writer got wrong, all of it dropped.

    `lenses` are those of the readers it was written for, in their order; None for one still to be written.
    """

    body: BriefBody
    writer: Writer
    failures: tuple[Failure, ...]
    lenses: tuple[WrittenLens | None, ...] = ()


def write(
    material: Material,
    work_key: str,
    brief: str | None = None,
    readers: Sequence[tuple[str, str]] = (),
    patient: bool = False,
) -> Written:
    """The brief of a story. `work_key`, `brief` (its id) and `patient` as in `gateway.Ask`. Raises CannotWrite.

    `readers` are the few it is wanted for so far (slugs of roles and industries): a model writes their lenses with it.
    """
    if written := _by_model(material, Desk(work_key, brief, patient), readers):
        return written
    try:
        verified = verify(write_extractive(material), material)
    except Unusable as error:
        raise CannotWrite(str(error)) from error
    _report(work_key, "extractive", verified.failures)
    return Written(verified.body, "extractive", verified.failures, (None,) * len(readers))


def write_lenses(
    body: BriefBody,
    material: Material,
    readers: Sequence[tuple[str, str]],
    work_key: str,
    brief: str | None = None,
    patient: bool = False,
) -> list[WrittenLens | None]:
    """The lenses of a verified brief for slugs of the taxonomy, in their order; None where not even sources serve.

    To whom nothing in the story matters, that is said in one line without a model. Raises `taxonomy.Unknown`.
    """
    kinds = [_kind(*reader) for reader in readers]
    ground = ground_of(material, body)
    told = body.lead or body.takeaways  # of a headline alone nothing can be said that is not a guess
    near = [kind for kind in kinds if told and bears(ground, kind[0].cares, kind[1].cares)]
    found = _lenses_by_model(body, material, near, Desk(work_key, brief, patient))
    return [found.get(kind) or _from_sources(body, material, ground, kind, kind in found) for kind in kinds]


def lens_holds(lens: LensBody, body: BriefBody, material: Material, role: str, industry: str) -> bool:
    """Whether a stored lens passes the verifier whole. Raises Unusable when nothing of it would be left."""
    return not verify_lens(lens, body, material, reader=_titles(_kind(role, industry))).failures


def _titles(kind: Kind) -> str:
    return " ".join(one.title for one in kind)


def _kind(role: str, industry: str) -> Kind:
    return taxonomy.role(role), taxonomy.industry(industry)


def _from_sources(
    body: BriefBody, material: Material, ground: Ground, kind: Kind, asked: bool
) -> WrittenLens | None:
    who, where = kind
    lens = extractive_lens(material, body, who.cares, where.cares, who.title, where.title, ground)
    try:
        found = verify_lens(lens, body, material, reader=_titles(kind))
    except Unusable as error:
        log.warning("no lens for %s in %s: %s", who.slug, where.slug, error)
        return None
    return WrittenLens(found.body, "extractive", found.failures, asked)


def _by_model(material: Material, desk: Desk, readers: Sequence[tuple[str, str]]) -> Written | None:
    if not gateway.available():
        return None
    kinds = [_kind(*reader) for reader in readers]
    try:
        found = write_with_model(material, desk, kinds)
    except (InferenceError, NotGoodEnough) as error:
        _serves_itself(desk.work_key, error)
        return None
    _report(desk.work_key, "model", found.brief.failures)
    lenses = tuple(_of_model(desk.work_key, lens) if lens else None for lens in found.lenses)
    return Written(found.brief.body, "model", found.brief.failures, lenses)


def _lenses_by_model(
    body: BriefBody, material: Material, kinds: Sequence[Kind], desk: Desk
) -> dict[Kind, WrittenLens | None]:
    """What a model makes of them; every kind that it was asked about is a key."""
    written: dict[Kind, WrittenLens | None] = {}
    for start in range(0, len(kinds) if gateway.available() else 0, AT_ONCE):
        few = kinds[start : start + AT_ONCE]
        try:
            found = write_lenses_with_model(body, material, few, desk)
        except InferenceError as error:
            _serves_itself(desk.work_key, error)
            found = [None] * len(few)
        written |= {
            kind: _of_model(desk.work_key, lens) if lens else None
            for kind, lens in zip(few, found, strict=True)
        }
    return written


def _of_model(work_key: str, lens: VerifiedLens) -> WrittenLens:
    _report(work_key, "model", lens.failures)
    return WrittenLens(lens.body, "model", lens.failures, asked=True)


def _serves_itself(work_key: str, error: Exception) -> None:
    log.warning("%s is written from its sources' sentences: %s: %s", work_key, type(error).__name__, error)


def _report(work_key: str, writer: Writer, failures: tuple[Failure, ...]) -> None:
    for failure in failures:
        log.info(
            "%s, %s writer, dropped %s", work_key, writer, str(failure).encode("unicode_escape").decode()
        )
