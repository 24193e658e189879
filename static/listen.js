// Reads a brief aloud by the browser's own voice, sentence by sentence, and marks the one that is read. Pausing breaks a
// sentence off and going on begins it anew: browsers differ too much in what their own pause does.
const bar = document.getElementById("listen");
const voice = window.speechSynthesis;
if (bar && voice && "SpeechSynthesisUtterance" in window) {
  const [start, stop, said] = ["start", "stop", "said"].map((name) => bar.querySelector(`[data-listen=${name}]`));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  // Headings, and whatever is a sentence with its marker; what folds away and what is below the brief is left out.
  const READ = ".brief h1, .brief > section > h2, .brief > section > h3, .takeaways li, .disagree li, .brief .sentence";
  const NOT = ".talk, .next, .evidence, details, .proof";
  const listen = start.textContent;
  let pieces = [];
  let at = 0;
  let playing = false;
  let turn = 0; // what was cancelled may still report: only the latest utterance counts

  // What is spoken of a piece: without the markers of its sources, and nothing that stands no longer.
  const words = (piece) => {
    const copy = piece.cloneNode(true);
    for (const unread of copy.querySelectorAll(".cite, s")) unread.remove();
    return copy.textContent.trim();
  };
  const mark = (piece) => {
    document.querySelector(".spoken")?.classList.remove("spoken");
    if (!piece) return;
    piece.classList.add("spoken");
    piece.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  };
  const show = (text = "") => {
    start.textContent = playing ? bar.dataset.pause : at ? bar.dataset.goOn : listen;
    stop.hidden = !playing && !at;
    said.textContent = text;
  };
  const halt = (text, place = 0) => {
    playing = false;
    turn += 1;
    at = place;
    voice.cancel();
    if (!place) mark(null);
    show(text);
  };
  const speak = () => {
    while (at < pieces.length && !(pieces[at].isConnected && words(pieces[at]))) at += 1;
    if (at >= pieces.length) return halt(bar.dataset.all);
    const mine = (turn += 1);
    const utterance = new SpeechSynthesisUtterance(words(pieces[at]));
    utterance.lang = pieces[at].closest("[lang]").lang; // the brief may stand in another language than the page
    utterance.onend = () => {
      if (mine !== turn) return;
      at += 1;
      speak();
    };
    utterance.onerror = () => mine === turn && halt(bar.dataset.voiceless);
    mark(pieces[at]);
    voice.speak(utterance);
  };
  start.addEventListener("click", () => {
    if (playing) return halt(bar.dataset.paused, at);
    if (!at) pieces = [...document.querySelectorAll(READ)].filter((one) => !one.closest(NOT));
    playing = true;
    voice.cancel(); // whatever another page has left
    show(bar.dataset.reading);
    speak();
  });
  stop.addEventListener("click", () => {
    halt(bar.dataset.stopped);
    start.focus(); // the button that was pressed goes
  });
  addEventListener("pagehide", () => voice.cancel());
  bar.hidden = false;
}
