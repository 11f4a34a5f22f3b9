// Before the first paint: light or dark as the person chose, or as the device says.
(function () {
  "use strict";
  var root = document.documentElement;
  if (root.dataset.theme !== "auto" || !window.matchMedia) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() { root.dataset.bsTheme = dark.matches ? "dark" : "light"; }
  follow();
  if (dark.addEventListener) dark.addEventListener("change", follow);
})();
