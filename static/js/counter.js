// How many characters are written, beside the most there may be. Spoken only when there are too many.
(function () {
  "use strict";

  document.querySelectorAll("[data-count-for]").forEach(function (line) {
    const control = document.getElementById(line.dataset.countFor);
    if (!control) return;
    const most = Number(line.dataset.most);
    const show = function () {
      // Code points, as the server counts them, with line breaks as one.
      const size = Array.from(control.value.replace(/\r\n/g, "\n").trim()).length;
      const over = size > most;
      line.textContent = over ? "多了" + (size - most) + "字，最多" + most + "字" : size + " / " + most + "字";
      line.classList.toggle("over", over);
      if (over) line.setAttribute("role", "status"); else line.removeAttribute("role");
    };
    control.addEventListener("input", show);
    show();
  });
})();
