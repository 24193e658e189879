"""Looking at a brief through the lens of another role or industry: asking for one, and how it stands. Writes none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from briefings import compose, read
from briefings.converse.allowance import Allowance, allowance
from briefings.models import Brief, Lens, State, Writer
from briefings.write.lens import FRAME_TOKENS, HALF_TOKENS
from inference import costs, gateway
from inference.models import Purpose
from users import taxonomy
from users.models import User
from users.taxonomy import Industry, Role

READ = 4_000  # tokens of a brief and its readers, about
TOKENS = (READ, FRAME_TOKENS + 2 * HALF_TOKENS)
GUESS = 20.0  # seconds, before any lens was ever written
WITHOUT = 3.0  # a model

Kind = tuple[Role, Industry]


@dataclass(frozen=True, slots=True)
class Look:
    """`stage`: none (nobody asked), waiting, ready or failed. `seconds`: how long writing one usually takes.

    `lens` is its row, where there is one.
    """

    role: Role
    industry: Industry
    stage: str
    lens: Lens | None = None
    seconds: int = 0

    @property
    def extractive(self) -> bool:
        """Whether no model wrote it."""
        return self.lens is not None and self.lens.writer == Writer.EXTRACTIVE

    @property
    def prefix(self) -> str:
        """How the markers of its sentences begin."""
        return f"as-{self.role.slug}--{self.industry.slug}-"


def kind_of(role: str, industry: str) -> Kind | None:
    """The role and industry of these slugs; None where one does not exist."""
    who, where = taxonomy.roles().get(role), taxonomy.industries().get(industry)
    return (who, where) if who and where else None


def kind_of_mark(mark: str) -> Kind | None:
    """Through whose lens the sentence of that marker is seen; None for another's marker."""
    role, _, industry = mark.removeprefix("as-").rpartition("-")[0].partition("--")
    return kind_of(role, industry) if mark.startswith("as-") else None


def ask(user: User, brief_id: str, kind: Kind) -> Lens | None:
    """The row of the lens, queued at the reader's expense where nobody has asked for it; None where the reader has no
    such brief, or no lens that may be shown can be had."""
    if read.reading_for(user, brief_id) is None:
        return None
    return compose.look(Brief.objects.get(pk=brief_id), kind[0].slug, kind[1].slug, user.pk)


def look(brief_id: str, kind: Kind) -> Look:
    """How the lens stands."""
    who, where = kind
    row = Lens.objects.filter(brief=brief_id, role=who.slug, industry=where.slug).first()
    if row is None:
        return Look(who, where, "none")
    if row.state == State.QUEUED and row.due_at is not None:
        return Look(who, where, "waiting", row, _usual())
    stage = "ready" if row.state == State.READY else "failed"
    return Look(who, where, stage, row)


def left(user: User, now: datetime) -> Allowance:
    """What the reader may still spend on lenses."""
    return allowance(user.pk, now, Purpose.LENS, TOKENS)


def _usual() -> int:
    if not gateway.available():
        return round(WITHOUT)
    return max(1, round(costs.usual_seconds(Purpose.LENS) or GUESS))
