// Keeps together what browsers would part at the end of a line: names such as GPT-5 (they break after the hyphen), and
// a source's marker and the word before it. Without scripts only the look differs.
function joined(...parts) {
  const span = document.createElement("span");
  span.className = "joined";
  span.append(...parts);
  return span;
}

const hyphened = /(\S*\w-\d\S*|\b\w{1,4}-\w{1,5}\b)/;
const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
const found = [];
while (texts.nextNode()) {
  const text = texts.currentNode; // in a drawing a span would show nothing; a heading that breaks anew moves the page
  if (hyphened.test(text.data) && !text.parentElement.closest("svg, h1, h2")) found.push(text);
}
for (const text of found) {
  const parts = text.data.split(hyphened);
  text.replaceWith(...parts.map((part, index) => (index % 2 && part.length < 18 ? joined(part) : part)));
}

for (const marker of document.querySelectorAll("button.cite")) {
  const before = marker.previousSibling;
  const word = before?.nodeType === Node.TEXT_NODE && before.data.match(/\S{1,18}\s*$/);
  if (!word) continue;
  before.data = before.data.slice(0, word.index);
  marker.before(joined(word[0]));
  marker.previousSibling.append(marker);
}
