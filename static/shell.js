// Lets the browser keep today's edition for when there is no network (sw.js). What a reader sees first, before the
// worker is there to see it pass, it is told of; no other page, as asking again for one may begin something anew, such
// as a passkey.
const worker = navigator.serviceWorker;
const { keep } = document.currentScript.dataset;
if (worker) {
  worker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  if (!worker.controller && keep !== undefined) worker.ready.then(({ active }) => active.postMessage(location.pathname));
}
