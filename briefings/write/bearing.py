"""Shows a reader what in a story bears on their work: its sentences nearest to their concerns, without any model."""

from __future__ import annotations

from dataclasses import dataclass

from briefings.schemas import BriefBody, LensBody, LensQuestion, Material, Sentence
from briefings.verify.names import strangers, vocabulary
from briefings.write.closeness import concerns_of, nearness
from briefings.write.concerns import CONCERNS, Concern
from briefings.write.draft import Draft
from briefings.write.items import narrowed
from briefings.write.pool import Candidate, Pool, bodies_of, pool_of, story_names
from briefings.write.sections import questions_of
from briefings.write.subject import subject_of

OF_THE_INDUSTRY = 1.3  # an industry's concerns are narrower than a role's
# A concern is the story's own when its beginning shows it and so do this share of its sentences, by several words:
# a stray "attack" or "book" is no bearing.
SHARE_OF_STORY = 0.12
DIFFERENT_WORDS = 2
NEXT_BEST = 0.7  # of the best sentence's score, what a second one needs
BESIDE_THE_POINT = 0.1
MOST_SENTENCES, MOST_LABELS = 2, 2
ALL_SAID = "For {}, the part to look at is {}; the brief has all that the sources say of it."
LITTLE = "Little in this story bears directly on {}."


@dataclass(frozen=True, slots=True)
class Bearing:
    """A sentence that bears on a reader, how much, and by which of their concerns, the weightiest first."""

    candidate: Candidate
    score: float
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a brief's story offers to any reader: worked out once for all of its lenses."""

    draft: Draft
    touched: tuple[Concern, ...]  # concerns that headline, takeaways or lead show
    plain: tuple[Concern, ...]  # those of them that these show by several words
    borne: tuple[Concern, ...]  # those that the story as a whole is about, not only by a stray word


def ground_of(material: Material, body: BriefBody) -> Ground:
    material = narrowed(material)
    pool = pool_of(material, body.headline.text, story_names(material))
    first = {sentence.text for sentence in (*body.takeaways, *body.lead)}
    heart = " ".join([body.headline.text, *sorted(first)])
    touched = tuple(concern for concern in CONCERNS if concern.shown.search(heart))
    enough = max(1.0, SHARE_OF_STORY * len(pool.candidates))
    borne = tuple(concern for concern in touched if _shown(concern, pool) >= enough)
    draft = Draft(pool, body.headline.text)
    draft.tell(candidate for candidate in pool.candidates if candidate.text in first)
    plain = tuple(concern for concern in touched if len(concern.words(heart)) > 1)
    return Ground(draft, touched, plain, borne)


def bears(ground: Ground, cares: str) -> bool:
    """Whether what the story says first touches anything that readers of such a role or industry look for."""
    return any(each.cares.search(cares) for each in ground.touched)


def _reader(role_title: str, industry_title: str) -> str:
    return f"{_many(role_title)} in {_inside(industry_title)}"


def extractive_lens(
    material: Material,
    body: BriefBody,
    role_text: str,
    industry_text: str,
    role_title: str,
    industry_title: str,
    ground: Ground | None = None,
) -> LensBody:
    """One plain sentence on where to look, the story's own sentences on it, cited, and a question they answer.

    `role_text` and `industry_text` describe what such readers care about; the titles name them. It quotes only what the
    brief leaves out; where nothing in the story is near, one sentence says that little bears on this reader.
    `ground` is what `ground_of` made, where there are several lenses to write.
    """
    ground = ground or ground_of(material, body)
    draft, found = ground.draft, _bearings(ground, role_text, industry_text, role_title, industry_title)
    reader = _reader(role_title, industry_title)
    if not found:
        return LensBody(
            why_it_matters=(_of_headline(ground, body.headline.text, role_text, industry_text, reader),)
        )
    told = {sentence.text for sentence in _told(body)}
    said = [c for c in draft.pool.candidates if c.text in told]
    new = [each for each in found if _differs(draft, each.candidate, said)]
    chosen: list[Bearing] = []
    for each in new:
        beside = [other.candidate for other in chosen]
        near = each.score >= NEXT_BEST * found[0].score
        if near and len(chosen) < MOST_SENTENCES and _differs(draft, each.candidate, beside):
            chosen.append(each)
    if not chosen:
        plain = {c for c in ground.touched if c in ground.plain or c.shown.search(body.headline.text)}
        untold = {c for each in new for c in each.concerns}
        label = next((c.said for each in found for c in each.concerns if c in plain - untold), "")
        chosen = [] if label else [each for each in new if plain.intersection(each.concerns[:1])][:1]
    if not chosen:
        return LensBody(
            why_it_matters=(_aside(ALL_SAID.format(reader, label) if label else LITTLE.format(reader)),)
        )
    labels = list(dict.fromkeys(concern.said for each in chosen for concern in each.concerns[:1]))[
        :MOST_LABELS
    ]
    opinion = _opinion(reader, labels)
    return LensBody(
        why_it_matters=(opinion, *(each.candidate.sentence() for each in chosen)),
        questions=_question(draft, material, body, new, [each.candidate for each in chosen]),
    )


