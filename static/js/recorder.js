// A short voice recording, put into the file control beside it. Without this script, or where the browser cannot
// record, the file control stays and takes a recording made with the phone's own recorder.
(function () {
  "use strict";
  const LONGEST = 180;
  const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
  const ENDINGS = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

  const able = typeof MediaRecorder === "function" && typeof DataTransfer === "function" &&
    navigator.mediaDevices && typeof navigator.mediaDevices.getUserMedia === "function";
  if (!able) return;

  document.querySelectorAll("input[type=file][data-record]").forEach(function (input) {
    const kind = KINDS.find(function (one) { return MediaRecorder.isTypeSupported(one); });
    if (!kind) return;
    const box = document.createElement("div");
    const chooser = element("label", "btn btn-quiet", "选一段录好的");
    const button = element("button", "btn btn-plain", "开始录音");
    const line = element("p", "small muted mt-2 mb-0", "");
    const player = document.createElement("audio");
    const away = element("button", "btn btn-quiet", "不要这段录音");
    let recorder = null;
    let pieces = [];
    let clock = 0;

    button.type = away.type = "button";
    line.setAttribute("role", "status");
    player.controls = true;
    player.className = "w-100 mt-2";
    player.hidden = away.hidden = true;
    chooser.htmlFor = input.id;
    input.classList.add("visually-hidden");
    box.append(button, chooser, away, line, player);
    input.after(box);

    button.addEventListener("click", function () { if (recorder) recorder.stop(); else begin(); });
    away.addEventListener("click", function () { empty(); button.focus(); });
    input.addEventListener("change", function () { if (input.files.length) hear(input.files[0]); });

    function begin() {
      navigator.mediaDevices.getUserMedia({ audio: true }).then(record, function () {
        line.textContent = "没有打开话筒。可以在上面选一段录好的音，或者打字。";
      });
    }

    function record(stream) {
      const started = Date.now();
      pieces = [];
      recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 32000 });
      recorder.addEventListener("dataavailable", function (event) { if (event.data.size) pieces.push(event.data); });
      recorder.addEventListener("stop", function () {
        clearInterval(clock);
        stream.getTracks().forEach(function (track) { track.stop(); });
        recorder = null;
        keep();
      });
      recorder.start();
      button.textContent = "停止录音";
      clock = setInterval(function () {
        const seconds = Math.round((Date.now() - started) / 1000);
        line.textContent = "正在录音，" + seconds + "秒" + (seconds > LONGEST - 20 ? "，快到三分钟了" : "");
        if (seconds >= LONGEST && recorder) recorder.stop();
      }, 500);
    }

    function keep() {
      const plain = kind.split(";")[0];
      const file = new File(pieces, "录音." + ENDINGS[plain], { type: plain });
      const transfer = new DataTransfer();
      transfer.items.add(file);
      input.files = transfer.files;
      hear(file);
    }

    function hear(file) {
      player.src = URL.createObjectURL(file);
      player.hidden = away.hidden = false;
      button.textContent = "重新录";
      line.textContent = "录好了，可以先听一听，再发出。";
    }

    function empty() {
      input.value = "";
      player.removeAttribute("src");
      player.hidden = away.hidden = true;
      button.textContent = "开始录音";
      line.textContent = "";
    }
  });

  function element(name, looks, words) {
    const made = document.createElement(name);
    made.className = looks;
    made.textContent = words;
    return made;
  }
})();
