#!/usr/bin/env python3
"""The one door to every set-up command, for a bare Python with its venv module.

    python3 start.py run       prepare everything and serve http://127.0.0.1:8000 (PORT overrides)
    python3 start.py test      install the test tools, then lint, types, the whole suite
    python3 start.py bench     speed figures          (python -m bench)
    python3 start.py assure    safety figures         (python -m tests.assurance), e.g. ID=A2 ENGINE=pg QUICK=1
    python3 start.py drill     backup, wipe, restore  (flask --app wsgi drill)
    python3 start.py bundle    wheelhouse/ and checksums for servers without a package registry

Only the standard library, and syntax that an old Python can still read: the message about an old Python
has to be printed by that Python.
"""
import ctypes
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

OLDEST = (3, 11)
HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
WHEELHOUSE = HERE / "wheelhouse"
LOCKS = {"run": HERE / "requirements.txt", "test": HERE / "tests" / "requirements.txt"}
STOP_SECONDS = 10
READY_SECONDS = 60
NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|NewConnectionError|ConnectTimeout|Network is unreachable"
    r"|Connection refused|Max retries|ReadTimeout|Read timed out|ProxyError|No route to host", re.I)


class Trouble(Exception):
    """Something the reader can mend; the text is the whole message."""


class step:
    """One line of the start: what is being done, then how many seconds it took."""

    def __init__(self, sentence):
        self.sentence = sentence

    def __enter__(self):
        print(self.sentence, end="…", flush=True)
        self.began = time.monotonic()
        return self

    def __exit__(self, kind, error, trace):
        seconds = "（{:.1f}秒）".format(time.monotonic() - self.began)
        print(seconds if kind is None else "停在这里", flush=True)


# --- what the machine must have ---------------------------------------------------------------------------------

def check_python():
    """Python is new enough and can make a virtual environment; Trouble says what to install."""
    if sys.version_info < OLDEST:
        raise Trouble(
            "这台机器的 Python 是 {}，需要 3.11 或更新的版本。\n"
            "如果装有别的版本，请写明用哪一个，例如：make run PYTHON=python3.12，或 python3.12 start.py run"
            .format(sys.version.split()[0]))
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing and not usable_venv():
        raise Trouble(
            "这个 Python 缺少建立虚拟环境的 venv 模块。\n"
            "Debian、Ubuntu 请先运行：apt install python3-venv（需要管理员权限）；其他系统请安装完整的 Python。")


def check_port(port):
    """Nobody listens on the port yet."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Trouble("没有权限使用端口 {}。请换一个 1024 以上的端口，例如：PORT=8000 make run"
                          .format(port)) from None
        except OSError:
            raise Trouble("端口 {} 已经被别的程序占用（也许门户已在运行）。\n"
                          "请先停掉那个程序，或换一个端口，例如：PORT={} make run"
                          .format(port, port + 1 if port < 65535 else 8000)) from None


def wanted_port():
    """The port from PORT, default 8000."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Trouble("PORT 应是 1 到 65535 之间的数字，现在写的是“{}”。".format(text))
    return int(text)


# --- the virtual environment ------------------------------------------------------------------------------------

def usable_venv():
    """True if .venv exists, runs, and was made by a Python that is new enough."""
    if not PYTHON.exists():
        return False
    ask = "import sys, pip; sys.exit(sys.version_info < {})".format(OLDEST)
    return subprocess.run([str(PYTHON), "-c", ask], stderr=subprocess.DEVNULL).returncode == 0


def make_venv():
    """Create .venv, or make it anew when it is broken (moved folder, Python upgraded, interrupted start)."""
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    if made.returncode:
        raise Trouble("建立虚拟环境没有成功：\n" + last_lines(made.stdout))


