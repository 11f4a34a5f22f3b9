// Notices that can be closed, and the sentence for a computer that does not answer.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-dismiss]");
    if (button) button.closest(".notice").remove();
  });

  function silent(event) {
    if (event.target.id === "line") return;
    const lock = document.getElementById("lock");
    const place = lock && !lock.hidden ? lock : document.getElementById("notices");
    place.textContent = "";
    place.appendChild(document.getElementById("silence").content.cloneNode(true));
  }

  document.addEventListener("htmx:sendError", silent);
  document.addEventListener("htmx:timeout", silent);
  document.addEventListener("submit", function (event) {
    const button = event.submitter;
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || !button) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
