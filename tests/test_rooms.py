"""Rooms: who may do what, and what is bounded."""

import io

import pytest
from PIL import Image
from rooms import KEY, picture

from aigc_demo.core.errors import UserError
from aigc_demo.services.room import lessons, rooms
from aigc_demo.services.room.links import canonical
from aigc_demo.services.room.rooms import Rooms, WrongKeyError
from aigc_demo.ui.rooms import questions, tabs

LESSON = """
title: A short one
steps:
  - {title: Noise, minutes: 5, link: "diffusion?tab=diffusion_forward&level=100", task: Look.}
  - {title: {zh: 写字, en: Writing}, link: "http://here/lab/gpt?tab=gpt_write&seed=7&lang=zh&lock=seed&task=Write"}
"""
CARD = "gan.predict_limit"


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def made(clock):
    """Rooms with a passphrase, on the clock of the test."""
    return Rooms(KEY, tabs(), questions(), clock)


@pytest.fixture
def lesson():
    return lessons.read(LESSON, tabs())


# lessons


@pytest.mark.parametrize("name", lessons.SHIPPED)
def test_a_shipped_lesson_takes_45_minutes_and_speaks_both_languages(name):
    lesson = lessons.read(lessons.shipped(name), tabs())
    assert lesson.minutes == 45
    for words in (lesson.title, *(part for step in lesson.steps for part in (step.title, step.task))):
        assert any("一" <= sign <= "鿿" for sign in words["zh"]) and words["en"].isascii()


def test_a_lesson_is_read_with_links_of_any_host_and_a_task_out_of_the_link(lesson):
    first, second = lesson.steps
    assert first.link == "./diffusion?tab=diffusion_forward&level=100" and first.title["zh"] == "Noise"
    assert second.link == "./gpt?tab=gpt_write&seed=7&lock=seed"
    assert (second.task["en"], second.minutes, second.title["zh"]) == ("Write", 5, "写字")


STEP = "- {title: a, task: b, link: 'gpt?tab=gpt_write'"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("title: [", "room.lesson_yaml"),
        ("title: \x00", "room.lesson_yaml"),
        ("title: 2026-13-45\nsteps: []", "room.lesson_yaml"),
        ("[" * 5000, "room.lesson_yaml"),
        ("title: &a x\nsteps: [*a]", "room.lesson_alias"),
        ("title: x", "room.lesson_form"),
        ("- 1", "room.lesson_form"),
        ("title: x\nsteps: {}", "room.lesson_form"),
        ("title: x\nsteps: []", "room.lesson_steps"),
        ("title: ''\nsteps: [{}]", "room.lesson_title"),
        ("title: {fr: x}\nsteps: [{}]", "room.lesson_title"),
        ("title: x\nsteps: [text]", "room.step_form"),
        (f"title: x\nsteps:\n {STEP}, colour: red}}", "room.step_entry"),
        (f"title: x\nsteps:\n {STEP}, minutes: 0}}", "room.step_minutes"),
        (f"title: x\nsteps:\n {STEP}, minutes: true}}", "room.step_minutes"),
        ("title: x\nsteps: [{title: a, task: b}]", "room.step_link"),
        ("title: x\nsteps: [{title: a, task: b, link: 'https://elsewhere.org/'}]", "room.step_link"),
        ("title: x\nsteps: [{title: a, task: b, link: 'gpt?tab=gpt_nothing'}]", "room.step_link"),
        ("title: x\nsteps: [{title: a, task: b, link: 'gpt?tab=gpt_write&colour=red'}]", "room.step_field"),
        ("title: x\nsteps: [{title: a, task: b, link: 'gpt?tab=gpt_write&temperature=9'}]", "room.step_value"),
        ("title: x\nsteps: [{title: a, task: b, link: 'gpt?tab=gpt_write&lock=colour'}]", "room.step_field"),
        ("title: x\nsteps: [{task: b, link: 'gpt?tab=gpt_write'}]", "room.step_title"),
        ("title: x\nsteps: [{title: a, link: 'gpt?tab=gpt_write'}]", "room.step_task"),
        (f"title: x\nsteps: [{{title: a, task: {'b' * 601}, link: 'gpt?tab=gpt_write'}}]", "room.step_task"),
        ("x" * (lessons.LARGEST + 1), "room.lesson_large"),
    ],
)
def test_what_is_wrong_with_a_lesson_is_one_sentence(text, key):
    with pytest.raises(UserError) as refused:
        lessons.read(text, tabs())
    assert refused.value.key == key and "\n" not in str(refused.value)


def test_a_link_carries_flags_and_leaves_out_what_sets_nothing():
    assert canonical("gpt?tab=gpt_poem&rhymed=false&room=ABCDE&view=board", tabs()) == "./gpt?tab=gpt_poem&rhymed=False"


# who may do what


def test_only_the_passphrase_opens_and_only_the_key_presents(made, lesson):
    for wrong in ("", "x", KEY + " ", None, 7, "\udcff"):
        with pytest.raises(WrongKeyError):
            made.admit(wrong, "elsewhere")
    made.admit(KEY, "here")
    room = made.open(lesson)
    for wrong in ("", "x", KEY, None):
        with pytest.raises(WrongKeyError):
            made.presented(room.code, wrong)
    assert made.presented(room.code.lower(), room.key) is room


def test_guessing_the_passphrase_is_slowed_for_one_address_only(made, clock):
    for _ in range(rooms.TRIES):
        with pytest.raises(WrongKeyError):
            made.admit("x", "there")
    with pytest.raises(UserError, match="Wait 60|Wait 61"):
        made.admit(KEY, "there")
    made.admit(KEY, "here")
    clock.now += rooms.TRYING
    made.admit(KEY, "there")
    for number in range(rooms.ADDRESSES + 50):
        with pytest.raises(WrongKeyError):
            made.admit("x", str(number))
    assert len(made.tried) == rooms.ADDRESSES


