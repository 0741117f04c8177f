"""The route of what the browser plays chorales with: /instruments/<name>.flac, of the names of a request alone."""

import asyncio
import re

from aigc_demo.core.errors import UserError
from aigc_demo.services.music import instruments
from aigc_demo.ui import addresses
from aigc_demo.ui.asgi import SECURITY, App, Receive, Scope, Send, answer

PATH = re.compile(r"/instruments/([a-z_]{1,40})\.flac")
FOLDER = "/instruments/"


class Instruments:
    """ASGI middleware that answers there; an instrument is rendered when it is first asked for."""

    def __init__(self, app: App):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = addresses.path(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else ""
        if not path.startswith(FOLDER):
            await self.app(scope, receive, send)
            return
        plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *SECURITY]
        found = PATH.fullmatch(path)
        if not found or found[1] not in instruments.NAMES:
            await answer(send, 404, plain, b"There is no such instrument.")
            return
        try:
            body = await asyncio.to_thread(instruments.scale, found[1])
        except UserError as error:
            await answer(send, 503, plain, str(error).encode())
            return
        kind = [(b"content-type", b"audio/flac"), (b"cache-control", b"public, max-age=3600"), *SECURITY]
        await answer(send, 200, kind, b"" if scope["method"] == "HEAD" else body)
