// The keyboard: / search, function keys of buttons and rooms, ? help, Esc one step back.  Scanners type fast and end
// with Enter; nothing here moves the focus unless a person asked for it.
(function () {
  "use strict";

  function typing(element) {
    return element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  }

  function free(element) {
    return !typing(element) || (element.hasAttribute("data-scan") && !element.value);
  }

  function scanning() {
    return Array.from(document.querySelectorAll("[data-scan]")).filter(visible)[0];
  }

  function visible(element) {
    return element.offsetParent !== null && !element.disabled;
  }

  function press(key) {
    const wanted = Array.from(document.querySelectorAll('[data-key="' + key + '"]')).filter(visible)[0];
    if (wanted) wanted.click();
    return Boolean(wanted);
  }

  function search() {
    const box = Array.from(document.querySelectorAll("[data-search]")).filter(visible)[0];
    if (box) { box.focus(); box.select(); }
    return Boolean(box);
  }

  function help() {
    const keys = document.getElementById("keys");
    if (!keys || !keys.showModal) return false;
    keys.showModal();
    return true;
  }

  function back() {
    const open = document.querySelector("details[data-menu][open]");
    if (open) {
      open.open = false;
      (scanning() || open.querySelector("summary")).focus();
      return true;
    }
    if (typing(document.activeElement) && !document.activeElement.hasAttribute("data-scan")) {
      document.activeElement.blur();
      if (scanning()) scanning().focus();
      return true;
    }
    return press("Esc");
  }

  function locked() {
    const lock = document.getElementById("lock");
    return lock && !lock.hidden;
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || locked()) return;
    if (document.querySelector("dialog[open]")) return;
    let done = false;
    if (event.key === "Escape") done = back();
    else if (/^F[0-9]+$/.test(event.key)) done = press(event.key);
    else if (!typing(event.target) && event.key === "/") done = search();
    else if (free(event.target) && event.key === "?") done = help();
    if (done) event.preventDefault();
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-open-keys]")) help();
    const close = event.target.closest("[data-close-menu]");
    if (close) close.closest("details").open = false;
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (!menu.contains(event.target) || event.target.closest("[data-open-keys]")) menu.open = false;
    });
  });
})();
