"""Tables of scales, currencies and units as news text spells them."""

from __future__ import annotations

from decimal import Decimal

SCALES: dict[str, Decimal] = {
    name: Decimal(value)
    for value, names in {
        "12": "dozen",
        "1e2": "hundred",
        "1e3": "thousand k",
        "1e5": "lakh",
        "1e6": "million millions mn mln mio m",
        "1e7": "crore",
        "1e9": "billion billions bn bln mrd b",
        "1e12": "trillion trillions tn trn t",
        "1e15": "quadrillion",
    }.items()
    for name in names.split()
}

CURRENCIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("$", "us$", "usd", "dollar", "dollars", "us dollar", "us dollars"), ("usd",)),
    **dict.fromkeys(("€", "eur", "euro", "euros"), ("eur",)),
    **dict.fromkeys(("£", "gbp", "pound", "pounds", "pounds sterling"), ("gbp",)),
    **dict.fromkeys(("cny", "rmb", "yuan", "renminbi"), ("cny",)),
    **dict.fromkeys(("jpy", "yen"), ("jpy",)),
    "¥": ("jpy", "cny"),
    **dict.fromkeys(("₹", "inr", "rs", "rs.", "rupee", "rupees"), ("inr",)),
    **dict.fromkeys(("₩", "krw"), ("krw",)),
    **dict.fromkeys(("chf", "francs", "swiss francs"), ("chf",)),
    **dict.fromkeys(("c$", "ca$", "cad", "canadian dollars"), ("cad",)),
    **dict.fromkeys(("a$", "au$", "aud", "australian dollars"), ("aud",)),
    **dict.fromkeys(("hk$", "hkd", "hong kong dollars"), ("hkd",)),
    **dict.fromkeys(("s$", "sg$", "sgd", "singapore dollars"), ("sgd",)),
    **dict.fromkeys(("nt$", "twd"), ("twd",)),
}

# spelling -> (dimension, factor to its base unit)
UNITS: dict[str, tuple[str, Decimal]] = {
    name: (unit, Decimal(factor))
    for unit, factor, names in (
        ("percent", "1", "%|percent|per cent|pct|pct."),
        ("points", "1", "percentage points|percentage point|%-points|pp"),
        ("points", "0.01", "basis points|basis point|bps"),
        ("multiple", "1", "x|×|fold"),
        ("usd", "0.01", "cents|cent|¢"),
        ("second", "0.001", "ms|millisecond|milliseconds"),
        ("second", "1", "second|seconds|sec|secs"),
        ("second", "60", "minute|minutes|min|mins"),
        ("second", "3600", "hour|hours|hr|hrs"),
        ("second", "86400", "day|days"),
        ("second", "604800", "week|weeks"),
        ("month", "1", "month|months"),
        ("month", "3", "quarters"),
        ("month", "12", "year|years|yr|yrs"),
        ("month", "120", "decade|decades"),
        ("byte", "1e3", "kb|kilobytes"),
        ("byte", "1e6", "mb|megabytes|megabyte"),
        ("byte", "1e9", "gb|gigabytes|gigabyte"),
        ("byte", "1e12", "tb|terabytes|terabyte"),
        ("byte", "1e15", "pb|petabytes|petabyte"),
        ("watt", "1", "w|watts|watt"),
        ("watt", "1e3", "kw|kilowatts|kilowatt"),
        ("watt", "1e6", "mw|megawatts|megawatt"),
        ("watt", "1e9", "gw|gigawatts|gigawatt"),
        ("watt", "1e12", "tw|terawatts|terawatt"),
        ("watthour", "1e3", "kwh|kilowatt-hours|kilowatt hours"),
        ("watthour", "1e6", "mwh|megawatt-hours|megawatt hours"),
        ("watthour", "1e9", "gwh|gigawatt-hours|gigawatt hours"),
        ("watthour", "1e12", "twh|terawatt-hours|terawatt hours"),
        ("hertz", "1e6", "mhz|megahertz"),
        ("hertz", "1e9", "ghz|gigahertz"),
        ("metre", "1e-9", "nm|nanometers|nanometer|nanometres|nanometre"),
        ("metre", "1000", "km|kilometers|kilometres|kilometer|kilometre"),
        ("metre", "1609.344", "mile|miles"),
        (
            "count",
            "1",
            "people|users|employees|staff|workers|jobs|customers|developers|companies|firms|startups|countries|"
            "states|engineers|researchers|subscribers|students|patients|members|models|chips|gpus|servers|"
            "investors|partners|lawsuits|downloads|queries|requests|pages|images|videos|vehicles|cars|robots",
        ),
    )
    for name in names.split("|")
}

# A claim in one of these needs its number in the passage with the same unit; other units may be left out there.
HARD = frozenset(
    {"percent", "points", "multiple"} | {code for codes in CURRENCIES.values() for code in codes}
)
