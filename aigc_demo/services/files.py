"""What a result is saved as: pictures, a text or a trained model, encoded in a format, with the run card inside."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data import media, midi, organ
from aigc_demo.data.chorales import Chorale
from aigc_demo.services import text_saving
from aigc_demo.services.text_saving import Document


@dataclass(frozen=True)
class Pictures:
    """Frames of an animation, or one picture."""

    frames: Iterable[Image.Image]  # once; where making them takes long, only as they are asked for
    still: Image.Image | None = None  # what stands for an animation in a PNG; by default its last frame
    colours: int | None = None  # of a GIF, where fewer than 256 keep it small


@dataclass(frozen=True)
class Trained:
    """A model that was trained on the page or made smaller there, and what is told of it."""

    weights: Callable[[], bytes]  # of a safetensors file
    told: Document | Pictures


@dataclass(frozen=True)
class Score:
    """A chorale, its beats a minute, and the picture that stands for it."""

    chorale: Chorale
    tempo: float
    still: Image.Image


Content = Pictures | Document | Trained | Score
PICTURE = ("png", "json")  # formats of one picture
ANIMATION = ("png", "gif", "mp4", "json")
TEXT = text_saving.FORMATS


def encode(content: Content, format: str, card: Card) -> bytes:
    """The file: PNG, GIF, MP4 or JSON of pictures (JSON is the card alone), TXT, HTML, PNG or JSON of a text;
    safetensors of a trained model, which are its weights alone; MIDI, WAV, FLAC, PNG or JSON of a score."""
    if isinstance(content, Trained):
        return content.weights() if format == "safetensors" else encode(content.told, format, card)
    if isinstance(content, Document):
        return text_saving.encode(content, format, card)
    text = card.to_json()
    if isinstance(content, Score):
        if format == "mid":
            return midi.write(content.chorale, content.tempo, text)
        if format in organ.CODECS:
            return organ.encoded(organ.play(content.chorale, content.tempo), format, text)
        content = Pictures((content.still,))
    if format == "png":
        return media.png(content.still or list(content.frames)[-1], text)
    if format == "gif":
        return media.gif(list(content.frames), text=text, colours=content.colours)
    if format == "mp4":
        return media.mp4(list(content.frames), text=text)
    if format == "json":
        return text.encode()
    raise BadRequestError("choice", field="format", options=", ".join(ANIMATION), value=short(format))
