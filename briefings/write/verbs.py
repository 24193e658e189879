"""The verbs a question may take over from a sentence ("What did Facebook remove?"), with their forms."""

from __future__ import annotations

from briefings.write.lexicon import ASKABLE, TELLING

IRREGULAR = {
    "buy": ("buys", "bought"), "sell": ("sells", "sold"), "cut": ("cuts", "cut"), "leave": ("leaves", "left"),
    "pay": ("pays", "paid"), "win": ("wins", "won"), "lose": ("loses", "lost"), "seek": ("seeks", "sought"),
    "find": ("finds", "found"), "show": ("shows", "showed"), "give": ("gives", "gave"), "get": ("gets", "got"),
    "make": ("makes", "made"), "take": ("takes", "took"), "build": ("builds", "built"), "ban": ("bans", "banned"),
    "drop": ("drops", "dropped"), "admit": ("admits", "admitted"), "tap": ("taps", "tapped"),
    "slam": ("slams", "slammed"), "plan": ("plans", "planned"), "ship": ("ships", "shipped"),
    "bar": ("bars", "barred"), "bring": ("brings", "brought"),
    "become": ("becomes", "became"), "begin": ("begins", "began"), "break": ("breaks", "broke"),
    "choose": ("chooses", "chose"), "come": ("comes", "came"), "cost": ("costs", "cost"), "draw": ("draws", "drew"),
    "drive": ("drives", "drove"), "fall": ("falls", "fell"), "grow": ("grows", "grew"), "have": ("has", "had"),
    "hear": ("hears", "heard"), "hit": ("hits", "hit"), "hold": ("holds", "held"), "hurt": ("hurts", "hurt"),
    "keep": ("keeps", "kept"), "know": ("knows", "knew"), "lead": ("leads", "led"), "let": ("lets", "let"),
    "lie": ("lies", "lay"), "mean": ("means", "meant"), "meet": ("meets", "met"), "quote": ("quotes", "quoted"),
    "rise": ("rises", "rose"), "run": ("runs", "ran"), "say": ("says", "said"), "see": ("sees", "saw"),
    "send": ("sends", "sent"), "shrink": ("shrinks", "shrank"), "sink": ("sinks", "sank"),
    "slide": ("slides", "slid"), "slip": ("slips", "slipped"), "spend": ("spends", "spent"),
    "split": ("splits", "split"), "spread": ("spreads", "spread"), "stand": ("stands", "stood"),
    "steal": ("steals", "stole"), "stop": ("stops", "stopped"), "tell": ("tells", "told"),
    "think": ("thinks", "thought"), "understand": ("understands", "understood"), "write": ("writes", "wrote"),
    "permit": ("permits", "permitted"), "refer": ("refers", "referred"), "occur": ("occurs", "occurred"),
    "prefer": ("prefers", "preferred"), "go": ("goes", "went"), "beat": ("beats", "beat"),
    "control": ("controls", "controlled"), "try": ("tries", "tried"), "hide": ("hides", "hid"),
    "sweep": ("sweeps", "swept"), "dip": ("dips", "dipped"),
}  # fmt: skip


def forms(verb: str) -> tuple[str, str]:
    """Third person and past of a verb given in its base form."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies", verb[:-1] + "ied"
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return third, verb + ("d" if verb.endswith("e") else "ed")


def doing(verb: str) -> str:
    """The "-ing" form of a verb given in its base form."""
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    doubled = len(verb) > 2 and verb[-1] in "bdgmnprt" and verb[-2] in "aeiou" and verb[-3] not in "aeiou"
    short = doubled and (
        sum(char in "aeiou" for char in verb) == 1 or verb in ("admit", "begin", "permit", "refer")
    )
    return f"{verb}{verb[-1] if short else ''}ing"


PARTICIPLES = {
    "know": "known", "give": "given", "show": "shown", "write": "written", "take": "taken", "begin": "begun",
    "choose": "chosen", "draw": "drawn", "drive": "driven", "see": "seen", "break": "broken", "steal": "stolen",
    "hide": "hidden",
}  # fmt: skip


def participle(verb: str) -> str:
    """The past participle of a verb given in its base form: its past, with few exceptions."""
    return PARTICIPLES.get(verb, forms(verb)[1])


BASE = {form: verb for verb in (*ASKABLE, *TELLING) for form in forms(verb)}
INFLECTED = "|".join(sorted(BASE, key=len, reverse=True))
BASES = "|".join(sorted({*ASKABLE, *TELLING}, key=len, reverse=True))
ADVERB = (
    r"(?:(?:finally|just|reportedly|temporarily|secretly|officially|quietly|formally|again|now|also|publicly|has|have|had|"
    r"recently|later|already) )?"
)
