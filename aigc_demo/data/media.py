"""Pictures, animations and texts as files that carry a text: PNG, GIF, MP4; HTML, TXT, JSON.

PNG keeps it in an iTXt chunk called aigc_demo, GIF and MP4 in their comment, HTML in a script of that name, TXT in its
last line; a JSON file is the text itself or has it as its "card". A text comes back as it was given.
Frames are Pillow pictures of one size.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from aigc_demo.core.errors import BadFileError
from aigc_demo.data.picture_files import header

KEY = "aigc_demo"  # of the PNG chunk and of the script in a page
RULE = f"----- {KEY} -----"  # between a text and its comment
LONGEST = 20_000  # characters of a text
TEXT_BYTES = 5_000_000  # largest file of letters that is read


def enlarged(frame: Image.Image, scale: int) -> Image.Image:
    """The frame with every pixel as a square of `scale` pixels."""
    return frame.resize((frame.width * scale, frame.height * scale), Image.Resampling.NEAREST) if scale > 1 else frame


def png(picture: Image.Image, text: str = "") -> bytes:
    """A PNG file, with `text` (a run card) in an iTXt chunk."""
    notes = PngImagePlugin.PngInfo()
    if text:
        notes.add_itxt(KEY, text)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", pnginfo=notes)
    return buffer.getvalue()


def gif(frames: Sequence[Image.Image], milliseconds: int = 80, text: str = "", rest: int = 800) -> bytes:
    """A GIF that loops; the last frame stays for `rest` milliseconds more."""
    grey = [frame.convert("P" if frame.mode == "P" else "L" if frame.mode == "L" else "RGB") for frame in frames]
    times = [milliseconds] * (len(grey) - 1) + [milliseconds + rest]
    buffer = io.BytesIO()
    grey[0].save(
        buffer, "GIF", save_all=True, append_images=grey[1:], duration=times, loop=0, comment=text.encode("utf-8")
    )
    return buffer.getvalue()


def mp4(frames: Sequence[Image.Image], rate: int = 12, text: str = "") -> bytes:
    """An MP4 with H.264 that browsers play; width and height are rounded up to even numbers."""
    import av

    width, height = (size + size % 2 for size in frames[0].size)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        container.metadata["comment"] = text
        stream = container.add_stream("libx264", rate=rate, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            canvas = Image.new("RGB", (width, height))
            canvas.paste(frame.convert("RGB"))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(canvas), format="rgb24")))
        container.mux(stream.encode())
    return buffer.getvalue()


def comment(path: Path) -> str:
    """The text that a file carries; BadFileError("no_card") when it has none."""
    with path.open("rb") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp":
        text = movie_comment(path)
    elif start.startswith((b"\x89PNG", b"GIF8")):
        text = picture_comment(path)
    elif path.stat().st_size <= TEXT_BYTES:
        text = written_comment(path.read_text("utf-8", errors="replace"))
    else:
        text = ""
    if not text or len(text) > LONGEST:
        raise BadFileError("no_card")
    return text


def picture_comment(path: Path) -> str:
    """The text in a PNG or GIF, without decoding its pixels."""
    with header(path) as picture:
        found = picture.info.get(KEY) or picture.info.get("comment") or ""
    return found.decode("utf-8", errors="replace") if isinstance(found, bytes) else str(found)


def written_comment(words: str) -> str:
    """The text in a file of letters: its last line, the script of a page, a JSON file or the card in it; or nothing."""
    lines = words.rstrip().rsplit("\n", 2)
    if len(lines) == 3 and lines[1] == RULE:
        return lines[2]
    if words.lstrip()[:1] == "{":
        return json_comment(words)
    start = words.rfind(f'<script type="application/json" id="{KEY}">')
    if start < 0:
        return ""
    return words[start:].partition(">")[2].partition("</script>")[0]


def json_comment(words: str) -> str:
    """The card in a JSON file, else all of it."""
    try:
        card = json.loads(words).get("card")
    except (ValueError, RecursionError):
        return ""
    return json.dumps(card, ensure_ascii=False) if isinstance(card, dict) else words


def movie_comment(path: Path) -> str:
    """The comment in an MP4's metadata, empty without one; BadFileError when it cannot be read."""
    import av

    try:
        with av.open(str(path)) as container:
            return str(container.metadata.get("comment", ""))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise BadFileError("no_card") from error
