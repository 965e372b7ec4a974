// Asks before a page with unsaved changes is left: <form data-guard>. An autosaved or submitted form is free to go.
(function () {
  "use strict";

  document.querySelectorAll("form[data-guard]").forEach(function (form) {
    let dirty = false;
    form.addEventListener("input", function () { dirty = true; });
    form.addEventListener("submit", function () { dirty = false; });
    form.addEventListener("portal:saved", function () { dirty = false; });
    window.addEventListener("beforeunload", function (event) {
      if (!dirty) return;
      event.preventDefault();
      event.returnValue = "";
    });
  });
})();
