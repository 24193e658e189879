"""What a verified briefing costs with 1, 100, 10,000 and a million readers of one day's real articles.

    bench/cost.py [FOLDER] [DAY ...]     prints JSON; FOLDER of recorded feeds, DAY such as 2026-08-20, or `whole`

`whole` is a day of whole articles: the 172 of other years that the corpus has (the recorded feeds are mostly teasers),
told as if all of them had happened on one day.

The articles go through the whole pipeline, and the editions of all readers are really prepared: their briefs and lenses
are asked of a provider on loopback that answers in the sources' own words, counts words and signs as tokens, caches
prefixes of 1,024 tokens and more, and bills the flex tier at half the price. Readers are spread evenly over all roles
and industries; those of one role and industry share everything, so from 10,000 on each such pair is prepared once.

The naive design is a strong model that reads all of the day's articles for every reader and writes as much as that
reader's edition holds. The levers are taken one by one; the last line is what was metered, those before it are counted
from the same requests. Prices are the price book's of today. Answers to follow-ups are in it where they are prepared
with the brief; there are no conversations yet.
"""

from __future__ import annotations

import ipaddress
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
from bench.levers import READERS, STRONG, Day, Metered, Size, Story, readers_of, report  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
WHOLE = "whole"
DAYS = ("2026-08-08", "2026-08-20", WHOLE)  # the day with the most articles, and one of the usual size
WHOLE_DAY = date(2026, 9, 20)  # far from all others
ASKED = "gpt-6-luna"  # which one really is; the others are priced by the same tokens
LITTLE = "Little in this story bears directly on product managers in consumer goods."
ROUNDS = 6
QUESTIONS = ("What should we look at first?", "Which of our suppliers does it touch?")
LENS = {
    "why_it_matters": [
        "Whoever decides about this should ask what it changes in the plans that are already under way.",
        "It is a reason to look again at which supplier is tied to which piece of work, and how hard leaving would be.",
    ],
    "answer": "At the contracts that would be touched, and at who answers for them.",
}


def main() -> int:
    from bench.corpus import CORPUS

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS / "feeds" / "2026-08"
    wanted = sys.argv[2:] or DAYS
    days = [WHOLE_DAY if day == WHOLE else date.fromisoformat(day) for day in wanted]
    if not folder.is_dir():
        print(json.dumps({"skipped": f"no recorded feeds at {folder}; set NUTGRAF_CORPUS"}))
        return 0
    import django

    import tests.database  # noqa: F401  a database of its own, gone afterwards

    django.setup()
    prepare(folder, CORPUS / "fulltext" if WHOLE_DAY in days else None)
    print(json.dumps([report(measure(day)) for day in days], indent=1))
    return 0


# ---------------------------------------------------------------- the day, through the pipeline


def prepare(folder: Path, whole: Path | None) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from ingest.models import Article

    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    settings.NUTGRAF_BUDGET_DAY_USD = settings.NUTGRAF_BUDGET_MONTH_USD = "1000"
    settings.NUTGRAF_MODEL_CHEAP, settings.NUTGRAF_BACKGROUND_TIER = ASKED, "flex"
    call_command("migrate", verbosity=0)
    take_in(folder)
    if whole:
        latest = Article.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        take_in(whole, any_topic=True)
        noon = datetime.combine(WHOLE_DAY, time(12), tzinfo=UTC)
        Article.objects.filter(pk__gt=latest).update(happened_at=noon)


def take_in(folder: Path, *, any_topic: bool = False) -> None:
    from django.utils import timezone

    from ingest import opml, run
    from ingest.models import Source
    from ingest.parse import Outline
    from tests.fakes.recorded import serve
    from tests.fakes.web_server import WebServer

    known = set(Source.objects.values_list("pk", flat=True))
    with WebServer() as web:
        opml.add([Outline(url, "") for url in serve(web, folder)], any_topic)
        ids = list(Source.objects.exclude(pk__in=known).values_list("pk", flat=True))
        run.ingest(ids, timezone.now(), True, lambda _: None)


def measure(day: date) -> Day:
    from briefings import edition
    from ingest.models import Article
    from tests.fakes.model_server import count

    texts = list(Article.objects.filter(happened_at__date=day).values_list("text", flat=True))
    as_of = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, seconds=-1)
    kinds = {readers: len(readers_of(readers)) for readers in READERS}
    runs = {many: metered(sorted(readers_of(many)), as_of) for many in sorted(set(kinds.values()))}
    by_readers = {readers: runs[many] for readers, many in kinds.items()}
    return Day(day, len(texts), sum(map(count, texts)), len(edition.candidates_at(as_of)[0]), by_readers)


def metered(kinds: Sequence[tuple[str, str]], as_of: datetime) -> Metered:
    """One reader of each kind gets the edition, prepared as before the hour, from nothing."""
    from django.conf import settings

    from briefings.models import Brief, Half, Lens
    from inference.models import Call
    from tests.fakes.model_server import ModelServer

    Brief.objects.all().delete()
    before = set(Call.objects.values_list("pk", flat=True))
    with ModelServer() as provider:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = provider.url, "sk-test"
        provider.reply = answer
        choices = editions(kinds, as_of)
        calls = {str(call.attempt): call for call in Call.objects.exclude(pk__in=before)}
        seen = [(calls[request.client_id], request) for request in provider.requests]
        asked_of = sizes(seen)
        by_model = Counter(Lens.objects.filter(writer="model").values_list("brief", flat=True))
        return Metered(
            stories=asked_of,
            thin=without_model({story for chosen in choices.values() for story in chosen} - set(asked_of)),
            choices=choices,
            asked=asked(seen),
            lenses_by_model=by_model,
            halves=Half.objects.count(),
            requests=len(seen),
            billed=provider.billed,
            settled=sum(call.cost or 0 for call in calls.values()),
        )


