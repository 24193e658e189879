// The worker of the browser that keeps today's edition and its briefs readable without a network, for the reader who is
// signed in and for nobody else. The server writes `SHELL` above this: version, files, static, offline, today,
// leaving, goodbye, icon, plain.
//
// What is kept is the server's choice: a page with X-Nutgraf-Keep, together with the addresses which that names. Whose
// it is says X-Nutgraf-Reader, "none" for a visitor. Pages of one reader at most are kept at any time.
//
// It also shows what is pushed, and opens the page that a notification is about.
const FILES = `files-${SHELL.version}`;
const PAGES = "pages-";
const MOST = 60; // pages
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // its content never changes
let readers = 0; // changes of the reader; what was asked for before the last one is not kept

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.waitUntil(fetchAndKeep(event.data)));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && SHELL.leaving.includes(pathname)) {
    // Whether an account goes is for the server to say; who signs out gets no pushes here any more.
    if (SHELL.goodbye.includes(pathname)) event.waitUntil(unsubscribe());
    event.respondWith(leave(request));
  }
  if (request.method !== "GET") return;
  if (pathname.startsWith(SHELL.static)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
});

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(follow(event.notification)));

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(SHELL.files);
  await files.add(new Request(SHELL.offline, { cache: "reload" }));
  await skipWaiting();
}

// Pages kept by an earlier version name files that went with it, so today's are asked for anew.
async function activate() {
  const had = await kept(SHELL.today);
  const old = (await caches.keys()).filter((name) => name !== FILES && !name.startsWith(PAGES + SHELL.version));
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
  if (had) await fetchAndKeep(SHELL.today);
}

async function file(request) {
  const files = await caches.open(FILES);
  const copy = await files.match(request, { ignoreVary: true });
  if (copy && HASHED.test(request.url)) return copy;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await files.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
}

async function page(event) {
  const asked = readers;
  try {
    const fresh = await fetch(event.request);
    event.waitUntil(keep(new URL(event.request.url).pathname, fresh.clone(), asked));
    return fresh;
  } catch {
    return offline(new URL(event.request.url).pathname);
  }
}

async function keep(path, answer, asked) {
  const reader = answer.headers.get("X-Nutgraf-Reader");
  if (!reader || asked !== readers) return;
  const name = `${PAGES}${SHELL.version}-${reader}`;
  if ((await pages()).some((other) => other !== name)) asked = await forget(name);
  if (!answer.ok || !answer.headers.has("X-Nutgraf-Keep")) return;
  const mine = await caches.open(name);
  await mine.put(path, answer);
  for (const old of (await mine.keys()).slice(0, -MOST)) await mine.delete(old);
  if (asked !== readers) await caches.delete(name);
  for (const other of answer.headers.get("X-Nutgraf-Keep").split(" ")) {
    if (asked === readers && !(await mine.match(other, { ignoreVary: true }))) await fetchAndKeep(other);
  }
}

async function fetchAndKeep(path) {
  const asked = readers;
  try {
    await keep(path, await fetch(path, { redirect: "error", headers: { "X-Nutgraf-Ahead": "1" } }), asked);
  } catch {
    // offline, or signed out: kept when it is opened
  }
}

async function offline(path) {
  if (path === "/" && (await kept(SHELL.today))) return Response.redirect(SHELL.today);
  const copy = await kept(path);
  if (!copy) return (await caches.open(FILES)).match(SHELL.offline);
  const headers = new Headers(copy.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  const text = await copy.text(); // the line that says so is in every copy, hidden
  return new Response(text.replace(" data-offline hidden", " data-offline"), { headers });
}

async function kept(path) {
  for (const name of await pages()) {
    const copy = await (await caches.open(name)).match(path, { ignoreVary: true });
    if (copy) return copy;
  }
}

async function pages() {
  return (await caches.keys()).filter((name) => name.startsWith(PAGES));
}

// Browsers demand that something is shown for each push. What has the tag of an earlier one takes its place.
async function show(data) {
  const { title, body, path, tag, lang } = told(data);
  const { icon } = SHELL;
  await registration.showNotification(title, { body, tag, icon, badge: icon, renotify: true, lang, data: { path } });
}

function told(data) {
  const lang = language();
  const plain = { title: "Nutgraf", body: SHELL.plain[lang], path: SHELL.today, tag: "edition", lang };
  try {
    return { ...plain, ...data.json() };
  } catch {
    return plain;
  }
}

// Whose push it was cannot be known then, so the browser's language decides.
function language() {
  const asked = navigator.languages.flatMap((one) => [one.toLowerCase(), one.split("-")[0].toLowerCase()]);
  return asked.find((one) => Object.hasOwn(SHELL.plain, one)) ?? "en";
}

// Pages of ours alone, in the window that is there or in a new one.
async function follow(notification) {
  notification.close();
  const to = ours(notification.data?.path);
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find(({ url }) => new URL(url).pathname === to.pathname);
  return there ? there.focus() : clients.openWindow(to.href);
}

function ours(path) {
  const today = new URL(SHELL.today, location.origin);
  try {
    const asked = new URL(path, location.origin);
    return path && asked.origin === location.origin ? asked : today;
  } catch {
    return today;
  }
}

// Before the server hears of it: signing out must leave nothing here even when nobody answers.
async function leave(request) {
  await forget();
  return fetch(request);
}

// Nobody waits for it: the browser asks its push service, which may be away. The server forgets the subscription anyway.
async function unsubscribe() {
  const pushed = await registration.pushManager?.getSubscription().catch(() => null);
  await pushed?.unsubscribe().catch(() => false);
}

async function forget(but) {
  readers += 1;
  const now = readers;
  await Promise.all((await pages()).map((name) => name !== but && caches.delete(name)));
  return now;
}
