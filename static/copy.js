// Puts a button that copies beside each address; without scripts the address can be selected.
for (const field of document.querySelectorAll("input[data-copy]")) {
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue; // not over plain http
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: field.dataset.copy });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = field.dataset.copied;
    } catch {
      field.select(); // not allowed: to be copied by hand
    }
  });
  field.after(button);
}