def lock_digest(lock):
    """What the installed set depends on: the lock, the locks it includes, and the Python that installed it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(LOCKS.values()):
        if path == lock or path == LOCKS["run"]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def install(kind):
    """Make .venv hold exactly the locked packages of `kind` (run or test); a stamp makes the second time fast."""
    stamp = VENV / ("installed-" + kind)
    wanted = lock_digest(LOCKS[kind])
    fresh = not usable_venv()
    if not fresh and stamp.exists() and stamp.read_text() == wanted:
        return
    if fresh:
        with step("建立 Python 虚拟环境"):
            make_venv()
    local = kind == "run" and WHEELHOUSE.is_dir()
    with step("安装依赖包（{}）".format("来自 wheelhouse" if local else "首次需要下载，约一分钟")):
        pip("install", "--require-hashes", "-r", str(LOCKS[kind]),
            *(["--no-index", "--find-links", str(WHEELHOUSE)] if local else []))
    stamp.write_text(wanted)
    if kind == "test":  # the test lock includes the run lock, so both are in place now
        (VENV / "installed-run").write_text(lock_digest(LOCKS["run"]))


def pip(verb, *arguments):
    """Run pip quietly; Trouble names the likely cause in plain words."""
    command = [str(PYTHON), "-m", "pip", verb, "-q", "--no-input", "--disable-pip-version-check",
               "--progress-bar", "off", "--retries", "2"] + list(arguments)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, cwd=HERE)
    if done.returncode == 0:
        return
    said = done.stdout
    if "DO NOT MATCH THE HASHES" in said:
        raise Trouble("下载到的依赖包与锁定的校验值不一致，已停止安装。请换一个软件源再试，不要跳过校验。\n"
                      + last_lines(said))
    if "No space left" in said:
        raise Trouble("磁盘空间不够，安装需要约 500 MB。请清理后再试。")
    if "--no-index" in command:
        raise Trouble("wheelhouse 里没有适合本机（Python {}.{}）的依赖包，请在同样系统的机器上重新运行 make bundle。\n"
                      .format(*sys.version_info[:2]) + last_lines(said))
    if NO_NETWORK.search(said):
        raise Trouble("连不上软件源，依赖包下载不了。请检查网络或代理设置后再试；\n没有网络的服务器，请在能上网的机器上"
                      "运行 make bundle，把生成的 wheelhouse 文件夹放到本目录。\n" + last_lines(said, 2))
    raise Trouble("依赖包没有装好，pip 的原话是：\n" + last_lines(said))


def last_lines(text, count=12):
    """The end of a program's output, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-count:])


# --- the commands -----------------------------------------------------------------------------------------------

def run(arguments):
    """Prepare, serve and work until a signal or until one of the two processes ends."""
    began = time.monotonic()
    port = wanted_port()
    check_port(port)
    os.environ.setdefault("PORTAL_PROFILE", "demo")
    os.environ["PORT"] = str(port)
    install("run")
    prepare()
    return supervise(
        [[str(PYTHON), "-m", "gunicorn", "-c", str(HERE / "portal" / "gunicorn.py"), "wsgi:app"], flask("work")],
        lambda over: announce(over, port, began))


def prepare():
    """Tables, assets and the demo district; passed over when nothing has changed since the last time."""
    data = Path(os.environ.get("PORTAL_DATA") or HERE / "var")
    stamp, fingerprint = data / "prepared", prepared_for()
    local = not os.environ.get("DATABASE_URL") and (data / "portal.db").exists()
    if local and stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
        print("数据库表和静态文件都是最新的", flush=True)
        return
    if subprocess.run(flask("prepare"), cwd=HERE).returncode:
        raise Trouble("准备工作停下了，原因见上面。")
    stamp.write_text(fingerprint, encoding="ascii")


def prepared_for():
    """What preparing depends on: migrations, assets, templates and the lock, by name, size and time."""
    digest = hashlib.sha256(lock_digest(LOCKS["run"]).encode())
    for folder in ("migrations/versions", "static/css", "static/js", "static/img", "templates"):
        for file in sorted((HERE / folder).rglob("*.*")):
            if "__pycache__" not in file.parts:
                facts = file.stat()
                digest.update("{} {} {}\n".format(file, facts.st_size, facts.st_mtime_ns).encode())
    return digest.hexdigest()


def flask(*words):
    """The command line of a portal command, in the venv."""
    return [str(PYTHON), "-m", "flask", "--app", "wsgi"] + list(words)


def announce(over, port, began):
    """Wait for the first good answer, unless it is `over` before, and say where the portal is."""
    address = "http://127.0.0.1:{}".format(port)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    patience = time.monotonic() + READY_SECONDS
    with step("启动网页服务和后台任务"):
        while not over():
            try:
                direct.open(address + "/healthz", timeout=2).close()
                break
            except OSError as silence:
                if time.monotonic() > patience:
                    raise Trouble("网页服务 {} 秒内没有应答：{}".format(READY_SECONDS, silence)) from None
                time.sleep(0.05)
    if not over():
        print("门户已经就绪：{}（共{:.1f}秒，按 Ctrl-C 停止）".format(address, time.monotonic() - began), flush=True)


