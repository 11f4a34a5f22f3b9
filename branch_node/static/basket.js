// A list made by scanning: the box keeps the focus, every scan is looked up in its turn, nothing is sent before the end.
// A scan that is no exact code or barcode holds up the ones after it until the person has chosen, so that none is lost;
// the form cannot be sent before.  Other scripts hear "basket:changed" on the form, find the scans that wait in its
// data-waiting, and give lines and scans with "basket:line" and "basket:scan".
(function () {
  "use strict";

  const AGAIN_MS = 3000;
  const BY_HAND_MS = 40;
  const TIMES = /^([0-9]{1,4})\s*[*\u00d7]\s*(.+)$/;
  let queue = [];
  let asking = false;
  let silent = false;
  let undecided = null;
  let wish = null;
  let typed = null;
  let begun = 0;
  let times = 1;

  function form() { return document.querySelector("[data-basket]"); }
  function box() { return document.querySelector("[data-scan]"); }
  function found() { return document.querySelector("[data-found]"); }
  function lines() { return document.querySelector("[data-lines]"); }
  function changed() { form().dispatchEvent(new CustomEvent("basket:changed", { bubbles: true })); }

  function headers() {
    return Object.assign({ "HX-Request": "true" }, JSON.parse(document.body.getAttribute("hx-headers")));
  }

  // --- what a lookup says ----------------------------------------------------------------------------------

  function ask(url, options) {
    return fetch(url, Object.assign({ headers: headers(), credentials: "same-origin" }, options)).then(function (answer) {
      if (answer.headers.get("HX-Redirect")) location.href = answer.headers.get("HX-Redirect");
      if (answer.status === 401) {
        document.body.dispatchEvent(new CustomEvent(answer.headers.get("HX-Trigger") || "cabang:none", { bubbles: true }));
        throw new Error("locked");
      }
      if (answer.headers.get("HX-Retarget")) {
        return answer.text().then(function (text) {
          document.getElementById("notices").innerHTML = text;
          throw new Error("refused");
        });
      }
      return answer;
    }, function (fault) {
      document.body.dispatchEvent(new CustomEvent("cabang:silent", { bubbles: true }));
      throw fault;
    });
  }

  // "5*busi" asks for busi and means five of it.
  function lookUp(text) {
    const several = TIMES.exec(text);
    const asked = several ? several[2] : text;
    return ask(box().dataset.scan + "?q=" + encodeURIComponent(asked)).then(function (answer) {
      return answer.text();
    }).then(function (html) { return { html: html, times: several ? Math.max(1, Number(several[1])) : 1 }; });
  }

  function show(html, several) {
    times = several || 1;
    found().innerHTML = html;
    const any = found().childElementCount > 0;
    box().setAttribute("aria-expanded", any ? "true" : "false");
    box().removeAttribute("aria-activedescendant");
  }

  // --- adding and changing lines ---------------------------------------------------------------------------

  function number(input) { return /^[0-9]{1,12}$/.test(input.value.trim()) ? Number(input.value.trim()) : 0; }

  function add(line) {
    const name = line.dataset.line;
    const same = Array.from(lines().children).filter(function (one) { return one.dataset.line === name; })[0];
    if (same) {
      const input = same.querySelector("[data-quantity]");
      input.value = number(input) + number(line.querySelector("[data-quantity]"));
      mark(same);
    } else {
      lines().appendChild(line);
      mark(line);
    }
    changed();
  }

  function addSeveral(line) {
    if (times > 1) line.querySelector("[data-quantity]").value = times;
    add(line);
  }

  function mark(line) {
    Array.from(lines().children).forEach(function (one) { one.classList.toggle("current", one === line); });
    if (line) line.scrollIntoView({ block: "nearest" });
  }

  function current() { return lines().querySelector(".current") || lines().lastElementChild; }

  function step(line, by) {
    if (!line) return;
    const input = line.querySelector("[data-quantity]");
    const next = number(input) + by;
    if (next < 1 && line.hasAttribute("data-price")) remove(line);
    else { input.value = Math.max(0, next); mark(line); changed(); }
  }

  function remove(line) {
    const next = line.nextElementSibling || line.previousElementSibling;
    line.remove();
    mark(next);
    changed();
  }

  function discount(line) {
    const row = line && line.querySelector("[data-off-row]");
    if (!row) return;
    mark(line);
    row.hidden = false;
    row.querySelector("input").select();
  }

  // A hit without a price asks for one before it becomes a line.
  function choose(hit, scan) {
    const made = hit.querySelector("template").content.firstElementChild.cloneNode(true);
    if (made.hasAttribute("data-line")) { addSeveral(made); decided(); return; }
    const several = times;
    show("", several);
    found().appendChild(made);
    box().setAttribute("aria-expanded", "true");
    undecided = scan || { text: made.dataset.named, held: true };
    if (!scan) made.querySelector("input").focus();
    tell();
  }

  function decided() {
    undecided = null;
    show("");
    tell();
    next();
  }

  // --- scanning --------------------------------------------------------------------------------------------

  function held() { return undecided && (undecided.held || queue.length > 0); }
  function waits() { return Boolean(undecided) || asking || queue.length > 0; }

  function scanned(text, byHand) {
    clearTimeout(typed);
    queue.push({ text: text, held: !byHand });
    tell();
    next();
  }

  function next() {
    if (asking || undecided || !queue.length || !box()) return;
    asking = true;
    lookUp(queue[0].text).then(function (answer) {
      asking = silent = false;
      decide(queue.shift(), answer);
    }, function (fault) {
      asking = false;
      if (fault.message === "refused") { const lost = queue.shift(); if (!box().value) box().value = lost.text; }
      else { silent = true; wish = null; setTimeout(next, AGAIN_MS); }
      tell();
    });
  }

  function decide(scan, answer) {
    show(answer.html, answer.times);
    const first = found().querySelector("[data-hit]");
    if (first && found().querySelector("[data-exact]")) { choose(first, scan); return; }
    if (first) select(first);
    undecided = found().childElementCount ? scan : null;
    tell();
    next();
  }

  // Says how many scans wait, and leaves them for whoever keeps the list.
  function tell() {
    const scans = (undecided ? [undecided] : []).concat(queue).map(function (scan) { return scan.text; });
    const place = document.querySelector("[data-scans-wait]");
    const shown = undecided || silent ? queue.length : 0;
    if (!form() || !place) return;
    form().dataset.waiting = JSON.stringify(scans);
    place.hidden = !shown;
    place.textContent = shown ? (shown === 1 ? place.dataset.one : place.dataset.many.replace("#", shown)) : "";
    if (!undecided) document.querySelector("[data-decide]").hidden = true;
    changed();
    if (wish && (undecided || !waits())) grant();
  }

  function grant() {
    const go = wish;
    wish = null;
    if (!hold(null)) go();
  }

  // Nothing is sent before every scan has its line: points at what is to be decided, or does *go* when all are there.
  function hold(go) {
    if (!waits()) return false;
    const field = found().querySelector("input");
    wish = undecided || silent ? null : go;
    document.querySelector("[data-decide]").hidden = !undecided;
    (field || box()).focus();
    return true;
  }

  function select(hit) {
    found().querySelectorAll("[data-hit]").forEach(function (one) {
      one.setAttribute("aria-selected", one === hit ? "true" : "false");
    });
    if (!hit) { box().removeAttribute("aria-activedescendant"); return; }
    box().setAttribute("aria-activedescendant", hit.id);
    hit.scrollIntoView({ block: "nearest" });
  }

  function selected() { return found().querySelector("[data-hit][aria-selected='true']"); }

  function move(by) {
    const hits = Array.from(found().querySelectorAll("[data-hit]"));
    if (hits.length) {
      const at = hits.indexOf(selected());
      select(hits[at < 0 ? (by > 0 ? 0 : hits.length - 1) : (at + by + hits.length) % hits.length]);
      return;
    }
    const all = Array.from(lines().children);
    if (all.length) mark(all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))]);
  }

  function enter() {
    const hit = selected();
    const text = box().value.trim();
    const byHand = text.length > 1 && (performance.now() - begun) / text.length > BY_HAND_MS;
    if (hit && (!text || !held())) { box().value = ""; choose(hit); }
    else if (text) { box().value = ""; scanned(text, byHand); }
  }

  // Esc closes the list and keeps what was typed; once more clears it.  An unknown code is left out.
  function escape() {
    clearTimeout(typed);
    const open = found().childElementCount > 0;
    if (!box().value && !open) return false;
    if (!open) box().value = "";
    decided();
    box().select();
    return true;
  }

  function inBox(event) {
    const empty = !box().value;
    if (event.key === "Enter") enter();
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (empty && event.key === "+") step(current(), 1);
    else if (empty && event.key === "-") step(current(), -1);
    else if (empty && event.key === "%") discount(current());
    else if (empty && event.key === "Delete" && current()) remove(current());
    else if (event.key === "Escape") return escape();
    else return false;
    return true;
  }

  // A key that would be lost: on no field, with nothing open above the page.
  function stray(event) {
    if (event.key.length !== 1 || event.key === " " || event.key === "?" || event.key === "/") return false;
    const lock = document.getElementById("lock");
    return box().offsetParent !== null && !(lock && !lock.hidden) && !document.querySelector("dialog[open]")
      && !event.target.closest("input, textarea, select");
  }

  // --- listening -------------------------------------------------------------------------------------------

  document.addEventListener("keydown", function (event) {
    const target = event.target;
    if (!form() || !box() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (stray(event)) box().focus({ preventScroll: true });
    if (target === box() || (document.activeElement === box() && stray(event))) {
      if (inBox(event)) event.preventDefault();
    } else if (event.key === "Enter" && target.matches("[data-quantity], [data-off], [data-sale-off]")) {
      event.preventDefault();
      box().focus();
    } else if (event.key === "Enter" && target.matches("[data-unknown] input")) {
      event.preventDefault();
      make(target.closest("[data-unknown]"));
    } else if (event.key === "Escape" && target.closest("[data-unknown]")) {
      event.preventDefault();
      leaveOut();
    }
  }, true);

  document.addEventListener("input", function (event) {
    if (event.target === box() && box()) {
      const text = box().value.trim();
      clearTimeout(typed);
      if (text.length < 2) begun = performance.now();
      if (held()) return;
      select(null);
      if (!text) { decided(); return; }
      typed = setTimeout(function () {
        decided();
        lookUp(text).then(function (answer) {
          if (box().value.trim() === text) show(answer.html, answer.times);
        }).catch(function () { return null; });
      }, 150);
    } else if (event.target.matches("[data-quantity], [data-off], [data-sale-off]")) changed();
  });

  document.addEventListener("click", function (event) {
    const hit = event.target.closest("[data-hit]");
    const line = event.target.closest("[data-line]");
    const stepper = event.target.closest("[data-step]");
    if (!form()) return;
    if (hit) { box().value = ""; choose(hit); }
    else if (stepper && line) step(line, Number(stepper.dataset.step));
    else if (event.target.closest("[data-discount]")) { discount(line); return; }
    else if (event.target.closest("[data-remove]")) remove(line);
    else if (event.target.closest("[data-leave-out]")) leaveOut();
    else if (event.target.closest("[data-make]")) { make(event.target.closest("[data-unknown]")); return; }
    else return;
    if (!hit || !undecided) box().focus({ preventScroll: true });
  });

  function leaveOut() {
    decided();
    box().focus();
  }

  document.addEventListener("submit", function (event) {
    const sent = event.target;
    if (!form() || sent !== form() || !hold(function () { sent.requestSubmit(); })) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("basket:hold", function (event) { if (hold(event.detail)) event.preventDefault(); });
  document.addEventListener("basket:line", function (event) { add(event.detail); });
  document.addEventListener("basket:scan", function (event) { scanned(event.detail, false); });

  function make(section) {
    const body = new FormData();
    body.append("code", section.dataset.code);
    section.querySelectorAll("input").forEach(function (input) { body.append(input.name, input.value); });
    ask(section.dataset.unknown, { method: "POST", body: body }).then(function (answer) {
      return answer.text().then(function (text) {
        if (answer.ok) {
          const holder = document.createElement("template");
          holder.innerHTML = text.trim();
          addSeveral(holder.content.querySelector("[data-line]"));
          if (!undecided) box().value = "";
          decided();
          box().focus();
        } else {
          show(text, times);
          const wrong = found().querySelector("[aria-invalid]");
          if (wrong) wrong.focus();
        }
      });
    }).catch(function () { return null; });
  }
})();
