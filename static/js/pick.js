// The frame around the chosen row, passwords that can be shown, and menus that close when one looks elsewhere.
(function () {
  "use strict";

  function mark(input) {
    const row = input.closest(".pick");
    if (row) row.classList.toggle("on", input.checked);
  }

  document.addEventListener("change", function (event) {
    const input = event.target;
    if (!input.matches(".pick input")) return;
    if (input.type !== "radio") return mark(input);
    const scope = input.form || document;
    scope.querySelectorAll('.pick input[type="radio"]').forEach(function (one) { if (one.name === input.name) mark(one); });
  });
  window.addEventListener("pageshow", function () { document.querySelectorAll(".pick input").forEach(mark); });

  document.querySelectorAll("[data-reveal]").forEach(function (button) {
    const input = document.getElementById(button.dataset.reveal);
    if (!input) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.textContent = shown ? "显示" : "隐藏";
      button.setAttribute("aria-pressed", String(!shown));
    });
  });

  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.capacity[open]").forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.capacity[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
})();