def die_with_parent():
    """Linux: the child gets SIGTERM when this script is killed, however hard."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def supervise(commands, when_started):
    """Run the commands side by side until a signal or the first end, then stop all; the exit code to give.

    Each has a session of its own, so that Ctrl-C reaches only this script and the others end in order.
    """
    asked = []
    watched = [signal.SIGTERM, signal.SIGINT]
    # Under nohup the portal is meant to outlive its terminal and the shell that started it.
    stay = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    for number in watched + ([] if stay else [signal.SIGHUP]):
        signal.signal(number, lambda number, frame: asked.append(number))
    parent = os.getppid()
    children = [subprocess.Popen(command, cwd=HERE, start_new_session=True, preexec_fn=die_with_parent)
                for command in commands]

    def over():
        return asked or any(child.poll() is not None for child in children) or not (stay or os.getppid() == parent)

    try:
        if not over():
            when_started(over)
        while not over():
            time.sleep(0.2)
    finally:
        ended = [child for child in children if child.poll() is not None]
        stop(children)
    if ended and not asked:
        print("{}自己停了（退出码 {}），门户随之停止。".format(
            "网页服务" if ended[0] is children[0] else "后台任务", ended[0].returncode), file=sys.stderr)
        return ended[0].returncode or 1
    print("门户已停止。", flush=True)
    return 0


def stop(children):
    """SIGTERM to all, then SIGKILL to the sessions still there after STOP_SECONDS."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while any(child.poll() is None for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def test(arguments):
    """Lint, types, then the whole suite (or the paths given), the ten slowest printed."""
    install("test")
    python = str(PYTHON)
    for sentence, command in (("检查代码写法", ["-m", "ruff", "check", "."]), ("检查类型", ["-m", "mypy"])):
        print(sentence, flush=True)
        code = subprocess.run([python] + command, cwd=HERE).returncode
        if code:
            return code
    return subprocess.run([python, "-m", "pytest", "-n", "2", "--durations=10"] + arguments, cwd=HERE).returncode


def bench(arguments):
    """The speed figures."""
    install("test")
    return subprocess.run([str(PYTHON), "-m", "bench"] + arguments, cwd=HERE).returncode


def assure(arguments):
    """The safety figures; ID=…, ENGINE=…, QUICK=1 and SEED=… become options."""
    install("test")
    options = []
    for word in arguments:
        name, equals, value = word.partition("=")
        if not equals or name not in ("ID", "ENGINE", "QUICK", "SEED"):
            raise Trouble("不认识“{}”。可以写 ID=A2 ENGINE=sqlite|pg QUICK=1 SEED=数字。".format(word))
        options += ["--quick"] if name == "QUICK" else ["--" + name.lower(), value]
    return subprocess.run([str(PYTHON), "-m", "tests.assurance"] + options, cwd=HERE).returncode


def drill(arguments):
    """Backup, wipe, restore, compare."""
    install("run")
    return subprocess.run(flask("drill") + arguments, cwd=HERE).returncode


def bundle(arguments):
    """wheelhouse/ with every locked package for this system, and SHA256SUMS beside them."""
    install("run")
    fresh = HERE / "wheelhouse.part"
    shutil.rmtree(fresh, ignore_errors=True)
    with step("下载依赖包到 wheelhouse"):
        pip("download", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS["run"]), "-d", str(fresh))
    sums = "".join("{}  {}\n".format(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
                   for path in sorted(fresh.iterdir()))
    (fresh / "SHA256SUMS").write_text(sums)
    shutil.rmtree(WHEELHOUSE, ignore_errors=True)
    fresh.rename(WHEELHOUSE)
    print("已备齐 {} 个依赖包。把 wheelhouse 文件夹和代码一起拷到服务器，运行 make run 即可，不需要网络。"
          .format(sums.count("\n")))
    return 0


COMMANDS = {"run": run, "test": test, "bench": bench, "assure": assure, "drill": drill, "bundle": bundle}


def main(words):
    """Run the named command; the exit code."""
    if not words or words[0] not in COMMANDS:
        print(__doc__.split("\n\n")[1])
        return 0 if words in ([], ["-h"], ["--help"]) else 2
    try:
        check_python()
        return COMMANDS[words[0]](words[1:])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