def found_little(lens: LensBody) -> bool:
    """Whether all that this lens says is that little in the story bears on its reader."""
    return len(lens.why_it_matters) == 1 and lens.why_it_matters[0].text.startswith(LITTLE.partition("{}")[0])


def _of_headline(ground: Ground, headline: str, role_text: str, industry_text: str, reader: str) -> Sentence:
    """What the headline has for the reader, where the sources say no more of it than the brief.

    One word of it is enough for an industry, whose concerns are narrow; what a role looks for must be plainer.
    """
    shown = [c.said for c in CONCERNS if c.cares.search(industry_text) and c.shown.search(headline)]
    shown += [c.said for c in ground.plain if c.cares.search(role_text) and c.shown.search(headline)]
    label = next(iter(shown), "")
    return _aside(ALL_SAID.format(reader, label) if label else LITTLE.format(reader))


def _opinion(reader: str, labels: list[str]) -> Sentence:
    look = f"the part to look at is {labels[0]}"
    if len(labels) > 1:
        look = f"the parts to look at are {labels[0]}, and {labels[1]}"
    return _aside(f"For {reader}, {look}.")


def _aside(text: str) -> Sentence:
    return Sentence(text=text, opinion=True)


def _bearings(
    ground: Ground, role_text: str, industry_text: str, role_title: str, industry_title: str
) -> list[Bearing]:
    draft = ground.draft
    words = concerns_of(role_text, industry_text, role_title, industry_title)
    role = [concern for concern in ground.borne if concern.cares.search(role_text)]
    industry = [concern for concern in ground.borne if concern.cares.search(industry_text)]
    found = []
    for candidate in draft.pool.candidates:
        known = not candidate.needs or draft.has_said(candidate.needs)
        stands = known and candidate.on_topic and not candidate.leans and draft.introduced(candidate)
        if not stands or candidate.relevance < BESIDE_THE_POINT:
            continue
        near = nearness(candidate.text, words)
        weights = {c: OF_THE_INDUSTRY for c in industry if c.shown.search(candidate.text)}
        weights |= {c: weights.get(c, 0.0) + 1.0 for c in role if c.shown.search(candidate.text)}
        if not weights:
            continue
        own = sorted(weights, key=lambda concern: -weights[concern])
        score = (
            sum(sorted(weights.values(), reverse=True)[:3])
            + near
            + candidate.weight
            + 0.5 * candidate.relevance
        )
        found.append(Bearing(candidate, score, tuple(own)))
    return sorted(found, key=lambda each: (-each.score, each.candidate.index))


def _shown(concern: Concern, pool: Pool) -> int:
    """How many of the story's sentences show the concern; none when all do so by one and the same word."""
    shown = [words for c in pool.candidates if (words := concern.words(c.text))]
    different = len(frozenset().union(*shown))
    return len(shown) if different >= min(DIFFERENT_WORDS, len(pool.candidates) - 1) else 0


def _differs(draft: Draft, candidate: Candidate, beside: list[Candidate]) -> bool:
    likeness = draft.pool.likeness
    return not any(likeness.same_claim(candidate.index, other.index) for other in beside)


def _question(
    draft: Draft, material: Material, body: BriefBody, found: list[Bearing], used: list[Candidate]
) -> tuple[LensQuestion, ...]:
    """The best of the other sentences that answers a question of its own, which the brief does not ask."""
    pool = draft.pool
    subject = subject_of(body.headline.text, pool.names, "\n".join(bodies_of(material)), pool.phrases)
    asked = {section.question for section in body.sections}
    known = vocabulary(sentence.text for sentence in (body.headline, *_told(body)))
    for each in found:
        if each.candidate in used or not _differs(draft, each.candidate, used):
            continue
        for question in questions_of(draft, each.candidate, subject):
            if question not in asked and not strangers(question, known):
                return (LensQuestion(question=question, answer=(each.candidate.sentence(),)),)
    return ()


def _told(body: BriefBody) -> tuple[Sentence, ...]:
    answers = tuple(sentence for section in body.sections for sentence in section.answer)
    return (*body.takeaways, *body.lead, *answers, *body.catch, *body.bottom_line)


def _inside(title: str) -> str:
    """A title inside a sentence: capitals stay only in abbreviations ("IT", "HR", "CTO")."""
    return " ".join(
        word if sum(char.isupper() for char in word) > 1 else word.lower() for word in title.split()
    )


def _many(role_title: str) -> str:
    title = _inside(role_title)
    if title.endswith("s"):
        return title
    return title[:-1] + "ies" if title.endswith("y") and title[-2] not in "aeiou" else title + "s"
