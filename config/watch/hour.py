"""What came of the last hour, and what hangs on from earlier: straight from the rows, by indexes. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

# Each part counts at most what an hour brings, or what an index of few rows holds.
OUTCOMES = """
    SELECT 'looks', CASE WHEN failures = 0 THEN 'ok' ELSE 'failed' END, count(*)
    FROM ingest_source WHERE last_checked_at > now() - interval '1 hour' GROUP BY 2
    UNION ALL
    SELECT 'briefs', writer, count(*)
    FROM briefings_brief WHERE written_at > now() - interval '1 hour' GROUP BY 2
    UNION ALL
    SELECT 'deliveries', 'sent', count(*) FROM briefings_delivery WHERE sent_at > now() - interval '1 hour'
    UNION ALL
    SELECT 'troubled', delivery.state, count(*)
    FROM briefings_delivery delivery JOIN briefings_edition edition ON edition.id = delivery.edition_id
    WHERE delivery.state IN ('failed', 'unknown') AND edition.local_date >= current_date - 2 GROUP BY 2
    UNION ALL
    SELECT 'calls', state, count(*)
    FROM inference_call WHERE reserved_at > now() - interval '1 hour' GROUP BY 2
    UNION ALL
    SELECT 'unknown calls', CASE WHEN reserved_at > now() - interval '1 hour' THEN 'new' ELSE 'old' END, count(*)
    FROM inference_call WHERE state = 'unknown' GROUP BY 2
    UNION ALL
    SELECT 'unknown held', '', coalesce(sum(hold), 0) FROM inference_call WHERE state = 'unknown'
    UNION ALL
    SELECT 'unknown oldest', '', coalesce(extract(epoch FROM now() - min(reserved_at)), 0)
    FROM inference_call WHERE state = 'unknown'
    UNION ALL
    SELECT 'reports', provider || '/' || outcome, count FROM users_reporttally
    UNION ALL
    SELECT 'spent', '', coalesce(sum(settled), 0)
    FROM inference_budget WHERE scope = 'service' AND length(period) = 10
"""


@dataclass(frozen=True, slots=True)
class Hour:
    """Counts by outcome of the last 60 minutes; `troubled` mails are of editions of the last two days.

    `reports` are mail providers' reports since ever, by `provider/outcome`. `spent` and `unknown_held` are
    nano-dollars, `unknown_oldest` seconds.
    """

    looks: dict[str, int] = field(default_factory=dict)
    briefs: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)
    troubled: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    spent: int = 0
    unknown_held: int = 0
    unknown_oldest: float = 0.0


def outcomes() -> Hour:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(OUTCOMES)
        rows = cursor.fetchall()

    def of(what: str) -> dict[str, int]:
        return {label: int(count) for part, label, count in rows if part == what}

    return Hour(
        looks=of("looks"),
        briefs=of("briefs"),
        deliveries=of("deliveries"),
        troubled=of("troubled"),
        calls=of("calls"),
        unknown=of("unknown calls"),
        reports=of("reports"),
        spent=of("spent")[""],
        unknown_held=of("unknown held")[""],
        unknown_oldest=float(of("unknown oldest")[""]),
    )
