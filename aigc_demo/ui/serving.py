"""What stands between the server and the browser: pages in the visitor's language, assets compressed once, bounds.

Three pure ASGI middlewares, given to `Blocks.launch(app_kwargs={"middleware": [...]})`, outermost first:

Assets   Gradio's own files: read once, compressed once, kept by the browser for a year
Limits   refuses large JSON bodies and proxied files, adds security headers
Pages    the page, /config and the API description: tokens translated, our head put in, compressed and kept
"""

import asyncio
import hashlib
import logging
import mimetypes
import re
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.exceptions import HTTPException

from aigc_demo.core.folders import FULL
from aigc_demo.services.first_results import EXAMPLES
from aigc_demo.ui import addresses, head, parked
from aigc_demo.ui.asgi import (
    SECURITY,
    App,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    answer,
    collect,
    encoding_for,
    header,
    squeeze,
)
from aigc_demo.ui.gradio_private import printed, slim
from aigc_demo.ui.i18n import choose, translate

logger = logging.getLogger(__name__)

JSON_LIMIT = 8 << 20  # bytes of a request body that is not an upload
MEMORY = 48 << 20  # bytes of compressed assets kept
PAGES = 64  # variants of pages kept: language x host x proxy headers x path
POLICY = (  # Gradio needs inline scripts, and Function() for gr.HTML; nothing may come from, or go to, another host
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    b"worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'"
)
KINDS = {".js": "text/javascript", ".css": "text/css"}  # what a machine is set to say of them may be refused
TEXTS = (b"text/", b"application/javascript", b"application/json", b"image/svg+xml", b"application/wasm")


class Kept:
    """Answers by key, the oldest dropped when there are too many or too much."""

    def __init__(self, count: int, size: int):
        self.count, self.limit = count, size
        self.size = 0
        self.answers: OrderedDict[Any, tuple[int, Headers, bytes]] = OrderedDict()

    def get(self, key: Any) -> tuple[int, Headers, bytes] | None:
        if key in self.answers:
            self.answers.move_to_end(key)
        return self.answers.get(key)

    def put(self, key: Any, value: tuple[int, Headers, bytes]) -> None:
        if key in self.answers:
            self.size -= len(self.answers.pop(key)[2])
        self.answers[key] = value
        self.size += len(value[2])
        while len(self.answers) > self.count or self.size > self.limit:
            self.size -= len(self.answers.popitem(last=False)[1][2])


class Limits:
    """Refuse what is too large or goes out of this machine, before Gradio reads it."""

    def __init__(self, app: App):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if re.search(r"(file=\s*https?:|/proxy=)", path, re.IGNORECASE):
            await answer(
                send, 403, [(b"content-type", b"text/plain"), *SECURITY], b"Only files of this page are served."
            )
            return
        bounded = scope["method"] in ("POST", "PUT", "PATCH") and not path.rstrip("/").endswith("/upload")
        length = header(scope["headers"], b"content-length") or b"0"
        if not length.isdigit():
            await answer(send, 400, [(b"content-type", b"text/plain"), *SECURITY], b"This request has no valid length.")
            return
        if bounded and int(length) > JSON_LIMIT:
            await answer(send, 413, [(b"content-type", b"text/plain"), *SECURITY], b"This request is too large.")
            return
        begun = False

        async def give(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, counted(receive) if bounded else receive, secured(give))
        except Exception as error:
            status, words = failure(error)
            logger.error(
                "%s %s failed: %r", scope["method"], path[:200], error, exc_info=error if status == 500 else None
            )
            if not begun:
                await answer(send, status, [(b"content-type", b"text/plain"), *SECURITY], words)


def failure(error: Exception) -> tuple[int, bytes]:
    """Status and words for what Gradio's app raises; 500 is what nobody foresaw."""
    if isinstance(error, FnIndexInferError | KeyError):
        return 404, b"There is no such endpoint."
    if isinstance(error, OSError) and error.errno in FULL:
        return 507, b"The disk of this machine is full."
    before = error.__cause__ or error.__context__
    if isinstance(before, RequestValidationError):  # a NaN, which FastAPI cannot repeat in its answer
        return 400, b"This request holds no valid values."
    if isinstance(before, HTTPException):  # refused in the middle of a stream
        return before.status_code, b"This request is refused."
    return 500, b"This request cannot be answered."


def counted(receive: Receive) -> Receive:
    """`receive` that ends the request when a body without a length grows too large."""
    seen = 0

    async def take() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > JSON_LIMIT else message

    return take


def secured(send: Send) -> Send:
    """`send` that adds the security headers."""

    async def give(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *SECURITY]}
        await send(message)

    return give


