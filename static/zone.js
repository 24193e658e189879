// Picks the reader's own time zone in a form that still has the default; without scripts the select does it.
const select = document.querySelector("[data-guess-zone] select[name=time_zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && zone && select.value === "UTC" && [...select.options].some((option) => option.value === zone)) {
  select.value = zone;
}
