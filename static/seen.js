// Counts one look at a shared page, without cookies: not again on reload, nor what a browser fetches ahead of a click.
function count() {
  const [how] = performance.getEntriesByType("navigation");
  if (how?.type === "navigate") fetch("seen/", { method: "POST", credentials: "omit", keepalive: true });
}
if (document.visibilityState === "visible") count();
else document.addEventListener("visibilitychange", count, { once: true });
