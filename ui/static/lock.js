// Locks the page in place after idle time: what was typed stays in the page's memory, hidden, until the same person is
// back.  Also the PIN pad's keys.
(function () {
  "use strict";

  const body = document.body;
  const frame = document.getElementById("frame");
  const lock = document.getElementById("lock");
  const idle = Number(body.dataset.lockMs || 0);
  let last = Date.now();
  let told = last;
  let before = null;

  function cover() {
    if (!lock || !lock.hidden) return;
    before = document.activeElement;
    frame.hidden = true;
    lock.hidden = false;
    askWho();
  }

  function askWho() {
    htmx.ajax("GET", body.dataset.padUrl, { target: "#lock", swap: "innerHTML" }).catch(function () {});
  }

  function lockNow() {
    const headers = JSON.parse(body.getAttribute("hx-headers"));
    fetch(body.dataset.lockUrl, { method: "POST", headers: headers, redirect: "manual", credentials: "same-origin" })
      .then(cover, cover);
  }

  function uncover() {
    lock.textContent = "";
    lock.hidden = true;
    frame.hidden = false;
    last = Date.now();
    goOn();
  }

  // The next scan must not be lost: back to where one was, or to the box that scans.
  function goOn() {
    const scan = document.querySelector("[data-scan]");
    if (before && before.isConnected && before.matches("input, textarea, select")) before.focus();
    if (scan && document.activeElement === body) scan.focus();
  }

  function awake() { last = Date.now(); }

  // The badge asks every 20 seconds; it tells the server of typing too, so that a long form is not locked away.
  function tell(event) {
    if (event.detail.elt.id !== "line" || last <= told) return;
    told = last;
    event.detail.headers["X-Cabang-Touched"] = "1";
  }

  if (lock && idle) {
    ["pointerdown", "keydown", "scroll"].forEach(function (name) {
      document.addEventListener(name, awake, { passive: true });
    });
    setInterval(function () { if (lock.hidden && Date.now() - last > idle) lockNow(); }, 1000);
    lock.addEventListener("click", function () { if (!document.getElementById("pad")) askWho(); });
    body.addEventListener("htmx:configRequest", tell);
    body.addEventListener("cabang:locked", cover);
    body.addEventListener("cabang:unlocked", uncover);
    document.addEventListener("submit", function (event) {
      if (!event.target.hasAttribute("data-lock-form")) return;
      event.preventDefault();
      lockNow();
    });
  }

  document.addEventListener("click", function (event) {
    const key = event.target.closest("[data-digit]");
    if (!key) return;
    const pin = key.closest("form").querySelector("[data-pin]");
    pin.value = key.dataset.digit ? (pin.value + key.dataset.digit).slice(0, 6) : pin.value.slice(0, -1);
  });

  // Arrows go through the people; a tap, Enter or a digit goes on to the PIN.
  let arrows = false;
  function pinBeside(person) { return person.closest("form").querySelector("[data-pin]"); }
  function isPerson(element) { return element.name === "user" && element.closest("[data-pad]"); }
  document.addEventListener("pointerdown", function () { arrows = false; });
  document.addEventListener("keydown", function (event) {
    arrows = event.key.startsWith("Arrow");
    if (!isPerson(event.target)) return;
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "Enter" || /^[0-9]$/.test(event.key)) pinBeside(event.target).focus();
  });
  document.addEventListener("change", function (event) {
    if (!isPerson(event.target)) return;
    pinBeside(event.target).value = "";
    if (!arrows) pinBeside(event.target).focus();
  });
})();
