"""Rooms over HTTP: JSON under /room/, on the server's own port, for the page /room and the bar of people who joined.

No cookies: whoever presents or takes part sends a token in a header of its own. A person asks once a second how things
stand; that costs a fraction of a millisecond.
"""

import asyncio
import inspect
import json
import os
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

import segno

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import BadRequestError, NotFoundError, UnavailableError, UserError
from aigc_demo.services.experiments import experiments_of
from aigc_demo.services.room import lessons
from aigc_demo.services.room.lessons import Lesson
from aigc_demo.services.room.rooms import ANSWERS, Room, Rooms, WrongKeyError
from aigc_demo.ui import addresses
from aigc_demo.ui.asgi import App, Receive, Scope, Send, answer, header
from aigc_demo.ui.i18n import choose, sentence, tr

PAGE = "room"
PREFIX = f"/{PAGE}/"
LARGEST = 600_000  # bytes of a request
ADDRESS = 300  # characters of an address in a QR code
STATUS = {WrongKeyError: 403, NotFoundError: 404, UnavailableError: 503}


def passphrase() -> str:
    """What opens a room; empty: there are none."""
    return os.environ.get("AIGC_PRESENTER_KEY", "").strip()


@cache
def tabs() -> frozenset[str]:
    """The inner tabs of all pages, as "<family>_<tab>"."""
    families = [family.stem for family in catalogue.families()]
    pages = {family: import_module(f"aigc_demo.ui.tabs.{family}.page").TABS for family in families}
    return frozenset(f"{family}_{tab}" for family in families for tab in pages[family])


@cache
def questions() -> frozenset[str]:
    """Keys of all questions that are answered by an experiment."""
    return frozenset(key for family in catalogue.families() for key in experiments_of(family.stem))


@dataclass(frozen=True)
class Call:
    """A request: what was sent, the token of whoever sent it, their language and address."""

    sent: dict[str, Any]
    token: str
    lang: str
    place: str

    @property
    def code(self) -> Any:
        """Of the room that is meant, as it was sent."""
        return self.sent.get("room")


class Desk:
    """What can be asked, by name: a method for each, which gives JSON, or a file as (type, bytes)."""

    def __init__(self, rooms: Rooms):
        self.rooms = rooms

    # the presenter

    async def open(self, call: Call) -> Any:
        self.rooms.admit(call.sent.get("passphrase"), call.place)
        if again := call.sent.get("again"):
            room = self.rooms.room(again)
        else:
            text = call.sent.get("lesson") or lessons.shipped(lessons.SHIPPED[0])
            room = self.rooms.open(await asyncio.to_thread(self.lesson_of, text))
        return {**self.shown(room, call), "key": room.key}

    def desk(self, call: Call) -> Any:
        return self.shown(self.presented(call), call)

    def step(self, call: Call) -> Any:
        self.rooms.go(self.presented(call), call.sent.get("at"))
        return self.desk(call)

    def gather(self, call: Call) -> Any:
        self.rooms.gather(self.presented(call))
        return self.desk(call)

    def lower(self, call: Call) -> Any:
        self.rooms.lower(self.presented(call))
        return self.desk(call)

    def show(self, call: Call) -> Any:
        self.rooms.show(self.presented(call), call.sent.get("post"), call.sent.get("shown"))
        return self.desk(call)

    async def teach(self, call: Call) -> Any:
        self.presented(call)
        lesson = await asyncio.to_thread(self.lesson_of, call.sent.get("lesson"))
        self.rooms.teach(self.presented(call), lesson)
        return self.desk(call)

    def source(self, call: Call) -> Any:
        return {"lesson": self.presented(call).lesson.source}

    def close(self, call: Call) -> Any:
        self.rooms.close(self.presented(call))
        return {}

    def qr(self, call: Call) -> Any:
        self.presented(call)
        address = call.sent.get("address")
        if not isinstance(address, str) or not address.startswith(("http://", "https://")) or len(address) > ADDRESS:
            raise BadRequestError("room.address")
        rows = segno.make(address, error="m", micro=False).matrix
        return {"rows": ["".join(map(str, row)) for row in rows]}

    # everyone

    def lessons(self, call: Call) -> Any:
        return {"lessons": [chosen(name, call.lang) for name in lessons.SHIPPED]}

    def join(self, call: Call) -> Any:
        room, name = self.rooms.join(call.code)
        return {**self.rooms.seat(room, room.people[name], call.lang), "person": name}

    def seat(self, call: Call) -> Any:
        room = self.rooms.room(call.code)
        return self.rooms.seat(room, self.rooms.person(room, call.token), call.lang)

    def follow(self, call: Call) -> Any:
        self.rooms.free(self.rooms.person(self.rooms.room(call.code), call.token), call.sent.get("follows"))
        return self.seat(call)

    def hand(self, call: Call) -> Any:
        self.rooms.raised(self.rooms.person(self.rooms.room(call.code), call.token), call.sent.get("up"))
        return self.seat(call)

    def vote(self, call: Call) -> Any:
        room = self.rooms.room(call.code)
        self.rooms.person(room, call.token)
        self.rooms.vote(room, call.token, call.sent.get("card"), call.sent.get("answer"))
        return self.seat(call)

    async def post(self, call: Call) -> Any:
        self.rooms.person(self.rooms.room(call.code), call.token)
        post = await asyncio.to_thread(self.rooms.read_post, call.token, call.sent)
        self.rooms.posted(self.rooms.room(call.code), call.token, post)
        return self.seat(call)

    def wall(self, call: Call) -> Any:
        return {"wall": [named(post, call.lang) for post in self.rooms.wall(self.rooms.room(call.code))]}

    def picture(self, call: Call) -> Any:
        file = self.rooms.post(self.rooms.room(call.code), call.sent.get("post")).picture
        if not file:
            raise NotFoundError("room.no_post")
        return ("image/png" if file.startswith(b"\x89PNG") else "image/webp", file)

    # what several share

    def presented(self, call: Call) -> Room:
        return self.rooms.presented(call.code, call.token)

    def lesson_of(self, text: Any) -> Lesson:
        if not isinstance(text, str):
            raise BadRequestError("room.lesson_form")
        return lessons.read(text, self.rooms.tabs)

    def shown(self, room: Room, call: Call) -> Any:
        """The desk with the words of this page."""
        told = self.rooms.desk(room, call.lang)
        for vote in told["votes"]:
            card = vote["card"]
            vote["question"] = tr(call.lang, card)
            vote["answers"] = [tr(call.lang, f"{card}_{name}") for name in ANSWERS]
            vote["reveal"] = tr(call.lang, f"{card}_reveal")
        told["wall"] = [named(post, call.lang) for post in told["wall"]]
        return told


