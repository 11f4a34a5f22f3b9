// Notices that can be closed, the first wrong field of a form, and the sentence for a computer that does not answer.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-dismiss]");
    if (button) button.closest(".notice").remove();
  });

  const sent = 'form[method="post"]';
  const wrong = document.querySelector(sent + ' [aria-invalid="true"], ' + sent + ' fieldset[aria-describedby^="e-"] input');
  if (wrong) wrong.focus();

  // Nobody answers: the badge must not go on saying what was true before.
  let badge = null;
  let told = null;

  function lost() {
    const line = document.getElementById("line");
    if (!line || (badge && badge.line === line)) return;
    badge = { line: line, nodes: Array.from(line.childNodes) };
    line.replaceChildren(document.getElementById("line-lost").content.cloneNode(true));
  }

  function heard() {
    if (badge && badge.line.isConnected) badge.line.replaceChildren.apply(badge.line, badge.nodes);
    if (told) told.remove();
    badge = told = null;
  }

  function silent(event) {
    lost();
    if (event.target.id === "line") return;
    const lock = document.getElementById("lock");
    const place = lock && !lock.hidden ? lock : document.getElementById("notices");
    place.textContent = "";
    place.appendChild(document.getElementById("silence").content.cloneNode(true));
    told = place.firstElementChild;
  }

  document.addEventListener("cabang:silent", silent);
  document.addEventListener("htmx:sendError", silent);
  document.addEventListener("htmx:timeout", silent);
  document.addEventListener("htmx:beforeOnLoad", heard);
  document.addEventListener("submit", function (event) {
    const button = event.submitter;
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || !button) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  // Enter in a search whose results are buttons takes the first of them, as soon as they answer what was typed.
  document.addEventListener("keydown", function (event) {
    const box = event.target;
    if (event.key !== "Enter" || !box.matches("[data-enter]")) return;
    event.preventDefault();
    if (!box.value.trim()) return;
    const place = document.querySelector(box.dataset.enter);
    function take() {
      const first = place.querySelector("button");
      if (first) first.click();
    }
    if (place.dataset.answers === box.value) return take();
    place.addEventListener("htmx:afterSettle", take, { once: true });
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    const asked = event.detail.requestConfig;
    if (asked.elt.matches("[data-enter]")) event.detail.target.dataset.answers = asked.parameters[asked.elt.name];
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
