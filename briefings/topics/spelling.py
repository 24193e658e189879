"""Tells when two spellings name one topic, and how a topic's address is spelled; pure."""

from __future__ import annotations

import re

from ingest import terms

# What is called by two names. Keys and values as `key` makes them.
ALIASES = {
    "googledeepmind": "deepmind",
    "metaplatforms": "meta",
    "amazonwebservices": "aws",
    "googlegemini": "gemini",
    "anthropicclaude": "claude",
    "openaichatgpt": "chatgpt",
    "microsoftcopilot": "copilot",
    "mistralai": "mistral",
    "openaigptoss": "gptoss",
    "nvidiacorporation": "nvidia",
    "xaigrok": "grok",
    "federaltradecommission": "ftc",
    "usfederaltradecommission": "ftc",
    "securitiesandexchangecommission": "sec",
    "departmentofjustice": "doj",
    "justicedepartment": "doj",
    "europeanunion": "eu",
    "euaiact": "aiact",
    "unitedstates": "us",
    "unitedkingdom": "uk",
    "taiwansemiconductormanufacturing": "tsmc",
}
LONGEST = 80
_COMPANY = re.compile(r",? (?:Inc|Corp|Corporation|Ltd|Limited|LLC|PBC|GmbH|AG|plc|Co)\b\.?$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")


def plain(name: str) -> str:
    """The name without what only says what kind of company it is."""
    bare = " ".join(terms.plain(name).split())
    return _COMPANY.sub("", _POSSESSIVE.sub("", bare)) or bare


def key(name: str) -> str:
    """Equal for spellings of one name: "Open AI" and "OpenAI", "GPT-5 mini" and "gpt-5-mini", but not 4.1 and 41.

    Empty where it has no letter.
    """
    pieces = re.findall(r"[^\W\d_]+|\d+", plain(name).lower())
    joined = "".join(
        f"-{piece}" if piece.isdigit() and at and pieces[at - 1].isdigit() else piece
        for at, piece in enumerate(pieces)
    )
    found = joined if any(map(str.isalpha, joined)) else ""
    return ALIASES.get(found, found)[:LONGEST]


def slug(name: str) -> str:
    """How the topic's address is spelled: `key` of it is `key` of the name, aliases apart."""
    return "-".join(re.findall(r"[^\W\d_]+|\d+", plain(name).lower().replace("'", "")))[:LONGEST].strip("-")
