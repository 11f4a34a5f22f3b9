// The till beside its list: totals, the customer, paying.
(function () {
  "use strict";

  const STEPS = [5000, 10000, 20000, 50000, 100000];
  const QUICK = 4;

  function till() { return document.getElementById("till"); }
  function one(name) { return till().querySelector("[data-" + name + "]"); }
  function paying() { return till() && !one("pay-step").hidden; }

  function rupiah(amount) {
    const mark = document.documentElement.lang === "en" ? "," : ".";
    return "Rp" + String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, mark);
  }

  function amount(text) {
    const digits = text.replace(/rp|[\s.,]/gi, "");
    return /^[0-9]{1,15}$/.test(digits) ? Number(digits) : 0;
  }

  // --- sums ------------------------------------------------------------------------------------------------

  // As the server reads it: up to 100 a percentage, more is rupiah; what cannot be is nothing.
  function off(typed, worth) {
    const percent = /^([0-9]{1,3})\s*%?$/.exec(typed.trim());
    if (percent && Number(percent[1]) <= 100) return Math.floor(worth * Number(percent[1]) / 100);
    const rupiahs = amount(typed);
    return rupiahs <= worth ? rupiahs : 0;
  }

  function share(part, whole) { return whole ? Math.ceil(100 * part / whole) : 0; }

  function told(given) { return given ? "\u2212" + rupiah(given) : ""; }

  // What all lines come to: worth, given away, to pay, and the limit in percent that the discounts need.
  function sums() {
    const all = { gross: 0, given: 0, items: 0, percent: 0 };
    Array.from(one("lines").children).forEach(function (line) {
      const typed = line.querySelector("[data-quantity]").value.trim();
      const quantity = /^[0-9]{1,12}$/.test(typed) ? Number(typed) : 0;
      const worth = quantity * Number(line.dataset.price);
      const given = off(line.querySelector("[data-off]").value, worth);
      const short = line.querySelector("[data-short]");
      if (short) short.hidden = quantity <= Number(line.dataset.stock || 0);
      line.querySelector("[data-amount]").textContent = rupiah(worth - given);
      line.querySelector("[data-off-amount]").textContent = told(given);
      all.percent = Math.max(all.percent, share(given, worth));
      all.gross += worth;
      all.given += given;
      all.items += quantity;
    });
    const onSale = off(one("sale-off").value, all.gross - all.given);
    one("sale-off-amount").textContent = told(onSale);
    all.given += onSale;
    all.percent = Math.max(all.percent, share(all.given, all.gross));
    all.total = all.gross - all.given;
    return all;
  }

  function refresh() {
    const all = sums();
    const lines = one("lines").childElementCount;
    one("items").textContent = all.items ? "(" + all.items + ")" : "";
    till().querySelectorAll("[data-total]").forEach(function (place) { place.textContent = rupiah(all.total); });
    till().querySelectorAll("[data-given-row]").forEach(function (row) { row.hidden = !all.given; });
    till().querySelectorAll("[data-given]").forEach(function (place) { place.textContent = told(all.given); });
    one("pay").disabled = !lines && (till().dataset.waiting || "[]") === "[]";
    one("when-empty").hidden = lines > 0;
    change(all.total);
    return all;
  }

  function method() { return till().querySelector("[name=method]:checked").value; }

  // What is left to pay, as the server counts it: cash to the nearest step, half a step down.
  function left(sum) {
    const parts = Array.from(till().querySelectorAll("[name=part_amount]"));
    const taken = parts.reduce(function (all, part) { return all + amount(part.value); }, 0);
    const rest = Math.max(0, sum - taken);
    const step = Number(till().dataset.step);
    const due = method() === "cash" && step ? Math.floor((rest + Math.floor((step - 1) / 2)) / step) * step : rest;
    return { rest: rest, due: due, parts: parts.length };
  }

  function change(sum) {
    const rest = left(sum);
    const typed = one("tendered").value;
    const back = amount(typed) - rest.due;
    const word = one("change-word");
    one("cash").hidden = method() !== "cash" || (rest.parts > 0 && !rest.rest);
    one("rounding-row").hidden = rest.due === rest.rest;
    one("rounding").textContent = (rest.due < rest.rest ? "\u2212" : "+") + rupiah(Math.abs(rest.due - rest.rest));
    one("rest-row").hidden = !rest.parts && rest.due === rest.rest;
    one("rest").textContent = rupiah(rest.due);
    word.textContent = back < 0 && typed ? word.dataset.missing : word.dataset.change;
    one("change-amount").textContent = typed ? rupiah(Math.abs(back)) : "–";
    one("change-amount").classList.toggle("negative", back < 0 && Boolean(typed));
    if (paying()) quick(rest.due);
  }

  // --- parts of the payment --------------------------------------------------------------------------------

  function addPart() {
    const input = one("part-amount");
    const given = Math.min(amount(input.value), left(sums().total).rest);
    const row = one("part-row").content.firstElementChild.cloneNode(true);
    if (!given) { input.focus(); return; }
    row.querySelector("[name=part_method]").value = method();
    row.querySelector("[name=part_amount]").value = String(given);
    row.querySelector("[data-part-word]").textContent = till().querySelector("[name=method]:checked").parentNode.textContent.trim();
    row.querySelector("[data-part-told]").textContent = rupiah(given);
    one("parts").appendChild(row);
    input.value = "";
    input.closest("details").open = false;
    till().querySelector("[name=method][value=" + (method() === "cash" ? "transfer" : "cash") + "]").checked = true;
    refresh();
    (one("cash").hidden ? one("finish") : one("tendered")).focus();
  }

  // Put aside: the form goes to another address; every scan has its line before.
  function putAside() {
    const ask = new CustomEvent("basket:hold", { bubbles: true, cancelable: true, detail: putAside });
    if (!till().dispatchEvent(ask) || !one("lines").childElementCount) return;
    htmx.ajax("POST", one("hold").dataset.hold, { source: till(), target: till(), swap: "outerHTML" });
  }

  function dropPart(row) {
    row.remove();
    refresh();
    till().querySelector("[name=method]:checked").focus();
  }

  // --- paying ----------------------------------------------------------------------------------------------

  function quick(sum) {
    const offered = [sum].concat(STEPS.map(function (step) { return Math.ceil(sum / step) * step; }));
    const sorted = Array.from(new Set(offered)).sort(function (a, b) { return a - b; }).slice(0, QUICK);
    one("quick").textContent = "";
    sorted.forEach(function (value) {
      const tile = document.createElement("button");
      tile.type = "button";
      tile.className = "tile figures";
      tile.dataset.give = String(value);
      tile.textContent = rupiah(value);
      one("quick").appendChild(tile);
    });
  }

  function pay() {
    const ask = new CustomEvent("basket:hold", { bubbles: true, cancelable: true, detail: pay });
    if (!till().dispatchEvent(ask) || !one("lines").childElementCount) return;
    till().classList.add("paying");
    one("pay-step").hidden = false;
    const all = refresh();
    approval(all);
    const wrong = one("pay-step").querySelector("[aria-invalid]");
    (wrong || (one("cash").hidden ? one("finish") : one("tendered"))).focus();
  }

  // More discount than this person may give: who may, and their PIN.  What was approved counts for no larger one.
  function approval(all) {
    const place = one("approval");
    const approved = place.querySelector("[data-approved]");
    const asks = all.percent > Number(till().dataset.limit) && !(approved && all.given <= Number(approved.dataset.approved));
    place.hidden = !asks && !approved;
    if (asks) htmx.ajax("GET", place.dataset.ask, { target: place, swap: "innerHTML" });
  }

  function answered(place) {
    const pin = place.querySelector("[data-approval-pin]");
    if (!place.querySelector("[data-approved]")) { if (pin) pin.focus(); }
    else (one("cash").hidden ? one("finish") : one("tendered")).focus();
  }

  function back() {
    till().classList.remove("paying");
    one("pay-step").hidden = true;
    one("scan").focus();
  }

  function give(value) {
    one("tendered").value = String(value);
    refresh();
    one("finish").focus();
  }

  // --- the customer ----------------------------------------------------------------------------------------

  function buyer(id, name) {
    const shown = one("buyer");
    one("buyer-id").value = id;
    shown.textContent = name || shown.dataset.nobody;
    one("no-buyer").hidden = !id;
    one("buyer-found").textContent = "";
    one("buyer-search").value = "";
    closeBuyer();
  }

  function closeBuyer() {
    till().querySelector(".buyer").open = false;
    one("scan").focus();
  }

  let typing = null;
  function search(input) {
    clearTimeout(typing);
    typing = setTimeout(function () {
      const asked = input.value.trim();
      htmx.ajax("GET", input.dataset.buyerSearch + "?q=" + encodeURIComponent(asked), { target: "[data-buyer-found]", swap: "innerHTML" });
    }, 150);
  }

  // --- listening -------------------------------------------------------------------------------------------

  document.addEventListener("click", function (event) {
    if (!till()) return;
    const chosen = event.target.closest("[data-customer]");
    const given = event.target.closest("[data-give]");
    if (event.target.closest("[data-pay]")) pay();
    else if (event.target.closest("[data-back]")) back();
    else if (event.target.closest("[data-no-buyer]")) buyer("", "");
    else if (chosen) buyer(chosen.dataset.customer, chosen.dataset.name);
    else if (given) give(given.dataset.give);
    else if (event.target.closest("[data-hold]")) putAside();
    else if (event.target.closest("[data-add-part]")) addPart();
    else if (event.target.closest("[data-drop-part]")) dropPart(event.target.closest(".part"));
  });

  document.addEventListener("input", function (event) {
    if (!till()) return;
    if (event.target.matches("[data-tendered]")) refresh();
    else if (event.target.matches("[data-buyer-search]")) search(event.target);
  });

  document.addEventListener("change", function (event) {
    if (till() && event.target.name === "method") refresh();
  });

  document.addEventListener("keydown", function (event) {
    if (!till()) return;
    if (event.key === "Escape" && paying()) { event.preventDefault(); back(); }
    else if (event.key === "Escape" && event.target.closest(".buyer")) { event.preventDefault(); closeBuyer(); }
    else if (event.key === "Enter" && event.target.closest(".buyer-box")) customerKey(event);
    else if (event.key === "Enter" && event.target.closest("[data-approval]")) approvalKey(event);
    else if (event.key === "Enter" && event.target.matches("[data-held-name]")) { event.preventDefault(); putAside(); }
    else if (event.key === "Enter" && event.target.matches("[data-part-amount]")) { event.preventDefault(); addPart(); }
    else if (event.key === "Enter" && event.target.name === "method") {
      event.preventDefault();
      (one("cash").hidden ? one("finish") : one("tendered")).focus();
    }
  }, true);

  function approvalKey(event) {
    const pin = one("approval").querySelector("[data-approval-pin]");
    if (event.target.closest("button")) return;
    event.preventDefault();
    if (event.target === pin) one("approve").click();
    else pin.focus();
  }

  function customerKey(event) {
    const button = event.target.closest("button");
    if (button) return;
    event.preventDefault();
    const hit = one("buyer-found").querySelector("[data-customer]");
    if (event.target.matches("[data-buyer-search]") && hit) buyer(hit.dataset.customer, hit.dataset.name);
  }

  document.addEventListener("toggle", function (event) {
    if (till() && event.target.matches(".till-off") && event.target.open) event.target.querySelector("input").focus();
    if (till() && event.target.matches(".split") && event.target.open) one("part-amount").focus();
  }, true);

  document.addEventListener("basket:changed", function () { if (till()) refresh(); });
  document.addEventListener("submit", function (event) {
    if (event.target === till() && !paying()) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  function begin() {
    if (!till()) return;
    refresh();
    const stepped = till().dataset.stepNow;
    till().dataset.stepNow = "";
    const wrong = till().querySelector("[aria-invalid]");
    if (stepped === "pay") pay();
    else if (wrong) wrong.focus();
  }

  // Only when htmx has settled: until then it puts old classes back and moves the focus itself.
  document.addEventListener("htmx:afterSettle", function (event) {
    if (till() && event.target === one("approval")) answered(event.target);
    if (event.target === till() || (event.detail.target && event.detail.target.id === "till")) begin();
  });
  document.addEventListener("DOMContentLoaded", begin);
  window.addEventListener("pageshow", begin);
})();
