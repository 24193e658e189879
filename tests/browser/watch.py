"""Watches what a page does that it was not built for: code that runs, elements that texts brought, requests outside."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route

# Elements that no page of ours has, and attributes that none has there. Comments and words are nobody's business.
STRANGE = r"""(other) => {
  const page = other ?? document;
  const never = new Set(`iframe object embed applet base frame frameset math style template marquee video audio source
    track picture plaintext xmp listing noembed portal dialog animate animatetransform animatemotion set image desc
    foreignobject feimage use handler discard slot keygen isindex bgsound area map param font center`.split(/\s+/));
  const OURS = "#conversation, #lens, #feedback, .feedback, form.read, form.out, .report, .evidence p.actions > a";
  const found = [];
  const ids = new Set();
  for (const one of page.querySelectorAll("*")) {
    const name = one.localName.toLowerCase();
    if (never.has(name) && !one.matches(".outbox iframe, .theme-toggle use")) found.push(`<${name}>`);
    if (name === "script" && !/^\/(static|admin)\//.test(one.getAttribute("src") ?? "") && !/json/.test(one.type)) {
      found.push("<script>");
    }
    if (name === "link" && !/^(\/(?!\/)|http:\/\/localhost)/.test(one.getAttribute("href") ?? "")) found.push("<link>");
    if (name === "meta" && one.httpEquiv && !one.closest("noscript")) found.push("<meta>");
    if (name === "img" && !one.getAttribute("src")?.startsWith("/static/admin/")) found.push("<img>");
    if (one.id && ids.has(one.id)) found.push(`twice #${one.id}`);
    ids.add(one.id);
    for (const { name: said, value } of one.attributes) {
      if (/^on|hx-on|^(style|srcdoc|ping|formaction|background|contenteditable|autofocus|shadowrootmode)$/.test(said)) {
        const admins = said === "style" && location.pathname.startsWith("/admin/"); // its calendars
        if (!admins && !(said === "autofocus" && one.matches("#searchbar"))) found.push(`${name}[${said}]`);
      }
      if (/^(data-)?hx-/.test(said) && !one.closest(OURS)) found.push(`${name}[${said}]`);
      if (/^(data-)?hx-(get|post)$/.test(said) && !/^\/(brief|learned)\//.test(value)) found.push(`${said}=${value}`);
      if (/^(href|src|action|xlink:href|data|poster)$/.test(said)) {
        if (!/^https?:$/.test(new URL(value, page.baseURI).protocol)) found.push(`${name}[${said}=${value}]`);
      }
      if (said === "name" && /^(a|img|form|iframe|slot|p|div)$/.test(name)) found.push(`${name}[name]`);
    }
  }
  return found;
}"""


class Watch:
    """Of every page of the context: what `ran`, what it asked of others (`left`), and what else is `odd`."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = urlsplit(home).netloc
        self.ran: list[Any] = []
        self.left: list[str] = []
        self.odd: list[str] = []
        context.expose_binding("canary", lambda _, number=None: self.ran.append(number))
        context.expose_binding("policy", lambda _, what: self.odd.append(f"policy: {what}"))
        context.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " (event) => policy(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"
        )
        context.route("**/*", self._pass)
        context.on("page", self._follow)

    def _pass(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.netloc == self.home or address.scheme in ("data", "blob"):
            route.continue_()
        else:
            self.left.append(route.request.url)
            route.abort()

    def _follow(self, page: Page) -> None:
        page.on(
            "console", lambda said: self.odd.append(f"console: {said.text}") if said.type == "error" else None
        )
        page.on("pageerror", lambda error: self.odd.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.odd.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda other: self.odd.append(f"window: {other.url}"))
        page.on("download", lambda file: self.odd.append(f"download: {file.url}"))

    def seen(self) -> list[Any]:
        """Everything that should not have happened so far."""
        return [*self.ran, *self.left, *self.odd]


def strange(page: Page) -> list[str]:
    """Elements and attributes that a text brought into the page."""
    return list(page.evaluate(STRANGE))


def strange_frames(page: Page) -> list[list[str]]:
    """The same of each frame of the page; that it went elsewhere is strange too."""
    each = f"one => {{ try {{ return ({STRANGE})(one.contentDocument); }} catch {{ return ['gone']; }} }}"
    return list(page.evaluate(f"() => [...document.querySelectorAll('iframe')].map({each})"))
