// Reading by keyboard: j and k go on and back, o opens, s saves, ? says so. Typing stays typing.
const places = [...document.querySelectorAll(".story h2 a, .brief button.cite")];
const help = document.getElementById("keys");
const go = (step) => {
  const at = places.indexOf(document.activeElement);
  const next = places[at < 0 ? (step > 0 ? 0 : -1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
};
const acts = {
  j: () => go(1),
  k: () => go(-1),
  o: () => places.includes(document.activeElement) && document.activeElement.click(),
  s: () => document.querySelector("form[data-key=s]")?.requestSubmit(),
  "?": () => help?.togglePopover?.(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
