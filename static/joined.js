// Keeps names such as GPT-5 on one line: browsers break lines after the hyphen. Without scripts only the look differs.
const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
const hyphened = /(\S*[A-Za-z0-9]-\d\S{0,12})/;
const found = [];
while (words.nextNode()) if (hyphened.test(words.currentNode.data)) found.push(words.currentNode);
for (const node of found) {
  const parts = node.data.split(hyphened).map((part, index) => {
    if (index % 2 === 0 || part.length > 18) return part;
    const span = document.createElement("span");
    span.className = "joined";
    span.textContent = part;
    return span;
  });
  node.replaceWith(...parts);
}
