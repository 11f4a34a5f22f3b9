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

  function cover() {
    if (!lock || !lock.hidden) return;
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
  document.addEventListener("change", function (event) {
    if (event.target.name === "user" && event.target.closest("[data-pad]")) {
      const pin = event.target.closest("form").querySelector("[data-pin]");
      pin.value = "";
      pin.focus();
    }
  });
})();
