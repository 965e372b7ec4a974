// Keys at the desk: whatever carries data-key="a" is pressed by A. Never while somebody is typing, never with Ctrl,
// Alt or Meta, never on phones. "?" opens the list of the keys of this page, built from the same attributes.
(function () {
  "use strict";
  const NAMES = { "/": "查找", "?": "看全部按键" };
  let list = null;

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.key === "Escape" && list) return close();
    if (typing(event.target) || window.innerWidth < 992) return;
    if (event.key === "?") {
      event.preventDefault();
      return list ? close() : open();
    }
    const target = keyed(event.key.toLowerCase());
    if (!target || list) return;
    event.preventDefault();
    if (target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
      target.focus();
      if (target.select) target.select();
    } else {
      target.focus();
      target.click();
    }
  });

  document.querySelectorAll("[data-key-list]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", open);
  });

  function typing(element) {
    return element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])");
  }

  function all() {
    return Array.from(document.querySelectorAll("[data-key]")).filter(function (one) { return one.offsetParent !== null && !one.disabled; });
  }

  function keyed(key) {
    return all().find(function (one) { return one.dataset.key.toLowerCase() === key; });
  }

  function name(element) {
    const words = element.getAttribute("data-key-name") || NAMES[element.dataset.key] || element.getAttribute("aria-label");
    if (words) return words;
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd").forEach(function (key) { key.remove(); });
    return copy.textContent.trim();
  }

  function open() {
    const before = document.activeElement;
    list = document.createElement("div");
    list.className = "keys sheet";
    list.setAttribute("role", "dialog");
    list.setAttribute("aria-modal", "true");
    list.setAttribute("aria-label", "这一页的按键");
    const title = document.createElement("h2");
    title.textContent = "这一页的按键";
    const terms = document.createElement("dl");
    all().concat({ dataset: { key: "?" }, getAttribute: function () { return null; } }).forEach(function (one) {
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      const said = document.createElement("dd");
      key.className = "key";
      key.textContent = one.dataset.key.toUpperCase();
      said.textContent = name(one);
      term.append(key);
      terms.append(term, said);
    });
    const done = document.createElement("button");
    done.type = "button";
    done.className = "btn btn-plain";
    done.textContent = "知道了";
    done.addEventListener("click", close);
    list.append(title, terms, done);
    list.addEventListener("keydown", function (event) { if (event.key === "Tab") { event.preventDefault(); done.focus(); } });
    list.back = before;
    document.body.append(list);
    done.focus();
  }

  function close() {
    const back = list.back;
    list.remove();
    list = null;
    if (back && back.focus) back.focus();
  }
})();
