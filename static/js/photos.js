// A picture of what was chosen, its name and size, and the way to take it back before sending.
// Without this script the browser's own file control stays, and does the same work.
(function () {
  "use strict";
  const MANY = 20 * 1024 * 1024;

  document.querySelectorAll("input[type=file][data-photos]").forEach(function (input) {
    const list = document.getElementById(input.dataset.photos);
    if (!list || typeof DataTransfer !== "function") return;
    const adder = list.querySelector(".shot.add").closest("li");
    let kept = [];
    list.hidden = false;
    input.classList.add("visually-hidden");

    input.addEventListener("change", function () {
      const chosen = Array.from(input.files);
      kept = input.multiple ? kept.concat(chosen.filter(isNew)) : chosen;
      draw();
    });

    function isNew(file) {
      return !kept.some(function (one) { return one.name === file.name && one.size === file.size && one.lastModified === file.lastModified; });
    }

    function draw() {
      const transfer = new DataTransfer();
      kept.forEach(function (file) { transfer.items.add(file); });
      input.files = transfer.files;
      list.querySelectorAll("li").forEach(function (item) { if (item !== adder) item.remove(); });
      kept.forEach(function (file) { list.insertBefore(tile(file), adder); });
    }

    function tile(file) {
      const item = document.createElement("li");
      const figure = document.createElement("figure");
      const frame = document.createElement("span");
      const caption = document.createElement("figcaption");
      const away = document.createElement("button");
      frame.className = "shot";
      if (/^image\/(jpeg|png|webp|gif)$/.test(file.type)) {
        const picture = document.createElement("img");
        picture.alt = "";
        picture.src = URL.createObjectURL(file);
        picture.addEventListener("load", function () { URL.revokeObjectURL(picture.src); });
        frame.append(picture);
      } else {
        frame.textContent = (file.name.split(".").pop() || "").toUpperCase();
      }
      caption.textContent = file.name + "，" + sized(file.size) + (file.size > MANY ? "，超过20MB，请换小一些的" : "");
      if (file.size > MANY) caption.className = "err";
      away.type = "button";
      away.className = "btn btn-quiet px-2";
      away.textContent = "拿掉";
      away.setAttribute("aria-label", "拿掉" + file.name);
      away.addEventListener("click", function () {
        kept = kept.filter(function (one) { return one !== file; });
        draw();
        input.focus();
      });
      figure.append(frame, caption, away);
      item.append(figure);
      return item;
    }
  });

  function sized(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }
})();