READS = ("desk", "source", "lessons", "seat", "wall", "picture")
WRITES = ("open", "step", "gather", "lower", "show", "teach", "close", "qr", "join", "follow", "hand", "vote", "post")


@cache
def chosen(name: str, lang: str) -> dict[str, Any]:
    """A lesson that ships, to choose from."""
    lesson = lessons.read(lessons.shipped(name), tabs())
    return {"title": lesson.title[lang], "minutes": lesson.minutes, "lesson": lesson.source}


def named(post: dict[str, Any], lang: str) -> dict[str, Any]:
    """A post with the name of its inner tab."""
    family, _, tab = post["tab"].rpartition("_")
    return {**post, "title": f"{tr(lang, f'{family}.title')} · {tr(lang, f'{family}.tab_{tab}')}"}


class RoomCalls:
    """ASGI middleware that answers below /room/. rooms: the object that holds all of them."""

    def __init__(self, app: App, rooms: Rooms):
        self.app, self.desk = app, Desk(rooms)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = addresses.path(scope) if scope["type"] == "http" else ""
        name = path.removeprefix(PREFIX)
        if not path.startswith(PREFIX) or not name:
            await self.app(scope, receive, send)
            return
        query = {key: found[0] for key, found in parse_qs(scope.get("query_string", b"").decode("latin-1")).items()}
        headers = scope["headers"]
        lang = choose(query.get("lang"), header(headers, b"accept-language").decode("latin-1"))
        status, kind, body = 200, "application/json", b""
        try:
            if (scope["method"], name) not in CALLS:
                raise NotFoundError("room.no_call")
            sent = query if scope["method"] == "GET" else {**query, **await body_of(receive)}
            token = header(headers, b"x-room-token").decode("latin-1")
            call = Call(sent, token, lang, (scope.get("client") or ("",))[0])
            found = getattr(self.desk, name)(call)
            found = await found if inspect.isawaitable(found) else found
            kind, body = found if isinstance(found, tuple) else (kind, written(found))
        except UserError as error:
            status = STATUS.get(type(error), 400)
            body = written({"error": sentence(lang, error), "fault": error.key})
        kept = b"private, max-age=86400, immutable" if kind.startswith("image/") else b"no-store"
        await answer(send, status, [(b"content-type", kind.encode()), (b"cache-control", kept)], body)


CALLS = {*(("GET", name) for name in READS), *(("POST", name) for name in WRITES)}


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


async def body_of(receive: Receive) -> dict[str, Any]:
    """The JSON object of a request; BadRequestError when it is none, or too large."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise BadRequestError("room.large", most=LARGEST // 1000)
        more = message.get("more_body", False)
    try:
        found = json.loads(b"".join(parts) or b"{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequestError("room.no_json")
    return found


def service() -> Rooms:
    """The one object that holds the rooms of this process."""
    return Rooms(passphrase(), tabs(), questions())
