"""The use cases as tools of an MCP server at /gradio_api/mcp, where the optional package `mcp` is installed.

A tool is an endpoint of api.py: the same fields, queue and sentences, in the language that the program accepts. It
gives the picture where the file is one, a link to the file, and the result as JSON; steps are reported as progress. The
work of a program that goes away stops.
"""

import asyncio
import base64
import dataclasses
import importlib.util
import inspect
import json
import mimetypes
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.card import VERSION
from aigc_demo.core.errors import NotFoundError, UserError
from aigc_demo.core.params import build, rules, short
from aigc_demo.services.use_case import request_class, requests_of
from aigc_demo.ui import addresses, api
from aigc_demo.ui.asgi import App, Receive, Scope, Send, answer
from aigc_demo.ui.i18n import language, sentence, t, tr, translate

PATH = "/gradio_api/mcp"
SHOWN = 1 << 20  # bytes of a picture that travels inside the answer
PASSED = ("accept-language", "host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix", "x-forwarded-port")


class RefusedError(Exception):
    """A call that ends in a sentence."""


def offered() -> bool:
    """Whether there can be an MCP server."""
    return importlib.util.find_spec("mcp") is not None


def names() -> list[str]:
    """Names of the tools: every use case, as "<family>_<use case>"."""
    families = (family.stem for family in catalogue.families())
    return [f"{family}_{use_case}" for family in families for use_case in requests_of(family)]


def schema(name: str) -> dict[str, Any]:
    """JSON schema of what a tool takes; every field has a default."""
    request = request_class(name)
    defaults = {field.name: field.default for field in dataclasses.fields(request)}
    properties = {}
    for place, rule in rules(request).items():
        _, told, kind = api.field(name, place, *rule)
        kind.pop("additional_description")
        properties[place] = {**kind, "description": told, "default": defaults[place]}
    properties["format"] = {"type": "string", "description": t("api.format"), "default": ""}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def values(name: str, arguments: dict[str, Any], lang: str) -> list[Any]:
    """What the endpoint of a tool takes, in its order; RefusedError says what is wrong with an argument."""
    fields = {place: value for place, value in arguments.items() if place != "format"}
    try:
        if name not in names():
            raise NotFoundError("unknown_tool", name=short(name))
        request = build(request_class(name), fields)
    except UserError as error:
        raise RefusedError(sentence(lang, error)) from None
    return [*dataclasses.asdict(request).values(), arguments.get("format", "")]


async def events(request: Any, name: str, data: list[Any], lang: str) -> AsyncIterator[tuple[str, Any]]:
    """Kind and values of all that an endpoint of this server sends; whoever closes this stops its work."""
    host, port = request.scope["server"]
    headers = {key: request.headers[key] for key in PASSED if key in request.headers}
    headers["x-forwarded-for"] = request.client.host  # counts as a call of that address, see flood.py
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/gradio_api/call/{name}"
    async with httpx.AsyncClient(headers=headers, timeout=None, trust_env=False) as client:
        joined = await client.post(address, json={"data": data})
        if joined.status_code != 200:
            raise RefusedError(tr(lang, "error.busy"))
        async with client.stream("GET", f"{address}/{joined.json()['event_id']}") as stream:
            kind = ""
            async for line in stream.aiter_lines():
                head, _, rest = line.partition(": ")
                if head == "event":
                    kind = rest
                elif head == "data":
                    yield kind, json.loads(rest)


def content(file: dict[str, Any]) -> list[Any]:
    """A file as a tool gives it: a link, before it the picture itself if it is one."""
    from mcp import types

    name = file["orig_name"]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    link = types.ResourceLink(type="resource_link", uri=file["url"], name=name, mimeType=kind)
    place = Path(file["path"])
    if not kind.startswith("image/") or place.stat().st_size > SHOWN:
        return [link]
    picture = base64.b64encode(place.read_bytes()).decode()
    return [types.ImageContent(type="image", data=picture, mimeType=kind), link]


async def called(context: Any, name: str, arguments: dict[str, Any]) -> Any:
    """The result of a tool; while it works, its steps go to the program that asked for progress."""
    from mcp import types

    lang = language(context.request)
    token = context.meta and context.meta.progressToken
    made: Any = None
    async for kind, found in events(context.request, name, values(name, arguments, lang), lang):
        if kind == "error":
            raise RefusedError((found or {}).get("error") or tr(lang, "error.busy"))
        if kind == "complete":
            made = found
        elif kind == "generating" and token is not None and isinstance(found[1], dict) and "done" in found[1]:
            done, total = found[1]["done"], found[1]["total"]
            await context.session.send_progress_notification(token, done, total, related_request_id=context.request_id)
    file, result = made
    told = types.TextContent(type="text", text=json.dumps(result, ensure_ascii=False))
    return types.CallToolResult(
        content=[*await asyncio.to_thread(content, file), told], structuredContent=result, isError=False
    )


@cache
def server() -> Any:
    """The MCP server; the package is loaded with its first request."""
    from mcp import types
    from mcp.server.lowlevel import Server

    made: Any = Server("aigc-demo", VERSION)

    async def list_tools() -> list[Any]:
        lang = language(made.request_context.request)
        tools = [
            {"name": name, "description": inspect.getdoc(request_class(name)), "inputSchema": schema(name)}
            for name in names()
        ]
        plain = json.loads(translate(json.dumps(tools, ensure_ascii=False).encode(), lang))
        return [types.Tool(**tool) for tool in plain]

    async def call_tool(name: str, arguments: dict[str, Any]) -> Any:
        return await called(made.request_context, name, arguments)

    made.list_tools()(list_tools)
    made.call_tool(validate_input=False)(call_tool)  # `build` does, with a sentence
    return made


class Tools:
    """ASGI middleware that answers at PATH. No session is kept: every request stands alone."""

    def __init__(self, app: App):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or addresses.path(scope).rstrip("/") != PATH:
            await self.app(scope, receive, send)
            return
        if scope["method"] != "POST":
            plain = [(b"content-type", b"text/plain"), (b"allow", b"POST")]
            await answer(send, 405, plain, b"This is an MCP server; programs post to it.")
            return
        made = await asyncio.to_thread(server)
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        manager = StreamableHTTPSessionManager(made, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)
