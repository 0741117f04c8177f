"""What our ASGI middlewares share: the types, the answer of another app as a whole, an answer of our own."""

import gzip
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import brotli

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), payment=(), usb=()"),
]


def header(headers: Headers, name: bytes) -> bytes:
    """The value of a header, or nothing."""
    return next((value for key, value in headers if key.lower() == name), b"")


def encoding_for(scope: Scope) -> str:
    """br, gzip or nothing, whatever the browser takes."""
    accepted = header(scope["headers"], b"accept-encoding")
    return "br" if b"br" in accepted else "gzip" if b"gzip" in accepted else ""


def squeeze(body: bytes, encoding: str, quality: int) -> bytes:
    if encoding == "br":
        return brotli.compress(body, quality=quality)
    return gzip.compress(body, 6) if encoding == "gzip" else body


async def collect(app: App, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
    """The whole answer of `app`, uncompressed."""
    status, headers, parts = 500, [], []

    async def take(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    plain = {**scope, "headers": [(key, value) for key, value in scope["headers"] if key.lower() not in unwanted]}
    await app(plain, receive, take)
    return status, headers, b"".join(parts)


async def answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
