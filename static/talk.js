// Says when a question did not get through: htmx itself is silent about that. The next try takes the notice away.
for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(trouble, (event) => {
    if (event.detail.elt.matches("form")) document.getElementById("talk-trouble").hidden = false;
  });
}
