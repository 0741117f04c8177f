"""Rooms: one person presents a lesson, the others follow step by step or explore, vote, raise a hand, post results.

All of it lives in one object in the memory of the server's process, used from one thread: `Rooms`. A room is known by a
short code, which lets people in, and by a key, which only its presenter has. Every method raises a UserError that says
what to do. Times are seconds of `clock`.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from aigc_demo.core.errors import BadRequestError, NotFoundError, UnavailableError, UserError
from aigc_demo.services.room.lessons import Lesson
from aigc_demo.services.room.wall import Post, made
from aigc_demo.services.use_case import Json

ROOMS = 12
PEOPLE = 200  # in a room
POSTS = 60  # on a wall
POSTS_EACH = 6
LETTERS = "BCDFGHJKMNPQRTVWXY346789"  # of a code: none that is taken for another
CODE = 5
HERE = 12  # seconds since somebody was last heard of, for whom they count
FORGOTTEN = 900
LEFT = 2 * 3600  # seconds after which a room without its presenter is closed
LONGEST = 12 * 3600  # seconds of a room
TRIES, TRYING = 10, 60  # wrong keys from one address within so many seconds
ADDRESSES = 1000  # that are remembered for it
ANSWERS = ("right", "b", "c")  # of a question, as its texts are called


class WrongKeyError(UserError):
    """The passphrase or the key of a room is not that one."""


@dataclass
class Person:
    heard: float
    follows: bool = True
    hand: bool = False
    posts: int = 0


@dataclass
class Room:
    """at: the step that is shown, from 1; 0 before the lesson begins. move: grows whenever people are to move."""

    code: str
    key: str
    lesson: Lesson
    opened: float
    presented: float
    at: int = 0
    move: int = 0
    people: OrderedDict[str, Person] = field(default_factory=OrderedDict)
    votes: dict[str, dict[str, str]] = field(default_factory=dict)  # question -> person -> answer, newest question last
    wall: dict[str, Post] = field(default_factory=dict)
    hung: int = 0  # grows whenever the wall changes for everyone


class Rooms:
    """All rooms. passphrase: opens them; without one there are none. tabs, questions: of all pages."""

    def __init__(
        self, passphrase: str, tabs: Set[str], questions: Set[str], clock: Callable[[], float] = time.monotonic
    ):
        self.passphrase, self.tabs, self.questions, self.clock = passphrase, tabs, questions, clock
        self.rooms: dict[str, Room] = {}
        self.tried: OrderedDict[str, list[float]] = OrderedDict()

    # the presenter

    def open(self, lesson: Lesson) -> Room:
        """A new room, for whoever was admitted."""
        self.tidy()
        if len(self.rooms) >= ROOMS:
            raise UnavailableError("room.rooms_full", most=ROOMS)
        now = self.clock()
        code = next(code for code in iter(new_code, None) if code not in self.rooms)
        room = self.rooms[code] = Room(code, secrets.token_urlsafe(24), lesson, now, now)
        return room

    def presented(self, code: Any, key: Any) -> Room:
        """The room of this code, for its presenter."""
        room = self.room(code)
        if not same(room.key, key):
            raise WrongKeyError("room.wrong_key")
        room.presented = self.clock()
        return room

    def admit(self, given: Any, place: str) -> None:
        """Let in whoever knows the passphrase, after a few tries a minute from every address at most."""
        if not self.passphrase:
            raise UnavailableError("room.off")
        now = self.clock()
        wrong = [at for at in self.tried.pop(place, ()) if now - at < TRYING]
        if wrong:
            self.tried[place] = wrong
        if len(wrong) >= TRIES:
            raise UnavailableError("room.tries", seconds=int(TRYING - (now - wrong[0])) + 1)
        if not same(self.passphrase, given):
            self.tried[place] = [*wrong, now]
            while len(self.tried) > ADDRESSES:
                self.tried.popitem(last=False)
            raise WrongKeyError("room.wrong_passphrase")

    def go(self, room: Room, at: Any) -> None:
        """Show a step; whoever follows is moved there."""
        if type(at) is not int or not 0 <= at <= len(room.lesson.steps):
            raise BadRequestError("room.no_step", most=len(room.lesson.steps))
        room.at, room.move = at, room.move + 1

    def gather(self, room: Room) -> None:
        """Bring everyone to the step that is shown."""
        for person in room.people.values():
            person.follows = True
        room.move += 1

    def teach(self, room: Room, lesson: Lesson) -> None:
        """Begin another lesson in the same room."""
        room.lesson, room.at = lesson, 0

    def lower(self, room: Room) -> None:
        """Take down the hands of all people."""
        for person in room.people.values():
            person.hand = False

    def show(self, room: Room, post: Any, shown: Any) -> None:
        """Show a post to everyone, or hide it."""
        self.post(room, post).shown = shown is True
        room.hung += 1

    def close(self, room: Room) -> None:
        """The end of a room, and of all that it held."""
        self.rooms.pop(room.code, None)

    def desk(self, room: Room, lang: str) -> Json:
        """What the presenter is told, once a second."""
        here = [person for person in room.people.values() if self.here(person)]
        return {
            **self.seen(room, lang),
            "strip": [{"title": step.title[lang], "minutes": step.minutes} for step in room.lesson.steps],
            "following": sum(person.follows for person in here),
            "hands": sum(person.hand for person in here),
            "votes": [
                {"card": card, "counts": [list(given.values()).count(answer) for answer in ANSWERS]}
                for card, given in reversed(room.votes.items())
            ],
            "wall": [post.plain() for post in reversed(room.wall.values())],
        }

    # everyone

    def join(self, code: Any) -> tuple[Room, str]:
        """The room of this code and a name that stands for a new person in it."""
        room = self.room(code)
        now = self.clock()
        for name, person in list(room.people.items()):
            away = now - person.heard
            if away > FORGOTTEN or (len(room.people) >= PEOPLE and away > HERE):
                self.forget(room, name)
        if len(room.people) >= PEOPLE:
            raise UnavailableError("room.full", most=PEOPLE)
        name = secrets.token_urlsafe(12)
        room.people[name] = Person(now)
        return room, name

    def forget(self, room: Room, name: str) -> None:
        """Somebody is gone, and their votes with them."""
        del room.people[name]
        for given in room.votes.values():
            given.pop(name, None)

    def person(self, room: Room, name: Any) -> Person:
        """Somebody in a room, who has just been heard of."""
        found = room.people.get(name) if isinstance(name, str) else None
        if found is None:
            raise NotFoundError("room.not_joined")
        found.heard = self.clock()
        return found

    def seat(self, room: Room, person: Person, lang: str) -> Json:
        """What somebody in a room is told, once a second."""
        shown = sum(post.shown for post in room.wall.values())
        return {
            **self.seen(room, lang),
            "follows": person.follows,
            "hand": person.hand,
            "posts": shown,
            "hung": room.hung,
        }

    def free(self, person: Person, follows: Any) -> None:
        """Let somebody follow the presenter, or explore."""
        person.follows = follows is True

    def raised(self, person: Person, up: Any) -> None:
        """Raise a hand, or take it down."""
        person.hand = up is True

    def vote(self, room: Room, name: str, card: Any, answer: Any) -> None:
        """Guess at a question; the last guess of a person counts."""
        if not isinstance(card, str) or card not in self.questions or answer not in ANSWERS:
            raise BadRequestError("room.no_question")
        given = room.votes.pop(card, {})
        room.votes[card] = {**given, name: answer}

    def posted(self, room: Room, name: str, post: Post) -> None:
        """Hand in a result; nobody but the presenter sees it yet."""
        person = self.person(room, name)
        if person.posts >= POSTS_EACH:
            raise UnavailableError("room.posts_each", most=POSTS_EACH)
        if len(room.wall) >= POSTS:  # the oldest that is not shown makes room
            hidden = next((one.id for one in room.wall.values() if not one.shown), None)
            if hidden is None:
                raise UnavailableError("room.posts_full", most=POSTS)
            del room.wall[hidden]
        person.posts += 1
        room.wall[post.id] = post

    def read_post(self, name: str, sent: Mapping[str, Any]) -> Post:
        """A post as it was sent, checked; the slow part, for another thread."""
        return made(name, sent, self.tabs)

    def wall(self, room: Room) -> list[Json]:
        """What is shown to everyone, the newest first."""
        return [post.plain() for post in reversed(room.wall.values()) if post.shown]

    def post(self, room: Room, post: Any) -> Post:
        """A post by its id, which nobody can guess."""
        found = room.wall.get(post) if isinstance(post, str) else None
        if found is None:
            raise NotFoundError("room.no_post")
        return found

    def room(self, code: Any) -> Room:
        """The room of a code, in large or small letters."""
        self.tidy()
        found = self.rooms.get(code.strip().upper()) if isinstance(code, str) and len(code) <= 40 else None
        if found is None:
            raise NotFoundError("room.no_room")
        return found

    def here(self, person: Person) -> bool:
        """Whether somebody has been heard of just now."""
        return self.clock() - person.heard <= HERE

    def seen(self, room: Room, lang: str) -> Json:
        """What all may know of a room."""
        steps = room.lesson.steps
        now, following = (
            {"title": step.title[lang], "task": step.task[lang], "link": step.link, "minutes": step.minutes}
            if step
            else None
            for step in (steps[room.at - 1] if room.at else None, steps[room.at] if room.at < len(steps) else None)
        )
        return {
            "room": room.code,
            "lesson": room.lesson.title[lang],
            "move": room.move,
            "at": room.at,
            "steps": len(steps),
            "now": now,
            "next": following,
            "people": sum(map(self.here, room.people.values())),
        }

    def tidy(self) -> None:
        """Close the rooms whose time is over."""
        now = self.clock()
        for room in list(self.rooms.values()):
            if now - room.presented > LEFT or now - room.opened > LONGEST:
                self.close(room)


def same(secret: str, given: Any) -> bool:
    """Whether a text is the secret, in a time that tells nothing of it."""
    return isinstance(given, str) and hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace"))


def new_code() -> str:
    """Letters and digits for a room."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE))
