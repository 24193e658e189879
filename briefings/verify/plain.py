"""The rule of plain text: no addresses, no markup, no control characters, no debris of citations."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 1000

_ENDINGS = (
    "com|org|net|io|ai|co|dev|app|gov|edu|info|biz|xyz|me|ly|gg|to|sh|cloud|tech|site|online|top|link|page|news|tv|"
    "uk|us|eu|de|fr|cn|jp|in|ru|ch|nl|ca|au|kr|br|it|es|se|no|zip|click|shop|store|blog|live|pro|club|space|website|"
    "email|money|finance|bank|win|bid|vip|icu|work|world|life|today|support|help|download|stream|host|press|media|"
    "agency|digital|solutions|network|systems|studio|design|fun|cc|ws|tk|ml|ga|cf|gq|su|ua|pl|cz|gr|tr|za|mx|ar|nz|sg|"
    "hk|tw|th|vn|ph|il|ie|dk|fi|pt|ro|hu|example|test|invalid|local|localhost|onion"
)
_RULES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.I)
    for name, pattern in {
        "a web address": r"\b[a-z][a-z0-9+.-]{1,20}:(?://|\\\\)|(?<!\w)//[\w-]+\.\w|\bwww\.\w",
        "an address with a scheme": r"\b(?:javascript|vbscript|data|mailto|tel|file|blob)\s*:\s*(?=[^\s]*[/;,@(<\d])",
        "an address with a path": rf"\b[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})(?::\d+)?[/?#]\w",
        "an email address": r"[\w.+-]+@[\w-]+\.\w",
        "an HTML tag": r"<\s*[/!?a-z][^<]*",
        "an HTML entity": r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,10});",
        "a Markdown link": r"!?\[[^\]]*\](?:\s?\(|\[)|^\s*\[[^\]]+\]:",
        "Markdown": r"\*\*|__\w|```|~~|^\s*#{1,6}\s|^\s*>\s|^\s*[-*•·▪]\s|^\s*\|",
        "a citation mark": r"\[\s*\^?(?:\d+|[A-Z]{1,2}\d+(?:\.\d+)?)(?:\s*[,;–-]\s*[A-Z]{0,2}\d+(?:\.\d+)?)*\s*\]"
        r"|[(]\s*A\d+\.\d+|【\d|[†‡�]|\bturn\d+\w+\d+|oaicite|contentReference|\[(?:citation|source)[^\]]*\]",
        "a gap": r"[(\[]\s*(?:\.\.\.|…)\s*[)\]]",
    }.items()
}
# What a source may write of itself and a model may not: in its own words these are text, in a model's they are markup.
_NEW: dict[str, re.Pattern[str]] = {
    "Markdown": re.compile(r"`[^`]+`"),
    # "Booking.com" is how a company writes its name; "evil.com" is a place a mail program makes a link to.
    "a web address": re.compile(
        rf"(?<![\w@.-])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:{_ENDINGS})(?![\w-])(?!\.\w)"
    ),
}
# What a text must hold for a rule to be worth a try; nearly every sentence holds none of it.
_MAY_HOLD: dict[str, re.Pattern[str]] = {
    "a web address": re.compile(r"//|:|\.[a-z-]", re.I),
    "an address with a scheme": re.compile(":"),
    "an address with a path": re.compile(r"[/?#]\w"),
    "an email address": re.compile("@"),
    "an HTML tag": re.compile("<"),
    "an HTML entity": re.compile("&"),
    "a Markdown link": re.compile(r"\]"),
    "Markdown": re.compile(r"[*_`~]|^\s*[#>•·▪|-]"),
    "a citation mark": re.compile(r"[\[(【†‡�]|turn|oaicite|contentReference", re.I),
    "a gap": re.compile(r"[(\[]"),
}
# And what it must hold for any of them: signs first, so that a text is skimmed for them.
_SUSPECT = re.compile(
    r"[:@<&\]*_`~\[(【†‡�#>•·▪|?/.-](?:(?<![#>•·▪|?/.-])|(?<=[?#/])[\w/]|(?<=\.)[A-Za-z-]|(?<=^.))"
)
_DEBRIS = re.compile(r"turn\d|oaicite|contentreference")
_JOINED_EMOJI = re.compile("(?<=[^\\w\\s])\u200d(?=[^\\w\\s])")


def problem(text: str, verbatim: bool = False) -> str | None:
    """What keeps `text` from being shown as plain text, or None. `verbatim`: it is the source's own wording."""
    if not text or text != text.strip():
        return "empty or padded with spaces"
    if len(text) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters"
    for character in () if text.isprintable() else _JOINED_EMOJI.sub("", text):
        if unicodedata.category(character)[0] == "C" or character in "\u2028\u2029":
            return f"the character U+{ord(character):04X}"
    if not _SUSPECT.search(text) and not _DEBRIS.search(text.lower()):
        return None
    for rules in (_RULES,) if verbatim else (_RULES, _NEW):
        for name, pattern in rules.items():
            if _MAY_HOLD[name].search(text) and pattern.search(text):
                return name
    return None


def is_plain(text: str) -> bool:
    """May `text` be shown as a source's own sentence? The extractive writer may ask before it picks one."""
    return problem(text, verbatim=True) is None
