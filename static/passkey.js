// Has the browser make or find a passkey and sends it with its form, which stays hidden where scripts or passkeys are not.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const trouble = form.querySelector("[role=alert]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    try {
      const options = form.dataset.options ? JSON.parse(form.dataset.options) : await asked(form.action);
      const found = await window.webauthnJSON[form.dataset.passkey](options);
      form.elements.credential.value = JSON.stringify(found);
      form.submit();
    } catch {
      trouble.hidden = false; // turned down, timed out, or none of this site
    }
  });
}

async function asked(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).request_options;
}
