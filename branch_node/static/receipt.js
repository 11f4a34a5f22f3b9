// A printed receipt is the only one: whatever is printed after it says that it is a copy.  Enter goes on to the next
// sale, and what to give back stays in sight.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("DOMContentLoaded", function () {
    const next = document.querySelector("[data-focus]");
    if (next) next.focus({ preventScroll: true });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("[data-copy]").forEach(function (mark) { mark.hidden = false; });
  });
})();
