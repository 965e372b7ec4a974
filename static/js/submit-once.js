// What every form needs: no second press while the first is under way, and the reader brought to the mistakes.
// The server's own key (the hidden field "once") stays what makes a repeated request harmless.
(function () {
  "use strict";
  const PATIENCE = 8000;

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented || (form.method || "").toLowerCase() !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const pressed = event.submitter || form.querySelector("[type=submit]");
    if (pressed) pressed.setAttribute("aria-busy", "true");
    window.setTimeout(function () { release(form); }, PATIENCE);
  });

  // Coming back by the browser's own button shows the page as it was left.
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(release); });

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
  }

  const summary = document.querySelector("[data-summary]");
  if (summary) summary.focus();

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
