"""The MCP server of the running app, asked by the client of the package that the protocol's authors publish."""

import ast
import asyncio
import base64
import dataclasses
import inspect
import io
import time

import httpx
import pytest
from api import calm, spoken
from PIL import Image

from aigc_demo.services.use_case import request_class
from aigc_demo.ui import tools

pytest.importorskip("mcp", reason="the optional package mcp is not installed")


def ask(app_url, work, lang="en"):
    """What `work`, a coroutine function of a session with the server, gives."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def session():
        headers = {"accept-language": lang}
        async with (
            httpx.AsyncClient(headers=headers, timeout=60, follow_redirects=True) as client,
            streamable_http_client(f"{app_url}{tools.PATH}/", http_client=client) as (read, write, _),
            ClientSession(read, write) as speaking,
        ):
            await speaking.initialize()
            return await work(speaking)

    return asyncio.run(session())


def call(app_url, name, lang="en", **arguments):
    """The result of one tool."""
    return ask(app_url, lambda session: session.call_tool(name, arguments), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_tools_are_the_use_cases(app_url, client, lang):
    found = {tool.name: tool for tool in ask(app_url, lambda session: session.list_tools(), lang).tools}
    assert list(found) == tools.names()
    assert {f"/{name}" for name in found} <= set(client.get(f"{app_url}/gradio_api/info").json()["named_endpoints"])
    for name, tool in found.items():
        fields = {field.name: field.default for field in dataclasses.fields(request_class(name))}
        properties = tool.inputSchema["properties"]
        assert {place: part["default"] for place, part in properties.items()} == fields | {"format": ""}
        assert all(part["description"] and "⟦" not in part["description"] for part in properties.values())
        assert tool.description
    words = found["diffusion_draw"].inputSchema["properties"]["steps"]["description"]
    assert any("一" <= sign <= "鿿" for sign in words) == (lang == "zh")


def test_a_call_gives_the_picture_a_link_and_the_result(app_url, client):
    made = call(app_url, "diffusion_forward", level="600")
    picture, link, words = made.content
    assert not made.isError and made.structuredContent["card"]["values"]["level"] == 600
    assert picture.mimeType == link.mimeType == "image/png"
    assert Image.open(io.BytesIO(base64.b64decode(picture.data))).width >= 32
    assert client.get(str(link.uri)).content == base64.b64decode(picture.data)
    assert '"use_case": "diffusion_forward"' in words.text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "name, arguments",
    [
        ("diffusion_draw", {"steps": 5000}),
        ("diffusion_draw", {"steps": "seven"}),
        ("diffusion_draw", {"digits": 7}),
        ("diffusion_draw", {"steps": 1, "format": "exe"}),
        ("nothing_draw", {}),
    ],
)
def test_a_bad_call_gets_a_sentence(app_url, name, arguments, lang):
    made = call(app_url, name, lang, **arguments)
    assert made.isError and spoken(made.content[0].text, lang), made.content[0].text


def test_a_long_call_reports_its_steps(app_url):
    steps = []

    async def told(done, total, message):
        steps.append((done, total))

    work = {"steps": 8, "seed": 7, "sampler": "ddim"}
    made = ask(app_url, lambda session: session.call_tool("diffusion_draw", work, progress_callback=told))
    assert not made.isError
    assert steps == sorted(steps) and len(steps) > 4 and {total for _, total in steps} == {9}


def test_a_program_that_goes_away_stops_its_work(app_url, app_process):
    async def leave(session):
        begun = asyncio.Event()

        async def told(done, total, message):
            begun.set()

        work = asyncio.create_task(session.call_tool("diffusion_draw", {"steps": 1000}, progress_callback=told))
        await begun.wait()
        work.cancel()

    began = time.monotonic()
    ask(app_url, leave)
    assert calm(app_process[0].pid, 10), f"still at work {time.monotonic() - began:.0f} s later"


def test_a_browser_that_looks_in_is_told_what_stands_there(app_url, client):
    answer = client.get(f"{app_url}{tools.PATH}", headers={"accept": "text/html"})
    assert answer.status_code == 405 and "MCP" in answer.text


def test_nothing_of_the_package_is_needed_before_a_request():
    tree = ast.parse(inspect.getsource(tools))
    top = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    assert not [line for line in top if "mcp" in line.split()[1].split(".")]


def test_the_link_is_that_of_the_address_the_program_used(app_url):
    host = app_url.replace("127.0.0.1", "localhost")
    made = call(host, "diffusion_forward")
    assert str(made.content[1].uri).startswith(host)
