// One more line in a short table: [data-rows] holds [data-row]s and a button [data-rows-add]. Field names are numbered
// (points-0-text, points-1-text, …). Without this script the blank lines that the server wrote are there to use.
(function () {
  "use strict";

  document.querySelectorAll("[data-rows]").forEach(function (table) {
    const add = table.querySelector("[data-rows-add]");
    const most = Number(table.dataset.rowsMost) || 30;
    const prefix = table.dataset.rows + "-";
    if (!add) return;
    show();
    add.addEventListener("click", function () {
      const rows = lines();
      const fresh = renumbered(rows[rows.length - 1].cloneNode(true), rows.length);
      rows[rows.length - 1].after(fresh);
      show();
      fresh.querySelector("input, textarea, select").focus();
    });

    function lines() {
      return Array.from(table.querySelectorAll("[data-row]"));
    }

    function show() {
      add.hidden = lines().length >= most;
    }

    function renumbered(row, index) {
      const before = new RegExp("(^|\\s)" + prefix + "\\d+-", "g");
      ["id", "name", "for", "aria-describedby"].forEach(function (attribute) {
        row.querySelectorAll("[" + attribute + "]").forEach(function (one) {
          one.setAttribute(attribute, one.getAttribute(attribute).replace(before, "$1" + prefix + index + "-"));
        });
      });
      row.querySelectorAll("[data-row-number]").forEach(function (one) { one.textContent = index + 1; });
      row.querySelectorAll("label.visually-hidden").forEach(function (one) { one.textContent = one.textContent.replace(/\d+/, index + 1); });
      row.querySelectorAll(".err").forEach(function (one) { one.remove(); });
      row.querySelectorAll("input, textarea, select").forEach(function (one) {
        one.classList.remove("is-invalid");
        one.removeAttribute("aria-invalid");
        if (one.type === "checkbox" || one.type === "radio") one.checked = false;
        else one.value = "";
      });
      row.querySelectorAll(".pick").forEach(function (one) { one.classList.remove("on"); });
      return row;
    }
  });
})();