def editions(kinds: Sequence[tuple[str, str]], as_of: datetime) -> dict[tuple[str, str], list[str]]:
    from django.utils import timezone

    from briefings import edition
    from briefings.models import Brief, Lens

    found: dict[tuple[str, str], list[str]] = {}
    for _ in range(ROUNDS):
        for kind in kinds:
            if kind not in found:
                made = edition.assemble(*kind, "", as_of, patient=True)
                if not made.waiting:
                    found[kind] = [item.brief.pk for item in made.items]
        for rows in (Brief, Lens):  # all have wished: the time for company is over
            rows.objects.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
    assert len(found) == len(kinds), f"{len(kinds) - len(found)} editions are still waiting"
    return found


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """Lenses of the usual length: one reason for a half, two for a whole one, and a question."""
    from tests.fakes import honest

    said = honest.answer(body)
    asked = body["messages"][-1]["content"]
    for lens in said.get("lenses", ()):
        role, industry = (
            f"[{lens['reader']}] Everybody in the {kind} " in asked for kind in ("role", "industry")
        )
        lens["why_it_matters"] = LENS["why_it_matters"][industry : None if not role else 1]
        lens["questions"] = [{"question": QUESTIONS[industry], "answer": [LENS["answer"]]}]
    return said


# ---------------------------------------------------------------- what was asked


def asked(seen: Iterable[tuple[Any, Any]]) -> dict[str, Size]:
    found: dict[str, Size] = defaultdict(Size)
    for call, request in seen:
        found[call.purpose if call.model == ASKED else f"{call.purpose}{STRONG}"] += size_of(request)
    return dict(found)


def size_of(request: Any) -> Size:
    return Size(
        request.prompt_tokens, request.completion_tokens, request.cached_tokens, request.written_tokens
    )


def sizes(seen: Iterable[tuple[Any, Any]]) -> dict[str, Story]:
    """By brief: what its fact sheet took, and what the brief and one lens take when each is asked for by itself."""
    by_kind: dict[str, dict[str, Size]] = defaultdict(lambda: defaultdict(Size))
    for call, request in seen:
        by_kind[call.brief][call.purpose] += size_of(request)
    return {
        brief: Story(kinds["fact_sheet"].uncached(), brief_alone(brief, kinds["brief"]), lens_alone(brief))
        for brief, kinds in by_kind.items()
    }


def without_model(briefs: Iterable[str]) -> dict[str, Story]:
    """The stories that no model was asked about: what reading their sources and writing as much would take."""
    from briefings import compose
    from briefings.models import Brief
    from briefings.schemas import BriefBody
    from briefings.verify.brief import sentences

    found = {}
    for brief in Brief.objects.filter(pk__in=list(briefs)).select_related("story"):
        read = tokens(*(article.text for article in compose.stored_material(brief).articles))
        told = tokens(*(sentence.text for sentence in sentences(BriefBody.model_validate(brief.body))))
        found[brief.pk] = Story(Size(read), Size(0, told), Size(0, tokens(LITTLE)))
    return found


def brief_alone(brief: str, size: Size) -> Size:
    """The brief's request without the lenses that came with it."""
    from briefings.models import Lens
    from briefings.write import prompts
    from briefings.write.reply import BriefAndLensesReply, BriefReply

    with_it = list(Lens.objects.filter(work_key=f"brief:{brief}"))
    if not with_it:
        return size.uncached()
    added = tokens(prompts.BRIEF_AND_LENSES, prompts.readers([kind_of(lens) for lens in with_it]))
    added += schema_tokens(BriefAndLensesReply) - schema_tokens(BriefReply) - tokens(prompts.BRIEF)
    return Size(size.prompt - added, size.written - len(with_it) * lens_written())


def lens_alone(brief: str) -> Size:
    """A request for one lens of the brief, as it would be asked for by itself."""
    from briefings.models import Brief
    from briefings.schemas import BriefBody
    from briefings.verify.brief import sentences
    from briefings.write import prompts
    from briefings.write.reply import LensesReply
    from users import taxonomy

    body = BriefBody.model_validate(Brief.objects.get(pk=brief).body)
    told = "\n".join(f"[S{n}] {sentence.text}" for n, sentence in enumerate(sentences(body), start=1))
    reader = prompts.halves([taxonomy.role("cto"), taxonomy.industry("finance")])
    prompt = tokens(prompts.HALVES, prompts.lenses(told, reader)) + schema_tokens(LensesReply)
    return Size(prompt, lens_written())


def kind_of(lens: Any) -> Any:
    from users import taxonomy

    return taxonomy.role(lens.role), taxonomy.industry(lens.industry)


def lens_written() -> int:
    lens = answer({"messages": [{"content": "[R1] "}], "response_format": _wants_lenses()})
    return tokens(json.dumps(lens))


def _wants_lenses() -> dict[str, Any]:
    return {"json_schema": {"schema": {"properties": {"lenses": {}}}}}


def tokens(*texts: str) -> int:
    from tests.fakes.model_server import count

    return sum(map(count, texts))


def schema_tokens(shape: Any) -> int:
    from inference import dialect

    answer = {"name": "answer", "strict": True, "schema": dialect.strict(shape.model_json_schema())}
    return tokens(json.dumps(answer))


if __name__ == "__main__":
    raise SystemExit(main())
