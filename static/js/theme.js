// Light or dark as the phone is set, for people who chose to follow it. Loaded in the head, before anything is drawn.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = function () { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  follow();
  if (dark.addEventListener) dark.addEventListener("change", follow);
})();
