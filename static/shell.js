// Lets the browser keep today's edition for when there is no network (sw.js). What a reader sees first, before the
// worker is there to see it pass, it is told of.
const worker = navigator.serviceWorker;
if (worker) {
  worker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  if (!worker.controller) worker.ready.then(({ active }) => active.postMessage(location.pathname));
}
