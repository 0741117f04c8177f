"""What a result is saved as: pictures, a sound, a text or a trained model, with the run card inside."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data import media, midi, musicxml, organ, sound_files, sound_font
from aigc_demo.data.chorales import STEPS, Chorale
from aigc_demo.services import text_saving
from aigc_demo.services.text_saving import Document


@dataclass(frozen=True)
class Pictures:
    """Frames of an animation, or one picture."""

    frames: Iterable[Image.Image]  # once; where making them takes long, only as they are asked for
    still: Image.Image | None = None  # what stands for an animation in a PNG; by default its last frame
    colours: int | None = None  # of a GIF, where fewer than 256 keep it small


@dataclass(frozen=True)
class Sound:
    """Samples, and the picture that stands for them in a PNG."""

    samples: np.ndarray  # (N,) in [-1, 1], as data/sound_files.py writes them
    still: Image.Image


@dataclass(frozen=True)
class Trained:
    """A model that was trained on the page or made smaller there, and what is told of it."""

    weights: Callable[[], bytes]  # of a safetensors file
    told: Document | Pictures


@dataclass(frozen=True)
class Score:
    """A chorale, its key, its beats a minute, the picture that stands for it, and who plays it."""

    chorale: Chorale
    key: int  # as data/chorales.Chorale.key counts them
    tempo: float
    still: Image.Image
    instrument: str = sound_font.ORGAN


Content = Pictures | Sound | Document | Trained | Score
PICTURE = ("png", "json")  # formats of one picture
ANIMATION = ("png", "gif", "mp4", "json")
SOUND = ("wav", "flac", "png", "json")
TEXT = text_saving.FORMATS


def encode(content: Content, format: str, card: Card) -> bytes:
    """The file: PNG, GIF, MP4, WebM or JSON of pictures (JSON is the card alone); WAV, FLAC, PNG or JSON of a sound,
    MIDI and MusicXML too of a score; TXT, HTML, PNG or JSON of a text; safetensors of a trained model, its weights."""
    if isinstance(content, Trained):
        return content.weights() if format == "safetensors" else encode(content.told, format, card)
    if isinstance(content, Document):
        return text_saving.encode(content, format, card)
    text = card.to_json()
    if isinstance(content, Score):
        if format == "mid":
            return midi.write(content.chorale, content.tempo, text, sound_font.PROGRAMS[content.instrument])
        if format == "musicxml":
            return musicxml.write(content.chorale, content.key, content.tempo, text)
        if format in sound_files.CODECS:
            samples, rate = played(content)
            return sound_files.encoded(samples, format, text, rate)
        content = Pictures((content.still,))
    if isinstance(content, Sound):
        if format in sound_files.CODECS:
            return sound_files.encoded(content.samples, format, text)
        content = Pictures((content.still,))
    if format == "png":
        return media.png(content.still or list(content.frames)[-1], text)
    if format == "gif":
        return media.gif(list(content.frames), text=text, colours=content.colours)
    if format == "mp4":
        return media.mp4(list(content.frames), text=text)
    if format == "webm":
        return media.webm(list(content.frames), text=text)
    if format == "json":
        return text.encode()
    raise BadRequestError("choice", field="format", options=", ".join(ANIMATION), value=short(format))


def played(score: Score) -> tuple[np.ndarray, int]:
    """A chorale as samples (N,) and how many are a second's: by our organ, or by an instrument of the sound font."""
    if score.instrument == sound_font.ORGAN:
        return organ.play(score.chorale, score.tempo), organ.RATE
    file = midi.write(score.chorale, score.tempo, program=sound_font.PROGRAMS[score.instrument])
    return sound_font.render(file, score.chorale.steps * 60 / score.tempo / STEPS), sound_font.RATE
