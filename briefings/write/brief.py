"""Which writer writes: the model when there is one and its work holds, else the sources; always verified."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from briefings.schemas import BriefBody, LensBody, Material
from briefings.verify import Failure, Unusable, VerifiedLens, verify, verify_lens
from briefings.write.asking import Desk, Later, NotGoodEnough
from briefings.write.bearing import Ground, bears, extractive_lens, ground_of
from briefings.write.extractive import write_extractive
from briefings.write.lens import Half, Kind, joined, titles_of, write_halves
from briefings.write.model import write_with_model
from inference import gateway
from inference.errors import InferenceError
from users import taxonomy
from users.kept import Kept, digest

Writer = Literal["model", "extractive"]
AT_ONCE = 22  # halves in a request, of 44: the brief is read once for them, and the answer is no longer than a brief's
# The same few stories are looked at for hundreds of kinds of readers within an hour, some half a megabyte apiece.
_grounds: Kept[Hashable, Ground] = Kept(12)
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


@dataclass(frozen=True, slots=True)
class WrittenLenses:
    """Lenses in the order of their readers, None where not even sources serve, and the halves asked for on the way.

    `wait`: there are no lenses yet, for the model asks for a pause of so many seconds and nobody waits.
    """

    lenses: tuple[WrittenLens | None, ...]
    halves: Mapping[Half, VerifiedLens | None]
    wait: float | None = None


@dataclass(slots=True)
class _Answers:
    """What holds of halves, those that replies left out, and the pause that the model asks for before the others."""

    halves: dict[Half, VerifiedLens | None]
    left_out: list[Half]
    wait: float | None = None


def write(
    material: Material,
    work_key: str,
    brief: str | None = None,
    readers: Sequence[tuple[str, str]] = (),
    patient: bool = False,
) -> Written:
    """The brief of a story. `work_key`, `brief` (its id) and `patient` as in `gateway.Ask`. Raises CannotWrite, and
    Later where it is patient and a model asks for a pause.

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
    known: Mapping[Half, LensBody | None] = MappingProxyType({}),
    reader: int | None = None,
) -> WrittenLenses:
    """The lenses of a verified brief for slugs of the taxonomy.

    `known` are halves written before, None for one of which nothing held. To whom nothing in the story matters, that is
    said in one line without a model. `reader` is who pays, by key; without, everybody. Raises `taxonomy.Unknown`.
    """
    kinds = [_kind(*reader) for reader in readers]
    ground = _grounds.get((material, digest(body)), lambda: ground_of(material, body))
    told = body.lead or body.takeaways  # of a headline alone nothing can be said that is not a guess
    wanted = dict.fromkeys(half for kind in kinds for half in kind if told)
    near = [half for half in wanted if bears(ground, half.cares)]
    new = [half for half in near if half not in known]
    asked = _halves_by_model(body, material, new, Desk(work_key, brief, patient, reader=reader))
    if asked.wait is not None:
        return WrittenLenses((), asked.halves, asked.wait)
    found = {half: VerifiedLens(lens, ()) if lens else None for half, lens in known.items()} | asked.halves
    lenses = tuple(
        _of_halves(body, material, kind, found, work_key)
        or _from_sources(body, material, ground, kind, found)
        for kind in kinds
    )
    return WrittenLenses(lenses, asked.halves)


def lens_holds(lens: LensBody, body: BriefBody, material: Material, role: str, industry: str) -> bool:
    """Whether a stored lens passes the verifier whole. Raises Unusable when nothing of it would be left."""
    return not verify_lens(lens, body, material, titles_of(_kind(role, industry))).failures


def _kind(role: str, industry: str) -> Kind:
    return taxonomy.role(role), taxonomy.industry(industry)


def _of_halves(
    body: BriefBody, material: Material, kind: Kind, found: Mapping[Half, VerifiedLens | None], work_key: str
) -> WrittenLens | None:
    """The reader's halves as one lens, verified as such once more; None where there is neither."""
    halves = [lens for half in kind if (lens := found.get(half))]
    if not halves:
        return None
    failures = tuple(failure for half in halves for failure in half.failures)
    try:
        lens = verify_lens(joined([half.body for half in halves]), body, material, titles_of(kind))
    except Unusable as error:  # halves kept by a laxer verifier
        _report(work_key, "model", error.failures)
        return None
    return WrittenLens(lens.body, "model", (*failures, *lens.failures), asked=True)


def _from_sources(
    body: BriefBody, material: Material, ground: Ground, kind: Kind, asked: Mapping[Half, object]
) -> WrittenLens | None:
    who, where = kind
    lens = extractive_lens(material, body, who.cares, where.cares, who.title, where.title, ground)
    try:
        found = verify_lens(lens, body, material, titles_of(kind))
    except Unusable as error:
        log.warning("no lens for %s in %s: %s", who.slug, where.slug, error)
        return None
    return WrittenLens(found.body, "extractive", found.failures, any(half in asked for half in kind))


def _by_model(material: Material, desk: Desk, readers: Sequence[tuple[str, str]]) -> Written | None:
    if not gateway.available():
        return None
    kinds = [_kind(*reader) for reader in readers]
    try:
        found = write_with_model(material, desk, kinds)
    except Later:
        raise
    except (InferenceError, NotGoodEnough) as error:
        _serves_itself(desk.work_key, error)
        return None
    _report(desk.work_key, "model", found.brief.failures)
    lenses = tuple(_of_model(desk.work_key, lens) if lens else None for lens in found.lenses)
    return Written(found.brief.body, "model", found.brief.failures, lenses)


def _halves_by_model(body: BriefBody, material: Material, halves: Sequence[Half], desk: Desk) -> _Answers:
    """What holds of them. What a reply leaves out is asked for once more, and if left out again counts as nothing.

    One for which there was no reply is not there: it may be asked for again.
    """
    first = _answered(body, material, halves, desk)
    second = _answered(body, material, first.left_out, desk)
    found = first.halves | second.halves | dict.fromkeys(second.left_out)
    return _Answers(found, [], first.wait if second.wait is None else second.wait)


def _answered(body: BriefBody, material: Material, halves: Sequence[Half], desk: Desk) -> _Answers:
    answers = _Answers({}, [])
    for start in range(0, len(halves) if gateway.available() else 0, AT_ONCE):
        some = halves[start : start + AT_ONCE]
        try:
            found = write_halves(body, material, some, desk)
        except Later as error:
            answers.wait = error.wait
            break
        except InferenceError as error:
            _serves_itself(desk.work_key, error)
            continue
        for lens in filter(None, found.values()):
            _report(desk.work_key, "model", lens.failures)
        answers.halves |= found
        answers.left_out += [half for half in some if half not in found]
    return answers


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