def test_without_a_passphrase_there_are_no_rooms():
    with pytest.raises(UserError, match="AIGC_PRESENTER_KEY"):
        Rooms("", tabs(), questions()).admit("", "")


# following


def test_people_follow_explore_and_are_brought_back(made, lesson):
    room = made.open(lesson)
    _, ann = made.join(room.code)
    _, bob = made.join(room.code)
    made.free(made.person(room, bob), False)
    made.go(room, 1)
    seat = made.seat(room, made.person(room, ann), "zh")
    assert (seat["at"], seat["move"], seat["follows"], seat["now"]["title"]) == (1, 1, True, "Noise")
    assert made.seat(room, made.person(room, bob), "en")["follows"] is False
    assert (made.desk(room, "en")["people"], made.desk(room, "en")["following"]) == (2, 1)
    made.gather(room)
    assert made.seat(room, made.person(room, bob), "en")["follows"] and room.move == 2
    for wrong in (-1, 3, True, "1", None):
        with pytest.raises(UserError):
            made.go(room, wrong)
    assert room.at == 1


def test_hands_are_counted_and_lowered(made, lesson, clock):
    room = made.open(lesson)
    for _ in range(3):
        _, name = made.join(room.code)
        made.raised(made.person(room, name), True)
    assert made.desk(room, "en")["hands"] == 3
    made.lower(room)
    assert made.desk(room, "en")["hands"] == 0
    clock.now += rooms.HERE + 1
    made.person(room, name)
    assert made.desk(room, "en")["people"] == 1  # the others have not been heard of


def test_the_last_guess_of_everyone_counts(made, lesson):
    room = made.open(lesson)
    _, ann = made.join(room.code)
    _, bob = made.join(room.code)
    for name, answer in ((ann, "b"), (bob, "c"), (ann, "right")):
        made.vote(room, name, CARD, answer)
    assert made.desk(room, "en")["votes"] == [{"card": CARD, "counts": [1, 0, 1]}]
    for card, answer in (("gan.nothing", "b"), (CARD, "d"), ([], "b"), (CARD, None)):
        with pytest.raises(UserError):
            made.vote(room, ann, card, answer)


# bounds


def test_rooms_people_and_lives_are_bounded(made, lesson, clock):
    for _ in range(rooms.ROOMS):
        room = made.open(lesson)
    with pytest.raises(UserError, match="rooms can be open"):
        made.open(lesson)
    for _ in range(rooms.PEOPLE):
        _, name = made.join(room.code)
        made.vote(room, name, CARD, "b")
    with pytest.raises(UserError, match="full"):
        made.join(room.code)
    clock.now += rooms.HERE + 1
    made.join(room.code)  # whoever is gone makes room, and takes the votes along
    assert len(room.people) == rooms.PEOPLE and made.desk(room, "en")["votes"][0]["counts"] == [0, rooms.PEOPLE - 1, 0]
    clock.now += rooms.LEFT - 60
    made.presented(room.code, room.key)
    clock.now += 60
    made.tidy()
    assert list(made.rooms) == [room.code]  # the others' presenters have not come back
    made.presented(room.code, room.key)
    while clock.now + rooms.LEFT <= rooms.LONGEST:
        clock.now += rooms.LEFT
        made.presented(room.code, room.key)
    clock.now = rooms.LONGEST + 1
    with pytest.raises(UserError, match="no room"):
        made.join(room.code)


def test_a_post_is_bounded_and_keeps_nothing_but_pixels(made, lesson):
    room = made.open(lesson)
    _, name = made.join(room.code)
    sent = {"tab": "diffusion_draw", "values": {"seed": "9", "digit": 3}, "words": " a three ", "picture": picture()}
    post = made.read_post(name, sent)
    assert (post.values, post.words) == ({"seed": 9, "digit": 3}, "a three")
    assert max(Image.open(io.BytesIO(post.picture)).size) == 256 and len(post.picture) < 70_000
    for fault in (
        {"tab": "gpt_nothing"},
        {"values": {"seed": -1}},
        {"values": {"colour": 1}},
        {"values": None},
        {"words": "x" * 121},
        {"words": ["x"]},
        {"picture": "data:image/svg+xml;base64,PHN2Zy8+"},
        {"picture": "data:image/png;base64,AAAA"},
        {"picture": "x" * 400_001},
        {"picture": 7},
    ):
        with pytest.raises(UserError):
            made.read_post(name, {**sent, **fault})
    for _ in range(rooms.POSTS_EACH):
        made.posted(room, name, made.read_post(name, {**sent, "picture": ""}))
    with pytest.raises(UserError, match="6 results"):
        made.posted(room, name, post)


def test_a_full_wall_lets_go_of_what_is_hidden_first(made, lesson):
    room = made.open(lesson)
    for _ in range(rooms.POSTS):
        _, name = made.join(room.code)
        made.posted(room, name, made.read_post(name, {"tab": "gpt_write", "values": {}}))
    first, second = list(room.wall)[:2]
    made.show(room, first, True)
    _, name = made.join(room.code)
    made.posted(room, name, made.read_post(name, {"tab": "gpt_write", "values": {}}))
    assert first in room.wall and second not in room.wall and len(room.wall) == rooms.POSTS
    for post in room.wall:
        made.show(room, post, True)
    with pytest.raises(UserError, match="wall is full"):
        made.posted(room, name, made.read_post(name, {"tab": "gpt_write", "values": {}}))


# over HTTP
