// A page that says by itself that it was read: the form [data-read-once] is sent in the background once somebody has had the
// page open for a moment. Without this script its button 看过了 does the same.
(function () {
  "use strict";

  const form = document.querySelector("form[data-read-once]");
  if (!form) return;
  const MOMENT = 1500;
  setTimeout(function () {
    if (document.visibilityState === "visible") return send();
    document.addEventListener("visibilitychange", send, { once: true });
  }, MOMENT);

  function send() {
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        if (answer.ok || answer.type === "opaqueredirect") form.hidden = true;
      })
      .catch(function () {});
  }
})();
