// A page that shows a job looks again every two seconds, and is loaded anew when the job has ended.
(function () {
  "use strict";
  const EVERY = 2000;
  const shown = document.querySelector("[data-job]");
  if (!shown) return;

  const look = function () {
    fetch(window.location.href, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(new Error("later")); })
      .then(function (text) {
        const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-job]");
        if (!fresh) return window.location.reload();
        shown.replaceChildren(...fresh.childNodes);
        return window.setTimeout(look, EVERY);
      })
      .catch(function () { window.setTimeout(look, EVERY * 5); });
  };
  window.setTimeout(look, EVERY);
})();