class Pages:
    """Everything that carries tokens, in the visitor's language, made once and kept; old links find their page.

    A page depends on the language, the address it is asked under and, for /config, the query.
    """

    PATHS = ("/", "/room", "/config", "/gradio_api/info", "/gradio_api/openapi.json")
    FORWARDED = (b"host", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix", b"x-forwarded-port")

    def __init__(self, app: App, families: Sequence[str] = ()):
        self.app = app
        self.families = families
        self.paths = {*self.PATHS, *(f"/{stem}" for stem in families)}
        self.kept = Kept(PAGES, 32 << 20)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = addresses.path(scope) if scope["type"] == "http" else ""
        known = path in self.paths or path.rstrip("/") in self.paths
        if not known or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        asked = scope.get("query_string", b"").decode("latin-1")
        place = addresses.moved(path, asked, self.families)
        if place is not None:
            found = [(b"location", place.encode("latin-1")), (b"cache-control", b"no-cache"), *SECURITY]
            await answer(send, 307, found, b"")
            return
        query = parse_qs(asked)
        headers = scope["headers"]
        lang = choose(query.get("lang", [None])[0], header(headers, b"accept-language").decode("latin-1"))
        encoding = encoding_for(scope)
        places = tuple(header(headers, name)[:200] for name in self.FORWARDED)
        key = (path, lang, encoding, places, scope.get("root_path", ""), scope.get("scheme", ""))
        hit = self.kept.get(key)
        if hit is None:
            bare = {**scope, "method": "GET", "query_string": b""}  # a lesson link changes nothing on the server's side
            status, found, body = await collect(self.app, bare, receive)
            page = path.strip("/")
            hit = await asyncio.to_thread(self.made, page, status, found, body, lang, encoding)
            if status == 200:
                self.kept.put(key, hit)
        status, found, body = hit
        tag = header(found, b"etag")
        if tag and header(headers, b"if-none-match") == tag:
            status, body = 304, b""
        await answer(send, status, found, b"" if scope["method"] == "HEAD" else body)

    def made(
        self, page: str, status: int, headers: Headers, body: bytes, lang: str, encoding: str
    ) -> tuple[int, Headers, bytes]:
        """The answer as it is sent."""
        kind = header(headers, b"content-type")
        html = kind.startswith(b"text/html")
        if html:
            body = with_ours(body, lang, page, self.families)
        elif page == "gradio_api/info" and status == 200:
            body = printed(body)
        body = squeeze(translate(body, lang), encoding, 6)
        kept: Headers = [
            (b"content-type", kind),
            (b"content-language", b"zh-CN" if lang == "zh" else b"en"),
            (b"vary", b"accept-encoding, accept-language"),
            (b"cache-control", b"no-cache"),
        ]
        if html:
            kept.append((b"content-security-policy", POLICY))
        if encoding:
            kept.append((b"content-encoding", encoding.encode()))
        if status == 200:
            kept.append((b"etag", b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'))
        return status, kept, body


BASE = re.compile(rb"<base [^>]*>")
OUTSIDE = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*?/>')


def with_ours(html: bytes, lang: str, page: str, families: Sequence[str]) -> bytes:
    """Gradio's page with what head.py adds to it, in our language, and without its advertising links."""
    html = slim(OUTSIDE.sub(b"", html))
    ours = head.parts(html.decode(), lang, page, families)
    html = BASE.sub(lambda base: base[0] + ours.files.encode(), html, count=1)
    html = html.replace(b'lang="en"', b'lang="zh-CN"' if lang == "zh" else b'lang="en"', 1)
    html = html.replace(b"<head>", b"<head>" + ours.first.encode(), 1)
    return html.replace(b"<gradio-app", ours.top.encode() + b"<gradio-app", 1)


class Assets:
    """Gradio's files: their names carry a hash, so they are compressed once and the browser keeps them."""

    PREFIXES = ("/assets/", "/static/", "/svelte/")
    SHIPPED = "/shipped/"  # files of assets/examples

    def __init__(self, app: App, shipped: Path = EXAMPLES):
        self.app = app
        self.shipped = {self.SHIPPED + file.name: file for file in shipped.glob("*") if file.is_file()}
        self.kept = Kept(4000, MEMORY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        mine = scope["type"] == "http" and scope["method"] == "GET"
        if mine and (scope["path"].startswith(self.SHIPPED) or scope["path"] in parked.kept):
            await answer(send, *await self.own(scope["path"], encoding_for(scope)))
            return
        mine = mine and (scope["path"].startswith(self.PREFIXES) or scope["path"] == "/theme.css")
        if not mine or header(scope["headers"], b"range"):
            await self.app(scope, receive, send)
            return
        encoding = encoding_for(scope)
        key = (scope["path"], encoding)
        hit = self.kept.get(key)
        if hit is None:
            status, headers, body = await collect(self.app, scope, receive)
            hit = await asyncio.to_thread(self.made, scope["path"], status, headers, body, encoding)
            if status == 200:
                self.kept.put(key, hit)
        await answer(send, *hit)

    async def own(self, path: str, encoding: str) -> tuple[int, Headers, bytes]:
        """A file of assets/examples, or one that is parked: a hash of its content is part of its address."""
        hit = self.kept.get((path, encoding))
        if hit is None:
            if path not in parked.kept and path not in self.shipped:
                return 404, [(b"content-type", b"text/plain")], b"There is no such file."
            body = parked.kept[path] if path in parked.kept else self.shipped[path].read_bytes()
            kind = KINDS.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
            hit = await asyncio.to_thread(self.made, path, 200, [(b"content-type", kind.encode())], body, encoding)
            self.kept.put((path, encoding), hit)
        return hit

    def made(self, path: str, status: int, headers: Headers, body: bytes, encoding: str) -> tuple[int, Headers, bytes]:
        """The answer as it is sent."""
        kind = header(headers, b"content-type")
        if status != 200:
            return status, [(b"content-type", kind), (b"cache-control", b"no-store")], body
        hashed = path.startswith(("/assets/", self.SHIPPED, parked.PREFIX))
        age = b"public, max-age=31536000, immutable" if hashed else b"public, max-age=86400"
        kept: Headers = [(b"content-type", kind), (b"cache-control", age), (b"vary", b"accept-encoding"), *SECURITY]
        if encoding and kind.startswith(TEXTS):
            small = squeeze(body, encoding, 9 if len(body) < 400_000 else 5)
            if len(small) < len(body):
                body = small
                kept.append((b"content-encoding", encoding.encode()))
        return status, kept, body
