// Saves a draft while it is being written: <form data-autosave="address">, said in the line [data-saved].
// The whole form is posted, with its token. What is typed never leaves the page before the server has answered; when
// there is no network the text stays where it is, the strip says so, and saving is tried again.
(function () {
  "use strict";
  const PAUSE = 1500;
  const AGAIN = [5000, 15000, 30000, 60000];

  document.querySelectorAll("form[data-autosave]").forEach(function (form) {
    const line = document.querySelector("[data-saved]");
    const words = line && line.querySelector("[data-saved-words]");
    const strip = document.querySelector("[data-offline]");
    let timer = 0;
    let tries = 0;
    let busy = false;
    let dirty = false;

    form.addEventListener("input", function (event) {
      if (event.target.type === "file") return;
      dirty = true;
      later(PAUSE);
    });
    form.addEventListener("change", function (event) { if (event.target.type !== "file") { dirty = true; later(PAUSE); } });
    form.addEventListener("submit", function () { dirty = false; window.clearTimeout(timer); });
    window.addEventListener("online", function () { offline(false); if (dirty) save(); });
    window.addEventListener("offline", function () { offline(true); });
    document.addEventListener("visibilitychange", function () { if (document.hidden && dirty) save(); });
    window.addEventListener("beforeunload", function (event) {
      if (!dirty) return;
      event.preventDefault();
      event.returnValue = "";
    });
    if (strip) strip.querySelector("[data-retry]").addEventListener("click", save);
    offline(navigator.onLine === false);

    function later(wait) {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, wait);
    }

    function save() {
      window.clearTimeout(timer);
      if (busy || !dirty) return;
      busy = true;
      dirty = false;
      say("正在保存……");
      fetch(form.dataset.autosave, { method: "POST", body: contents(), headers: { "X-Fragment": "1", Accept: "application/json" }, credentials: "same-origin", redirect: "manual" })
        .then(function (answer) { return answer.ok ? answer.json().catch(function () { return {}; }) : Promise.reject(answer); })
        .then(saved)
        .catch(missed)
        .then(function () { busy = false; if (dirty && !tries) later(PAUSE); });
    }

    function contents() {
      const data = new FormData(form);
      Array.from(form.querySelectorAll("input[type=file]")).forEach(function (input) { data.delete(input.name); });
      return data;
    }

    // The server may answer {saved: "10:42", version: 3, action: "/…", autosave: "/…"}; each is optional. An empty sheet
    // becomes a draft with its first save: from then on the page, the form and the address are that draft's.
    function saved(answer) {
      tries = 0;
      offline(false);
      if (answer.version !== undefined && form.elements.expected_version) form.elements.expected_version.value = answer.version;
      Object.keys(answer.fields || {}).forEach(function (name) { if (form.elements[name]) form.elements[name].value = answer.fields[name]; });
      if (answer.autosave) form.dataset.autosave = answer.autosave;
      if (answer.action) {
        form.setAttribute("action", answer.action);
        window.history.replaceState(null, "", answer.action);
      }
      say("已保存　" + (answer.saved || clock()));
      form.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true }));
    }

    function missed(reason) {
      dirty = true;
      if (reason && reason.status === 409) return say("别人刚改过，您写的还在。请提交后比一比");
      if (reason && (reason.status === 401 || reason.status === 403 || reason.type === "opaqueredirect")) return say("登录已过期，您写的还在，请先不要关掉这一页");
      if (reason && reason.status === 422) return reason.json().catch(function () { return {}; }).then(refused);
      if (reason && reason.status === 413) return say("还没有保存，有的地方要改");
      offline(navigator.onLine === false);
      say("还没有保存，您写的都还在，稍后自动再试");
      later(AGAIN[Math.min(tries, AGAIN.length - 1)]);
      tries += 1;
    }

    // What bears a secrecy mark may not stay anywhere, this page included.
    function refused(answer) {
      if (!answer.forget) return say("还没有保存：" + (answer.message || "有的地方要改"));
      form.querySelectorAll("input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea").forEach(function (one) { one.value = ""; });
      dirty = false;
      say(answer.message);
      window.alert(answer.message);
    }

    function offline(is) {
      if (strip) strip.hidden = !is;
    }

    function say(sentence) {
      if (words) words.textContent = sentence;
    }
  });

  function clock() {
    const now = new Date();
    return String(now.getHours()).padStart(2, "0") + ":" + String(now.getMinutes()).padStart(2, "0");
  }
})();
