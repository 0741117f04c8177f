"""What is shown and saved of a piece: the value of the piano roll, and the files."""

import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.data.chorales import HOLD, STEPS, sounding
from aigc_demo.services.files import Score
from aigc_demo.services.music.composing import Piece, Place
from aigc_demo.services.music.requests import KEYS, Harmonise, Write
from aigc_demo.services.page_values import plain
from aigc_demo.services.use_case import Json

FORMATS = ("mid", "musicxml", "wav", "flac", "png", "json")
COLOURS = ("#B4552D", "#2F6F6B", "#7A5EA8", "#3F5F9E")  # of the voices, in a picture
SIDE = 8  # pixels of a step, and of a semitone


def listed(place: Place) -> list[Any]:
    """A token as the page takes it: token, voice, step, sign, p, rivals one after the other."""
    rivals = [part for token, sign, p in place.rivals for part in (token, sign, plain(p))]
    return [place.token, place.voice, place.step, place.sign, plain(place.p), rivals]


def packed(places: Sequence[Place]) -> str:
    """Tokens as one line of JSON."""
    return json.dumps([listed(place) for place in places], separators=(",", ":"))


def page(request: Request, steps: Iterator[Step[Piece | None]]) -> Iterator[Step[Json | None]]:
    """A piece while it grows, see roll.js. `parts` are JSON of what came since the last message: what is there
    never changes, so that only what is new travels."""
    run, parts, known = secrets.token_hex(4), list[str](), 0
    for step in steps:
        piece = step.value
        if piece is None:
            yield Step(step.done, step.total, None)
            continue
        parts = [*parts, packed(piece.places[known:])]
        known = len(piece.places)
        yield Step(step.done, step.total, {"run": run, "parts": parts, **told(piece)})


def told(piece: Piece) -> Json:
    """Everything of a piece but its tokens."""
    return {
        "key": KEYS[piece.key],
        "metre": piece.chorale.metre,
        "upbeat": piece.chorale.upbeat,
        "tempo": piece.tempo,
        "steps": piece.chorale.steps,
        "fermatas": sorted(piece.chorale.fermatas),
        "faults": [[fault.kind, fault.step, *fault.voices] for fault in piece.faults],
        "nats": plain(piece.nats),
        "speed": plain(piece.speed),
        "times": plain(piece.times),
        "done": piece.done,
    }


def numbers(request: Request, piece: Piece) -> Json:
    """The signs of all voices, broken rules, and what they cost."""
    voices = [[{HOLD: "-", 0: "."}.get(sign, sign) for sign in voice] for voice in piece.chorale.voices.tolist()]
    tokens = " ".join(str(place.token) for place in piece.places)
    return {**told(piece), "voices": voices, "tokens": tokens}


def score(request: Write | Harmonise, run: Sequence[Piece]) -> Score:
    """The finished piece as `services.files.encode` takes it."""
    return Score(run[-1].chorale, run[-1].key, run[-1].tempo, drawn(run[-1]), request.instrument)


def drawn(piece: Piece) -> Image.Image:
    """The piano roll as a picture; broken rules are circled."""
    chorale = piece.chorale
    pitches = np.stack([sounding(voice) for voice in chorale.voices])
    low, high = int(pitches[pitches > 0].min(initial=60)) - 2, int(pitches.max(initial=60)) + 2
    width, height = max(1, chorale.steps) * SIDE, (high - low + 1) * SIDE
    picture = Image.new("RGB", (width, height), "#FBF8F3")
    pen = ImageDraw.Draw(picture)
    for beat in range(chorale.beats):
        if chorale.place(beat) == 0:
            pen.line([(beat * STEPS * SIDE, 0), (beat * STEPS * SIDE, height)], fill="#D8CFC2")
    for voice, row in enumerate(chorale.voices.tolist()):
        for step, pitch in enumerate(pitches[voice].tolist()):
            if pitch:
                x, y = step * SIDE, (high - pitch) * SIDE
                pen.rectangle([x + (row[step] > HOLD), y + 1, x + SIDE - 1, y + SIDE - 2], fill=COLOURS[voice])
    for fault in piece.faults:
        for voice in fault.voices:
            x, y = fault.step * SIDE, (high - int(pitches[voice, fault.step])) * SIDE
            pen.ellipse([x - 2, y - 2, x + SIDE + 1, y + SIDE + 1], outline="#C01F1F", width=2)
    return picture
