"""How often one session, and one address, may ask: a flood gets 429, one sentence, and the seconds to wait.

Of every kind of call a session has a bucket of as many as it may make in a minute, which fills evenly; an address has
one `address` times as large, since a class may share one. AIGC_LIMITS changes numbers, 0 lifts a limit:

    AIGC_LIMITS="heavy=120 light=1200 upload=10 join=10 address=40"

An address is that of the connection. X-Forwarded-For counts where the connection comes from this machine, or from a
proxy that FORWARDED_ALLOW_IPS names; uvicorn reads both.
"""

import json
import math
import os
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from urllib.parse import parse_qs

from aigc_demo.ui import addresses
from aigc_demo.ui.asgi import App, Message, Receive, Scope, Send, answer, header
from aigc_demo.ui.i18n import choose, tr

LIMITS = {"heavy": 120, "light": 1200, "upload": 10, "join": 10, "address": 40}
KEPT = 10_000  # sessions, and addresses, that are remembered for each kind; whoever is forgotten has a full bucket
SESSION = re.compile(rb'"session_hash"\s*:\s*"([\w-]{1,64})"')
FUNCTION = re.compile(rb'"fn_index"\s*:\s*(\d{1,6})')
JOINED, CALLED, UPLOAD = "/gradio_api/queue/join", "/gradio_api/call/", "/gradio_api/upload"
ROOM = ("/room/join", "/room/open")


def limits(text: str | None = None) -> dict[str, int]:
    """Calls a minute by kind, changed by `text`, AIGC_LIMITS where None; ValueError says what is wrong with it."""
    found = dict(LIMITS)
    for part in (os.environ.get("AIGC_LIMITS", "") if text is None else text).replace(",", " ").split():
        name, _, number = part.partition("=")
        if name not in LIMITS or not number.isdecimal():
            raise ValueError(f"AIGC_LIMITS: {part} is not one of {', '.join(f'{name}=N' for name in LIMITS)}")
        found[name] = int(number)
    return found


class Buckets:
    """A bucket of `most` calls for every key, filled in a minute."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic):
        self.most, self.clock = most, clock
        self.filled: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> calls left, when that was

    def take(self, key: str) -> float:
        """Take one call; the seconds to wait where there is none."""
        now = self.clock()
        left, then = self.filled.pop(key, (float(self.most), now))
        left = min(self.most, left + (now - then) * self.most / 60)
        granted = left >= 1 or not self.most
        self.filled[key] = (left - granted, now)
        while len(self.filled) > KEPT:
            self.filled.popitem(last=False)
        return 0.0 if granted else (1 - left) * 60 / self.most


class Flood:
    """ASGI middleware that slows a flood. `heavy`: numbers and API names of the events that compute for long."""

    def __init__(self, app: App, heavy: Collection[int | str], most: dict[str, int]):
        self.app, self.heavy = app, frozenset(heavy)
        kinds = [kind for kind in LIMITS if kind != "address"]
        self.sessions = {kind: Buckets(most[kind]) for kind in kinds}
        self.addresses = {kind: Buckets(most[kind] * most["address"]) for kind in kinds}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = addresses.path(scope) if scope["type"] == "http" and scope["method"] == "POST" else ""
        session, kind = "", ""
        if path.startswith((JOINED, CALLED)):
            body, receive = await read(receive)
            session = found[1].decode() if (found := SESSION.search(body)) else ""
            event: int | str = path.rstrip("/").rpartition("/")[2]
            if path.startswith(JOINED):
                event = int(found[1]) if (found := FUNCTION.search(body)) else -1
            kind = "heavy" if event in self.heavy else "light"
        elif path.rstrip("/") == UPLOAD:
            kind = "upload"
        elif path in ROOM:
            kind = "join"
        wait = self.wait(kind, session, (scope.get("client") or ("",))[0]) if kind else 0
        if wait:
            await refuse(scope, send, math.ceil(wait))
        else:
            await self.app(scope, receive, send)

    def wait(self, kind: str, session: str, address: str) -> float:
        """Seconds until a call of this kind may be made, 0 where it is made now."""
        return (self.sessions[kind].take(session) if session else 0) or self.addresses[kind].take(address)


async def refuse(scope: Scope, send: Send, seconds: int) -> None:
    """The sentence, as Gradio's clients and the pages of rooms read it."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    page = re.search(rb"[?&]lang=([A-Za-z-]{2,8})(?:&|#|$)", header(scope["headers"], b"referer"))
    accepted = header(scope["headers"], b"accept-language").decode("latin-1")
    lang = choose(asked or (page[1].decode() if page else ""), accepted)
    words = tr(lang, "error.flood", seconds=seconds)
    body = json.dumps({"detail": words, "error": words, "fault": "flood"}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", str(seconds).encode())]
    await answer(send, 429, headers, body)


async def read(receive: Receive) -> tuple[bytes, Receive]:
    """The body of a request, and a `receive` that gives it once more."""
    messages: list[Message] = []
    while not messages or (messages[-1]["type"] == "http.request" and messages[-1].get("more_body", False)):
        messages.append(await receive())
    kept = iter(messages)

    async def again() -> Message:
        return next(kept, None) or await receive()

    return b"".join(message.get("body", b"") for message in messages), again
