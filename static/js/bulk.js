// The bar of acts on several rows: shown with the first tick, counts them, x ticks the current row.
(function () {
  "use strict";

  document.querySelectorAll("[data-bulk]").forEach(function (bar) {
    const id = bar.dataset.bulk;
    const form = document.getElementById(id);
    const count = bar.querySelector("[data-bulk-count]");
    if (!form) return;

    function boxes() {
      return Array.from(form.elements).filter(function (one) { return one.type === "checkbox" && one.closest(".tick"); });
    }
    function show() {
      const n = boxes().filter(function (one) { return one.checked; }).length;
      bar.hidden = n === 0;
      count.textContent = String(n);
    }
    document.addEventListener("change", function (event) { if (event.target.form === form) show(); });
    form.addEventListener("reset", function () {
      window.setTimeout(function () {
        boxes().forEach(function (one) { one.checked = false; });
        show();
      }, 0);
    });
    window.addEventListener("pageshow", show);
    show();
  });
})();
