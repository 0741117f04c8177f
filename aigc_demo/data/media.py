"""Pictures, films and texts as files that carry a text: PNG, GIF, MP4, WebM; HTML, TXT, JSON. Sounds: sound_files.py.

PNG keeps it in an iTXt chunk called aigc_demo, GIF, MP4 and WebM in their comment, HTML in a script of that name, TXT
below a rule at its end; a JSON file is the text itself or has it as its "card". HTML, TXT and JSON give it back also
with other line ends, a byte order mark, in another encoding, with lines quoted by ">", or with lines added at the end.
Frames are Pillow pictures of one size.
"""

import codecs
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from aigc_demo.core.errors import BadFileError
from aigc_demo.data.picture_files import header

KEY = "aigc_demo"  # of the PNG chunk and of the script in a page
RULE = f"----- {KEY} -----"  # between a text and its comment
SCRIPT = re.compile(rf"<script\b[^<>]*\bid\s*=\s*[\"']?{KEY}\b[^<>]*>", re.IGNORECASE)
MARKS = {  # byte order marks, the longer ones first
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SOUNDS = (b"RIFF", b"fLaC")  # first bytes of WAV and FLAC
EBML = b"\x1a\x45\xdf\xa3"  # what a WebM begins with
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


def gif(
    frames: Sequence[Image.Image], milliseconds: int = 80, text: str = "", rest: int = 800, colours: int | None = None
) -> bytes:
    """A GIF that loops; the last frame stays for `rest` milliseconds more. With `colours`, frames have no more."""
    plain = [frame.convert("L" if frame.mode == "L" else "RGB") for frame in frames]
    if colours is not None:
        plain = [frame.quantize(colours, dither=Image.Dither.NONE) for frame in plain]
    first, *others = plain
    times = [milliseconds] * len(others) + [milliseconds + rest]
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=times, loop=0, comment=text.encode("utf-8"))
    return buffer.getvalue()


def mp4(frames: Sequence[Image.Image], rate: int = 12, text: str = "") -> bytes:
    """An MP4 with H.264 that browsers play; width and height are rounded up to even numbers."""
    return movie(frames, rate, text, "mp4", "libx264", {"crf": "18"})


def webm(frames: Sequence[Image.Image], rate: int = 12, text: str = "") -> bytes:
    """A WebM with VP9; it tells its length, as it is written to memory, where its head can be mended at the end."""
    return movie(frames, rate, text, "webm", "libvpx-vp9", {"crf": "20", "b": "0", "deadline": "good", "cpu-used": "4"})


def movie(
    frames: Sequence[Image.Image], rate: int, text: str, format: str, codec: str, options: dict[str, str]
) -> bytes:
    """Frames of one size as a film, `rate` a second, in 4:2:0; width and height are rounded up to even numbers."""
    import av
    from av.video.stream import VideoStream

    width, height = (size + size % 2 for size in frames[0].size)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=format) as container:
        container.metadata["comment"] = text
        stream = container.add_stream(codec, rate=rate, options=options)
        assert isinstance(stream, VideoStream)
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
    if start[4:8] == b"ftyp" or start.startswith((EBML, *SOUNDS)):
        text = movie_comment(path)
    elif start.startswith((b"\x89PNG", b"GIF8")):
        text = picture_comment(path)
    elif path.stat().st_size <= TEXT_BYTES:
        text = written_comment(decoded(path.read_bytes()))
    else:
        text = ""
    if not text:
        raise BadFileError("no_card")
    return text


def picture_comment(path: Path) -> str:
    """The text in a PNG or GIF, without decoding its pixels."""
    with header(path) as picture:
        found = picture.info.get(KEY) or picture.info.get("comment") or ""
    return found.decode("utf-8", errors="replace") if isinstance(found, bytes) else str(found)


def decoded(raw: bytes) -> str:
    """A file of letters, whatever program wrote it: UTF-8, 16 or 32, else GB 18030, which Chinese editors use."""
    for mark, encoding in MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    if b"\0" in raw[:2]:  # no mark, but every other byte of Latin letters is nothing
        return raw.decode("utf-16-be" if raw[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def written_comment(words: str) -> str:
    """The text in a file of letters: what stands below its last rule, in the script of a page, in JSON; or nothing."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\0 \t\n")
    if words.startswith("{") and (found := json_comment(words)):
        return found
    rules = [match.end() for match in re.finditer(rf"(?m)^[> \t]*{RULE}[ \t]*$", words)]
    scripts = [match.end() for match in SCRIPT.finditer(words)]
    start = max([*rules, *scripts], default=-1)  # the last one is ours: what a person wrote comes before
    if start < 0:
        return ""
    rest = words[start:].partition("</script")[0] if start in scripts else words[start:]
    whole = "".join(line.strip().lstrip(">").strip() for line in rest.splitlines())
    try:
        _, end = json.JSONDecoder().raw_decode(whole)
    except (ValueError, RecursionError):
        return ""
    return whole[:end]


def json_comment(words: str) -> str:
    """The card in a JSON file, else all of it; nothing where it is not JSON."""
    try:
        plain = json.loads(words)
    except (ValueError, RecursionError):
        return ""
    card = plain.get("card") if isinstance(plain, dict) else None
    return json.dumps(card, ensure_ascii=False) if isinstance(card, dict) else words


def movie_comment(path: Path) -> str:
    """The comment of an MP4, WebM, WAV or FLAC, empty without one; BadFileError when it cannot be read."""
    import av

    try:
        with av.open(str(path)) as container:
            return next((value for name, value in container.metadata.items() if name.lower() == "comment"), "")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise BadFileError("no_card") from error
