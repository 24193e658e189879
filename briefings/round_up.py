"""What the week's round-up leaves out: what its reader has read already."""

from __future__ import annotations

from briefings.models import Brief


def read_by(reader: int) -> set[str]:
    """The briefs that the reader has read: opened, asked about, saved or shared. A newer version tells more again."""
    asked = Brief.objects.filter(conversations__reader=reader)
    kept = Brief.objects.filter(saved__reader=reader)
    shared = Brief.objects.filter(shares__reader=reader)
    opened = Brief.objects.filter(opened__reader=reader)
    return set(asked.union(kept, shared, opened).values_list("pk", flat=True))
