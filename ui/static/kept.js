// An unsent list outlives F5, Back, a followed link and a change of language: its lines (product, quantity, price, discount) and the
// scans that wait lie in this tab's sessionStorage, never a customer.  Gone when sent, at sign-out, for another person.
(function () {
  "use strict";

  const MARK = "cabang.list ";
  const who = document.body.dataset.person || "";
  const name = MARK + who + " " + location.pathname;
  let gone = false;

  function form() { return document.querySelector("[data-basket]"); }
  function again() { return document.querySelector("[data-again]"); }

  function forget(others) {
    Object.keys(sessionStorage).forEach(function (key) {
      if (key.startsWith(MARK) && !(others && key.startsWith(MARK + who + " "))) sessionStorage.removeItem(key);
    });
  }

  function values(field) {
    return Array.from(form().querySelectorAll("[name=" + field + "]")).map(function (input) { return input.value; });
  }

  function keep() {
    if (gone || !form() || !again()) return;
    const list = { token: values("token")[0], offer: values("offer"), quantity: values("quantity") };
    list.discount = values("discount");
    list.sale_discount = values("sale_discount");
    list.waiting = JSON.parse(form().dataset.waiting || "[]");
    if (list.offer.length || list.waiting.length) sessionStorage.setItem(name, JSON.stringify(list));
    else { sessionStorage.removeItem(name); again().hidden = true; }
  }

  function tell(kind, detail) {
    form().dispatchEvent(new CustomEvent(kind, { bubbles: true, detail: detail }));
  }

  function put(list, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    if (!form()) return;
    const off = form().querySelector("[name=sale_discount]");
    form().querySelector("[name=token]").value = list.token;
    if (off && (list.sale_discount || [])[0]) {
      off.value = list.sale_discount[0];
      off.closest("details").open = true;
    }
    holder.content.querySelectorAll("[data-line]").forEach(function (line) { tell("basket:line", line); });
    list.waiting.forEach(function (text) { tell("basket:scan", text); });
    again().hidden = !form().querySelector("[data-line]");
    keep();
  }

  // The server writes the lines again, in the person's language; 204: this list was sent after all.
  function restore() {
    const kept = sessionStorage.getItem(name);
    if (!kept || !form() || !again() || form().querySelector("[data-line]")) return;
    const list = JSON.parse(kept);
    const body = new URLSearchParams({ token: list.token });
    const headers = Object.assign({ "HX-Request": "true" }, JSON.parse(document.body.getAttribute("hx-headers")));
    ["offer", "quantity", "discount"].forEach(function (field) {
      (list[field] || []).forEach(function (one) { body.append(field, one); });
    });
    fetch(again().dataset.again, { method: "POST", headers: headers, body: body, credentials: "same-origin" })
      .then(function (answer) {
        if (answer.status === 204) sessionStorage.removeItem(name);
        else if (answer.ok) answer.text().then(function (html) { put(list, html); });
      }, function () { document.body.dispatchEvent(new CustomEvent("cabang:silent", { bubbles: true })); });
  }

  function sent() {
    gone = true;
    sessionStorage.removeItem(name);
  }

  document.addEventListener("htmx:beforeOnLoad", function (event) {
    const answer = event.detail.xhr;
    if (event.detail.elt === form() && answer.status === 200 && answer.getResponseHeader("HX-Redirect")) sent();
  });
  document.addEventListener("submit", function (event) {
    if (event.target.hasAttribute("data-leave")) { forget(false); gone = true; }
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-forget]")) return;
    form().querySelector("[data-lines]").textContent = "";
    tell("basket:changed");
    document.querySelector("[data-scan]").focus();
  });
  document.addEventListener("basket:changed", keep);
  document.addEventListener("htmx:afterSettle", keep);

  document.addEventListener("DOMContentLoaded", function () {
    if (who) forget(true);
    restore();
  });
})();
