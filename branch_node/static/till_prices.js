// The prices are those of the customer chosen: for what is in the basket, and for what is looked up from now on.
(function () {
  "use strict";

  let asked = 0;

  function till() { return document.getElementById("till"); }
  function box() { return document.querySelector("[data-scan]"); }
  function customer() { return till().querySelector("[data-buyer-id]").value; }

  // The basket as it is sent: which products, how many.
  function listed() { return new URLSearchParams(new FormData(till())).toString(); }

  // What is scanned is looked up for this customer.
  function aim() {
    if (!till() || !box()) return;
    box().dataset.everybody = box().dataset.everybody || box().dataset.scan;
    box().dataset.scan = box().dataset.everybody + (customer() ? "/" + customer() : "");
  }

  function priceAgain() {
    const lines = till().querySelector("[data-lines]");
    const turn = ++asked;
    aim();
    if (!lines.childElementCount) return;
    const headers = Object.assign({ "HX-Request": "true" }, JSON.parse(document.body.getAttribute("hx-headers")));
    const before = listed();
    const sent = new FormData(till());
    fetch(box().dataset.everybody.replace(/find$/, "prices"), { method: "POST", headers: headers, body: sent, credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.text() : null;
    }).then(function (html) {
      if (html === null || turn !== asked) return;
      if (listed() !== before) { priceAgain(); return; }
      lines.innerHTML = html;
      till().dispatchEvent(new CustomEvent("basket:changed", { bubbles: true }));
    }).catch(function () { document.body.dispatchEvent(new CustomEvent("cabang:silent", { bubbles: true })); });
  }

  let last = "";
  function look() {
    if (!till() || customer() === last) return;
    last = customer();
    priceAgain();
  }
  document.addEventListener("click", function () { setTimeout(look); });
  document.addEventListener("keydown", function () { setTimeout(look); });
  document.addEventListener("htmx:afterSettle", function () { if (till()) { last = customer(); aim(); } });
  document.addEventListener("DOMContentLoaded", function () { if (till()) { last = customer(); aim(); } });
})();
