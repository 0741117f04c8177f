"""The one way in for sounds from outside, and the one way out: WAV and FLAC files that carry a text.

Inside, a sound is samples (N,) float32 at RATE, mono. What comes from outside may be of any kind that FFmpeg decodes:
any rate, several channels (their mean is taken), 8 to 32 bits or float. The text, a run card, stands in the comment.
"""

import base64
import io
from itertools import chain
from typing import Any

import numpy as np

from aigc_demo.core.errors import BadFileError
from aigc_demo.data.spoken_files import RATE

PREFIX = ("data:audio/", "data:video/", "data:application/octet-stream")  # browsers call a recorded WebM a video
LONGEST = 60  # seconds that are taken
QUIET = 1e-4  # of full scale, -80 dB: nothing is louder in what counts as silence
FULL = 0.98  # of full scale: what reaches it may have been cut off there
CODECS = {"wav": "pcm_s16le", "flac": "flac"}
CHUNK = 4096  # samples of a frame that is written
CUT = 0.005  # share of samples at the top from which a sound counts as clipped


def open_sound(data: bytes) -> np.ndarray:
    """A sound file as samples (N,) float32.

    BadFileError when it is no sound, has none in it, is longer than LONGEST, silent, or holds numbers that are none.
    """
    import av

    pieces: list[np.ndarray] = []
    length, opened = 0, not data
    try:
        with av.open(io.BytesIO(data), "r") as container:
            if not container.streams.audio:
                raise BadFileError("not_a_sound")
            opened = True
            resampler = av.AudioResampler(format="fltp", rate=RATE)
            for frame in chain(container.decode(audio=0), [None]):
                for part in resampler.resample(frame):
                    pieces.append(part.to_ndarray().mean(0))  # (channels, samples) -> (samples,)
                    length += part.samples
                if length > LONGEST * RATE:
                    raise BadFileError("sound_long", longest=LONGEST)
    except (av.FFmpegError, OSError, ValueError, EOFError):
        if not opened:
            raise BadFileError("not_a_sound") from None
    samples = np.concatenate(pieces).astype(np.float32) if pieces else np.zeros(0, np.float32)
    if not len(samples):
        raise BadFileError("sound_empty")
    if not np.isfinite(samples).all():
        raise BadFileError("sound_not_finite")
    if np.abs(samples).max() < QUIET:
        raise BadFileError("sound_silent")
    return samples


def from_data_url(url: str) -> np.ndarray:
    """The sound in a "data:audio/...;base64,..." text, as `open_sound` gives it."""
    head, _, body = url.partition(",")
    if not head.startswith(PREFIX) or not head.endswith(";base64"):
        raise BadFileError("not_a_sound")
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError:  # binascii.Error is one too
        raise BadFileError("not_a_sound") from None
    return open_sound(raw)


def clipped(samples: np.ndarray) -> bool:
    """Whether many samples (N,) stand at full scale, where a recorder cuts off what is louder."""
    return bool((np.abs(samples) >= FULL).mean() > CUT)


def spoken_part(samples: np.ndarray, length: int) -> np.ndarray:
    """At most `length` of the samples (N,): from where the loudest stretch of that length begins to be heard."""
    if len(samples) <= length:
        start, stop = 0, len(samples)
    else:
        energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
        start = int(np.argmax(energy[length:] - energy[:-length]))
        stop = start + length
    part = samples[start:stop]
    heard = np.flatnonzero(np.abs(part) > 0.05 * np.abs(part).max())
    return samples[start + heard[0] : start + heard[0] + length] if len(heard) else part


def encoded(samples: np.ndarray, kind: str, text: str = "", rate: int = RATE) -> bytes:
    """Samples (N,) in [-1, 1], mono, as a file of 16 bits; ValueError where one is not finite."""
    import av

    if not np.isfinite(samples).all():
        raise ValueError("a sound must be finite")
    whole = (samples.clip(-1, 1) * 32767).round().astype(np.int16)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        if text:
            container.metadata["comment"] = text
        stream: Any = container.add_stream(CODECS[kind], rate=rate, layout="mono")
        for start in range(0, len(whole), CHUNK):
            frame = av.AudioFrame.from_ndarray(whole[None, start : start + CHUNK], format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
