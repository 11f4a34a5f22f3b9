// A list made by scanning: the box keeps the focus, every scan is looked up in its turn, nothing is sent before the end.
// A scan that is no exact code or barcode holds up the ones after it until the person has chosen, so that none is lost.
// The list lives in the form alone.  Other scripts hear "basket:changed" on the form.
(function () {
  "use strict";

  let turn = Promise.resolve();
  let typed = null;
  let undecided = null;

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
      const notices = document.getElementById("notices");
      notices.textContent = "";
      notices.appendChild(document.getElementById("silence").content.cloneNode(true));
      throw fault;
    });
  }

  function lookUp(text) {
    return ask(box().dataset.scan + "?q=" + encodeURIComponent(text)).then(function (answer) { return answer.text(); });
  }

  function show(html) {
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
      input.value = number(input) + 1;
      mark(same);
    } else {
      lines().appendChild(line);
      mark(line);
    }
    changed();
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

  function choose(hit) {
    add(hit.querySelector("template").content.firstElementChild.cloneNode(true));
    decided();
  }

  function decided() {
    const goOn = undecided;
    undecided = null;
    show("");
    if (goOn) goOn();
  }

  // --- scanning --------------------------------------------------------------------------------------------

  function scanned(text) {
    clearTimeout(typed);
    turn = turn.then(function () { return lookUp(text); }).then(function (html) {
      show(html);
      const first = found().querySelector("[data-hit]");
      if (first && found().querySelector("[data-exact]")) { choose(first); return null; }
      if (first) select(first);
      return new Promise(function (resolve) { undecided = resolve; });
    }).catch(function () { if (box() && !box().value) box().value = text; });
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
    if (hit) { box().value = ""; choose(hit); }
    else if (text) { box().value = ""; scanned(text); }
    else form().dispatchEvent(new CustomEvent("basket:enter", { bubbles: true }));
  }

  function inBox(event) {
    const empty = !box().value;
    if (event.key === "Enter") enter();
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (empty && event.key === "+") step(current(), 1);
    else if (empty && event.key === "-") step(current(), -1);
    else if (empty && event.key === "Delete" && current()) remove(current());
    else if (event.key === "Escape" && (!empty || found().childElementCount)) { box().value = ""; decided(); }
    else return false;
    return true;
  }

  // --- listening -------------------------------------------------------------------------------------------

  document.addEventListener("keydown", function (event) {
    const target = event.target;
    if (!form() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (target === box()) {
      if (inBox(event)) event.preventDefault();
    } else if (event.key === "Enter" && target.matches("[data-quantity]")) {
      event.preventDefault();
      box().focus();
    } else if (event.key === "Enter" && target.closest("[data-unknown]")) {
      event.preventDefault();
      make(target.closest("[data-unknown]"));
    }
  }, true);

  document.addEventListener("input", function (event) {
    if (event.target === box() && box()) {
      clearTimeout(typed);
      select(null);
      const text = box().value.trim();
      if (!text) { decided(); return; }
      typed = setTimeout(function () {
        decided();
        lookUp(text).then(function (html) { if (box().value.trim() === text) show(html); }).catch(function () { return null; });
      }, 150);
    } else if (event.target.matches("[data-quantity]")) changed();
  });

  document.addEventListener("click", function (event) {
    const hit = event.target.closest("[data-hit]");
    const line = event.target.closest("[data-line]");
    const stepper = event.target.closest("[data-step]");
    if (!form()) return;
    if (hit) { box().value = ""; choose(hit); }
    else if (stepper && line) step(line, Number(stepper.dataset.step));
    else if (event.target.closest("[data-remove]")) remove(line);
    else if (event.target.closest("[data-make]")) { make(event.target.closest("[data-unknown]")); return; }
    else return;
    box().focus({ preventScroll: true });
  });

  function make(section) {
    const body = new FormData();
    body.append("code", section.dataset.code);
    section.querySelectorAll("input").forEach(function (input) { body.append(input.name, input.value); });
    ask(section.dataset.unknown, { method: "POST", body: body }).then(function (answer) {
      return answer.text().then(function (text) {
        if (answer.ok) {
          const holder = document.createElement("template");
          holder.innerHTML = text.trim();
          add(holder.content.querySelector("[data-line]"));
          box().value = "";
          decided();
          box().focus();
        } else {
          show(text);
          const wrong = found().querySelector("[aria-invalid]");
          if (wrong) wrong.focus();
        }
      });
    }).catch(function () { return null; });
  }
})();
