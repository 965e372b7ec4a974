"""The asset build, without Node: `python -m portal.assets` fills static/dist and says what it did.

Sources are our own static/css, static/js and static/img, and two things of the Bootstrap-Flask wheel: bootstrap.min.css
and the icons our pages name, cut from its sprite of two thousand. Each lands as <name>.<sha12>.<ext> with .gz and .br
beside it, and manifest.json says which is which. The same sources always give the same bytes; nothing changed costs
milliseconds. Templates ask `asset("theme.css")`, by file name alone.
"""

import gzip
import hashlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask, current_app
from whitenoise import WhiteNoise

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
PREFIX = "/assets/"
OWN = ("css", "js", "img")
PACKED = (".css", ".js", ".svg", ".json", ".txt")
SYMBOL = re.compile(r'<symbol\b[^>]*\bid="([^"]+)".*?</symbol>', re.S)
WORD = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")
REFERENCE = re.compile(r"#([a-z0-9-]+)[\"']")
URL = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^)"']+)\1\)""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.")
SOURCE_MAP = re.compile(rb"\s*/\*# sourceMappingURL=.*?\*/\s*$")
PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class AssetMissing(LookupError):
    """A template or style sheet names an asset that no source provides."""


def build(root: Path = ROOT, say: Callable[[str], None] | None = None) -> dict[str, str]:
    """Bring static/dist in line with the sources; the manifest {name: hashed name}.

    Safe to run twice at once: files are renamed into place, the manifest last. Raises AssetMissing if two sources share
    a name or a style sheet points at nothing.
    """
    dist = root / "static" / "dist"
    sources = _sources(root)
    fingerprint = _fingerprint(sources)
    kept = _read(dist)
    if kept and kept["inputs"] == fingerprint and all((dist / name).exists() for name in kept["files"].values()):
        return dict(kept["files"])
    dist.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    # Style sheets last: they name images.
    for name in sorted(sources, key=lambda name: (name.endswith(".css"), name)):
        content = _with_hashed_urls(name, sources[name], files) if name.endswith(".css") else sources[name]
        files[name] = _place(dist, name, content)
    listing = json.dumps({"inputs": fingerprint, "files": files}, indent=1, sort_keys=True)
    _write(dist / "manifest.json", listing.encode())
    _sweep(dist, files.values())
    if say:
        say(f"页面资源已重新生成，共 {len(files)} 个文件。")
    return files


def asset(name: str) -> str:
    """The address of an asset by its file name; raises AssetMissing for a name nobody provides."""
    if current_app.debug:
        manifest.cache_clear()  # a style sheet changes under the running server
    try:
        return PREFIX + manifest()[name]
    except KeyError:
        raise AssetMissing(f"no asset is called {name}; see static/css, static/js, static/img") from None


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """The built assets {name: hashed name}; the first question of a process makes sure they are current."""
    return build()


def install(app: Flask) -> None:
    """`asset()` for templates, and the files themselves under /assets/, for ever fresh because their names change."""
    manifest()
    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC / "dist"),
        prefix=PREFIX.strip("/"),
        autorefresh=app.debug,
        immutable_file_test=lambda path, url: bool(HASHED.search(url)),
        add_headers_function=_protect,
    )


def _protect(headers: Headers, path: str, url: str) -> None:
    """Files are answered before the application is asked, so they bring its protective headers themselves."""
    for name, value in PROTECTION.items():
        headers[name] = value


# --- sources ----------------------------------------------------------------------------------------------------

def _sources(root: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {"bootstrap.min.css": SOURCE_MAP.sub(b"\n", _of_wheel("css/bootstrap.min.css"))}
    found["icons.svg"] = cut_sprite(_of_wheel("icons/bootstrap-icons.svg").decode(), icons_named(root))
    for folder in OWN:
        for path in sorted((root / "static" / folder).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                if path.name in found:
                    raise AssetMissing(f"two assets are called {path.name}")
                found[path.name] = path.read_bytes()
    return found


def _of_wheel(path: str) -> bytes:
    spec = importlib.util.find_spec("flask_bootstrap")
    if spec is None or spec.origin is None:
        raise AssetMissing("the package bootstrap-flask is not installed")
    return (Path(spec.origin).parent / "static" / "bootstrap5" / path).read_bytes()


def icons_named(root: Path) -> set[str]:
    """Every quoted word in templates and code; the sprite decides which are icons.

    Icons travel through tables and macro arguments, so a narrower rule would miss some; this one keeps a few too many.
    """
    named: set[str] = set()
    for path in (*(root / "templates").rglob("*.html"), *(root / "portal").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        named.update(WORD.findall(text), REFERENCE.findall(text))
    return named


def cut_sprite(sprite: str, names: Iterable[str]) -> bytes:
    """The sprite with only the named symbols, in the order of their names."""
    symbols = {found.group(1): found.group(0) for found in SYMBOL.finditer(sprite)}
    wanted = sorted(set(names) & set(symbols))
    inside = "\n".join(symbols[name] for name in wanted)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{inside}\n</svg>\n'.encode()


def _with_hashed_urls(name: str, content: bytes, files: dict[str, str]) -> bytes:
    def hashed(found: re.Match[str]) -> str:
        target = found.group(2).rsplit("/", 1)[-1]
        if target not in files:
            raise AssetMissing(f"{name} points at {found.group(2)}, which is not in static/img")
        return f'url("{files[target]}")'

    return URL.sub(hashed, content.decode()).encode()


# --- results ----------------------------------------------------------------------------------------------------

def _fingerprint(sources: dict[str, bytes]) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in sorted(sources):
        digest.update(name.encode() + b"\0" + hashlib.sha256(sources[name]).digest())
    return digest.hexdigest()


def _place(dist: Path, name: str, content: bytes) -> str:
    stem, dot, extension = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{extension}"
    target = dist / hashed
    if not target.exists():
        if f".{extension}" in PACKED:
            _write(dist / f"{hashed}.gz", gzip.compress(content, 9, mtime=0))
            _write(dist / f"{hashed}.br", brotli.compress(content, quality=11))
        _write(target, content)
    return hashed


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


def _sweep(dist: Path, kept: Iterable[str]) -> None:
    expected = {"manifest.json"} | {name + tail for name in kept for tail in ("", ".gz", ".br")}
    for path in dist.iterdir():
        if path.name not in expected and not path.name.startswith("."):
            path.unlink(missing_ok=True)


def _read(dist: Path) -> dict[str, dict[str, str]] | None:
    try:
        return json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


if __name__ == "__main__":
    build(say=lambda sentence: print(sentence, file=sys.stdout))
