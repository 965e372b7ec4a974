// The check-in code on the wall: [data-code-from] is asked for a new one when the old one runs out. Without this script
// the page's link 换新码 does the same.
(function () {
  "use strict";

  const wall = document.querySelector("[data-code-from]");
  if (!wall) return;
  const code = wall.querySelector("[data-code]");
  const left = wall.querySelector("[data-code-left]");
  const came = wall.querySelector("[data-code-came]");
  let seconds = Number(left.textContent) || 30;

  setInterval(function () {
    seconds -= 1;
    left.textContent = Math.max(seconds, 0);
    if (seconds <= 0) renew();
  }, 1000);

  function renew() {
    seconds = 5; // ask again soon if this fails
    fetch(wall.dataset.codeFrom, { headers: { "X-Fragment": "1" }, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      })
      .then(function (said) {
        code.textContent = said.code;
        came.textContent = said.came;
        seconds = said.left;
        left.textContent = said.left;
      })
      .catch(function () {});
  }
})();
