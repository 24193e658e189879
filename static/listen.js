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
    start.textContent = playing ? "Pause" : at ? "Go on" : "Listen";
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
    if (at >= pieces.length) return halt("That was all.");
    const mine = (turn += 1);
    const utterance = new SpeechSynthesisUtterance(words(pieces[at]));
    utterance.lang = document.documentElement.lang;
    utterance.onend = () => {
      if (mine !== turn) return;
      at += 1;
      speak();
    };
    utterance.onerror = () => mine === turn && halt("This browser has no voice to read with.");
    mark(pieces[at]);
    voice.speak(utterance);
  };
  start.addEventListener("click", () => {
    if (playing) return halt("Paused.", at);
    if (!at) pieces = [...document.querySelectorAll(READ)].filter((one) => !one.closest(NOT));
    playing = true;
    voice.cancel(); // whatever another page has left
    show("Reading aloud.");
    speak();
  });
  stop.addEventListener("click", () => {
    halt("Stopped.");
    start.focus(); // the button that was pressed goes
  });
  addEventListener("pagehide", () => voice.cancel());
  bar.hidden = false;
}
