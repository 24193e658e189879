// Turns pushes on and off in this browser. The browser asks its reader only after the button was pressed; where it cannot
// push, the page says why, in words that the form brings.
const form = document.querySelector("form[data-push]");
const status = document.getElementById("why-not");
if (form) begin();

async function begin() {
  const why = whyNot();
  status.textContent = why;
  form.hidden = Boolean(why) && !form.dataset.off;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act().catch((error) => tell(error));
  });
  if (!why && form.dataset.off) await compare();
}

function whyNot() {
  if (!window.isSecureContext) return form.dataset.insecure;
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    const apple = /iPhone|iPad/.test(navigator.userAgent);
    return apple ? form.dataset.apple : form.dataset.unknown;
  }
  return Notification.permission === "denied" ? form.dataset.blocked : "";
}

// What the server knows and the browser has lost, it says: such as after its data was cleared.
async function compare() {
  const registration = await navigator.serviceWorker.getRegistration();
  const held = await registration?.pushManager.getSubscription();
  if (!held || (await digest(held.endpoint)) !== form.dataset.this) {
    status.textContent = form.dataset.lost;
  }
}

async function act() {
  const button = form.querySelector("button");
  const words = button.textContent;
  form.querySelector("[role=alert]").hidden = true;
  button.disabled = true;
  button.textContent = form.dataset.moment;
  try {
    await (form.dataset.off ? turnOff() : turnOn());
  } finally {
    button.disabled = false;
    button.textContent = words;
  }
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") {
    status.textContent = whyNot();
    form.hidden = Boolean(status.textContent);
    if (!form.hidden) throw new Error(form.dataset.refused);
    return;
  }
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe(); // one for another key, or another reader's, would stay
  const made = await pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push })
    .catch(() => {
      throw new Error(form.dataset.unreached);
    });
  const answer = await send(form.action, JSON.stringify(made), "application/json");
  if (answer.ok) return location.reload();
  await made.unsubscribe();
  const told = await answer.json().catch(() => ({}));
  throw new Error(told.problem || form.dataset.notOn);
}

async function turnOff() {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  const answer = await send(form.dataset.off, "", "application/x-www-form-urlencoded");
  if (!answer.ok && answer.status !== 404) throw new Error(form.dataset.notOff);
  location.reload();
}

function send(address, body, type) {
  const token = form.elements.csrfmiddlewaretoken.value;
  return fetch(address, { method: "POST", body, redirect: "manual", headers: { "Content-Type": type, "X-CSRFToken": token } }).then(
    (answer) => (answer.type === "opaqueredirect" ? new Response(null, { status: 204 }) : answer),
  );
}

async function digest(text) {
  const raw = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(raw)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

function tell(error) {
  const alert = form.querySelector("[role=alert]");
  alert.textContent = error.message;
  alert.hidden = false;
}
