// Reading by keyboard: j and k go on and back, o opens, s saves, m marks as read, ? says so. Typing stays typing.
const all = () => [...document.querySelectorAll(".story h2 a, .brief button.cite")]; // what htmx brings is another one
const help = document.getElementById("keys");
const go = (step) => {
  const places = all();
  const at = places.indexOf(document.activeElement);
  const next = places[at < 0 ? (step > 0 ? 0 : -1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
};
const acts = {
  j: () => go(1),
  k: () => go(-1),
  o: () => all().includes(document.activeElement) && document.activeElement.click(),
  s: () => document.querySelector("form[data-key=s]")?.requestSubmit(),
  m: () => {
    const where = document.querySelector(".brief") ? document : document.activeElement.closest(".story");
    where?.querySelector("form[data-key=m]")?.requestSubmit();
  },
  "?": () => help?.togglePopover?.(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
