"""Lays corrections over a brief as it is shown: what stands no longer is marked, and no text is altered. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from briefings.models import Correction
from briefings.schemas import (
    BriefBody,
    CorrectionDocument,
    LensBody,
    NoticeDocument,
    Section,
    Sentence,
    Strike,
)
from briefings.standing import is_major, places
from briefings.verify.numbers import figures
from briefings.verify.quotes import quotations

Body = TypeVar("Body", BriefBody, LensBody)


def struck_now(corrections: Iterable[Correction]) -> dict[str, Strike]:
    """What stands no longer after all of a brief's corrections, the earliest first, by place."""
    found: dict[str, Strike] = {}
    for correction in corrections:
        for where in correction.restored:
            found.pop(where, None)
        strikes = (Strike.model_validate(one) for one in correction.struck)
        found.update({one.where: one for one in strikes})
    return found


def marked_body(body: BriefBody, gone: Collection[str]) -> BriefBody:
    """The body with its fallen sentences marked and its counts corrected; without fallen follow-ups."""
    if not gone:
        return body
    fallen = [sentence for where, sentence in places(body).items() if where in gone]
    counts = body.verification
    return body.model_copy(
        update={
            "headline": _marked(body.headline, "headline" in gone),
            "takeaways": _run(body.takeaways, "takeaways", gone),
            "lead": _run(body.lead, "lead", gone),
            "sections": tuple(
                one.model_copy(update={"answer": _run(one.answer, f"sections.{place}.answer", gone)})
                for place, one in enumerate(body.sections)
            ),
            "catch": _run(body.catch, "catch", gone),
            "bottom_line": _run(body.bottom_line, "bottom_line", gone),
            "disagreements": tuple(
                one.model_copy(update={"claims": _run(one.claims, f"disagreements.{place}.claims", gone)})
                for place, one in enumerate(body.disagreements)
            ),
            "prepared": tuple(
                one.model_copy(update={"answer": _run(one.answer, f"prepared.{place}.answer", gone)})
                for place, one in enumerate(body.prepared)
            ),
            "follow_ups": tuple(
                text for place, text in enumerate(body.follow_ups) if f"follow_ups.{place}" not in gone
            ),
            "verification": counts.model_copy(
                update={
                    "supported": counts.supported - len(fallen),
                    "figures_found": counts.figures_found - sum(len(figures(one.text)) for one in fallen),
                    "quotes_found": counts.quotes_found - sum(len(quotations(one.text)) for one in fallen),
                }
            ),
        }
    )


def standing_body(body: BriefBody, gone: Collection[str]) -> BriefBody | None:
    """The body without what fell, to write from; headed by what stands first. None where no sentence stands."""
    if not gone:
        return body
    first = next((sentence for where, sentence in places(body).items() if where not in gone), None)
    if first is None:
        return None
    runs = ("takeaways", "lead", "catch", "bottom_line")
    answers = ("sections", "prepared")
    return body.model_copy(
        update={
            "headline": first,
            **{name: _left(getattr(body, name), name, gone) for name in runs},
            **{name: _answers_left(getattr(body, name), name, gone) for name in answers},
            "disagreements": tuple(
                one
                for place, one in enumerate(body.disagreements)
                if not any(where.startswith(f"disagreements.{place}.") for where in gone)
            ),
            "follow_ups": tuple(
                text for place, text in enumerate(body.follow_ups) if f"follow_ups.{place}" not in gone
            ),
        }
    )


def _answers_left(sections: Sequence[Section], name: str, gone: Collection[str]) -> tuple[Section, ...]:
    left = [
        one.model_copy(update={"answer": _left(one.answer, f"{name}.{place}.answer", gone)})
        for place, one in enumerate(sections)
        if f"{name}.{place}.question" not in gone
    ]
    return tuple(one for one in left if one.answer)


def _left(sentences: Sequence[Sentence], where: str, gone: Collection[str]) -> tuple[Sentence, ...]:
    return tuple(one for place, one in enumerate(sentences) if f"{where}.{place}" not in gone)


def marked_lens(lens: LensBody, key: int, gone: Collection[str]) -> LensBody:
    """The lens of that id with its fallen sentences marked."""
    if not gone:
        return lens
    return lens.model_copy(
        update={
            "why_it_matters": _run(lens.why_it_matters, f"lens.{key}.why_it_matters", gone),
            "questions": tuple(
                one.model_copy(
                    update={"answer": _run(one.answer, f"lens.{key}.questions.{place}.answer", gone)}
                )
                for place, one in enumerate(lens.questions)
            ),
        }
    )


def _run(sentences: Sequence[Sentence], where: str, gone: Collection[str]) -> tuple[Sentence, ...]:
    return tuple(_marked(one, f"{where}.{place}" in gone) for place, one in enumerate(sentences))


def _marked(sentence: Sentence, struck: bool) -> Sentence:
    return sentence.model_copy(update={"struck": True}) if struck else sentence


def document(correction: Correction, body: BriefBody, lenses: Collection[int]) -> CorrectionDocument:
    """The correction as documents tell it; of lenses' sentences only those of the `lenses` that the reader has."""
    return CorrectionDocument(**_told(correction, body, lenses))


def notice(correction: Correction, body: BriefBody, lenses: Collection[int]) -> NoticeDocument:
    """The same as an edition tells it to a reader who had the brief, which it names."""
    told = _told(correction, body, lenses)
    return NoticeDocument(**told, brief=correction.brief_id, headline=body.headline.text)


def _told(correction: Correction, body: BriefBody, lenses: Collection[int]) -> Mapping[str, object]:
    texts = {where: sentence.text for where, sentence in places(body).items()}
    replacement = correction.replacement
    return {
        "kind": correction.kind,
        "publisher": correction.publisher,
        "title": correction.title,
        "url": correction.url,
        "changes": correction.changes,
        "note": correction.note,
        "changed_at": correction.changed_at,
        "noticed_at": correction.noticed_at,
        "struck": tuple(
            Strike.model_validate(one) for one in correction.struck if concerns(one["where"], lenses)
        ),
        "restored": tuple(texts[where] for where in correction.restored if where in texts),
        "replacement": replacement.pk if replacement and replacement.state == "ready" else None,
    }


def concerns(where: str, lenses: Collection[int]) -> bool:
    """Whether a place is in the part that all readers share, or in one of these lenses."""
    return not where.startswith("lens.") or int(where.split(".")[1]) in lenses


def mark(corrections: Iterable[Correction], body: BriefBody, gone: Collection[str]) -> str:
    """ "corrected" where something stands no longer; "withdrawn" where a withdrawal left no headline or little text."""
    kinds = {one.kind for one in corrections if any(strike["where"] in gone for strike in one.struck)}
    if Correction.Kind.WITHDRAWN in kinds and is_major(body, gone):
        return "withdrawn"
    return "corrected" if any(not where.startswith("lens.") for where in gone) else ""
