"""What the tests of the HTTP API share: raw requests to the running app, and what a good answer and a sentence are."""

import base64
import dataclasses
import io
import json
import math
import re
import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from aigc_demo.core.errors import sentences
from aigc_demo.services.use_case import find, request_class
from aigc_demo.ui.i18n import texts

ROOT = Path(__file__).resolve().parent.parent
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect width="9" height="9"/></svg>'
SAID = ("error", "scene", "dalle", "clip")  # files of ui/text with sentences about what a person did wrong
HUB, STABLE = "lab/ddpm", "lab/stable"  # models of the loopback hub
# what no number may be
NONSENSE = [math.nan, math.inf, -math.inf, 1e12, 10**9 + 0.5, -5.5, 10**400, True, "seven", "", None, [], [1], {}]
SMALL: dict[str, dict[str, Any]] = {  # use case -> values of a request that is answered at once, if not the defaults
    "audiogan_draw": {"steps": 2, "guidance": 1, "rounds": 2},
    "audiogan_walk": {"stops": 2, "steps": 1, "guidance": 1},
    "audiogan_wave": {"stops": 2},
    "audiogan_shuffle": {"draws": 1},
    "audiogan_both": {"sounds": 1, "steps": 1},
    "audiogan_pad": {"steps": 1, "guidance": 1},
    "audiogan_beside": {"steps": 2},
    "cyclegan_translate": {"direction": "to_google", "sample": 0, "picture": ""},
    "cyclegan_compare": {"direction": "to_google", "row": "faces"},
    "diffusion_draw": {"digit": 7, "steps": 2, "seed": 7, "sampler": "ddim", "guidance": 1.5, "eta": 0},
    "diffusion_forward": {"sample": 3, "level": 400, "seed": 7, "drawing": ""},
    "diffusion_redraw": {"drawing": "", "sample": 3, "level": 600, "digit": -1, "seed": 7, "steps": 2}
    | {"sampler": "ddim", "guidance": 1},
    "diffusion_walk": {"digit": 3, "frames": 3, "seed_from": 1, "seed_to": 2, "steps": 2}
    | {"sampler": "dpmpp", "guidance": 1},
    "diffusion_grid": {"seeds": 1, "seed": 0, "steps": 1, "sampler": "dpmpp", "guidance": 1},
    "diffusion_samplers": {"digit": 5, "guidance": 1, "seed": 7},
    "diffusion_cut": {"digit": 5, "few": 1, "many": 3, "seed": 7, "sampler": "ddim", "guidance": 1},
    "diffusion_beside": {"digit": 7, "mistake": "none", "steps": 1, "seed": 7, "sampler": "ddim", "guidance": 1},
    "diffusion_hub": {"name": HUB, "steps": 1, "seed": 7, "sampler": "ddim", "timesteps": "own"},
    "clip_matrix": {"sentences": "two apples\na dog", "first": 0, "picture": ""},
    "clip_classify": {"sample": 3, "picture": "", "labels": "a dog\n一只猫"},
    "clip_map": {"sentence": "two apples", "centred": False},
    "clip_beside": {"sentences": "two apples", "mistake": "none"},
    "dalle_draw": {"prompt": "two apples", "temperature": 1.0, "top_k": 0, "top_p": 0.95, "kept": "1,2,3", "seed": 7},
    "dalle_candidates": {"prompt": "two apples", "rank": "", "count": 2, "temperature": 1.0, "top_k": 0, "top_p": 1.0}
    | {"seed": 7},
    "dalle_both": {"prompt": "two apples", "count": 1, "steps": 1, "guidance": 3, "temperature": 1.0, "top_p": 1.0}
    | {"seed": 7},
    "dalle_rebuild": {"sample": 3, "picture": ""},
    "dalle_describe": {"sample": 3, "picture": "", "drawn": 1, "temperature": 1.0, "seed": 7},
    "dalle_beside": {"prompt": "two apples", "mistake": "none"},
    "gpt_attention": {"prompt": "ROMEO:\nBut soft", "model": "gpt-shakespeare"},
    "gpt_lstm": {"prompt": "ROMEO:\n", "changed": "HENRY", "temperature": 0.8, "text": "shakespeare", "seed": 7}
    | {"length": 4, "top_k": 0, "top_p": 1.0, "min_p": 0, "repetition": 1.0},
    "gpt_cache": {"prompt": "ROMEO:\n", "length": 10, "model": "gpt-shakespeare", "seed": 7, "temperature": 0.8},
    "gpt_beside": {"prompt": "ROMEO:\n", "mistake": "none", "model": "gpt-shakespeare", "length": 5},
    "gpt_tune": {"text": "the king is dead, long live the king.\n" * 10, "model": "gpt-shakespeare", "minutes": 0.05}
    | {"rate": 0.0005, "every": 5, "prompt": "the king", "temperature": 0.8, "seed": 7},
    "gan_critic": {"model": "mlp", "seed": 7, "count": 8},
    "gan_compare": {"seed": 7, "count": 10},
    "gan_draw": {"model": "r3", "limit": 4, "digit": -1, "seed": 7, "count": 4},
    "gan_walk": {"model": "r3", "seed_from": 7, "seed_to": 12, "circle": False, "frames": 3, "limit": 4, "digit": -1},
    "gan_mix": {"model": "r3", "seed_a": 7, "seed_b": 12, "seed_c": 25, "strength": 1, "digit": -1},
    "gan_classes": {"columns": 2, "limit": 4, "seed": 7},
    "gan_morph": {"digit_from": 4, "digit_to": 9, "seed": 7, "frames": 3, "limit": 4},
    "gan_points": {"data": "ring", "drawing": "", "loss": "logistic", "rate_generator": 0.002, "rate_critic": 0.002}
    | {"updates": 1, "turns": 30, "seed": 7},
    "seq2seq_pair": {"upper": "明月松间照", "way": "beam", "tones": "free", "temperature": 0.8, "lines": 3}
    | {"repeats": "mirrored", "pattern": "", "beam": 8, "apart": 1, "seed": 7},
    "seq2seq_beside": {"upper": "明月松间照", "beam": 2},
    "gpt_write": {"prompt": "ROMEO:\n", "temperature": 0.8, "length": 5, "seed": 7, "model": "gpt-shakespeare"}
    | {"top_k": 0, "top_p": 1, "min_p": 0, "repetition": 1},
    "gpt_poem": {"mode": "head", "words": "春夏", "form": "jueju5", "temperature": 0.8, "rhymed": False}
    | {"model": "gpt-poems", "seed": 7},
    "gpt_surgery": {"prompt": "ROMEO:\nBut soft", "temperature": 0.8, "top_k": 10, "top_p": 0.9}
    | {"model": "gpt-shakespeare", "min_p": 0, "repetition": 1, "length": 5, "position": 9, "seed": 7},
    "music_write": {"key": "G", "bars": 2, "tempo": 76, "temperature": 0.8, "strict": True, "seed": 7},
    "music_harmonise": {"melody": "67 - 69 - 71 - 67 -", "temperature": 0.8, "seed": 7},
    "music_beside": {"melody": "67 - 69 - 71 - 67 -", "length": 5},
    "compression_bits": {"model": "judge-digits"},
    "compression_prune": {"model": "judge-digits"},
    "compression_gptq": {"texts": 1},
    "compression_tune": {"updates": 5},
    "compression_distil": {"prompt": "ROMEO:\nBut soft", "temperature": 3, "seed": 7},
    "training_race": {"data": "ring", "gan": True, "wgan_gp": False, "vae": False, "diffusion": False, "flow": True}
    | {"seconds": 0.5, "seed": 7, "drawing": ""},
    "training_horses": {"parameters": 100, "tokens": 500, "budget": 20},
    "training_augment": {"lessons": 50, "few": 2},
    "training_selfsup": {"objective": "masked", "rounds": 50},
    "training_train": {"pictures": "shapes", "minutes": 0.05, "width": 16, "batch": 8},
    "training_gpt": {"minutes": 0.05, "width": 32, "layers": 1, "every": 5},
    "training_parity": {"model": "clip-scenes"},
    "video_draw": {"digit": 7, "second": 4, "steps": 2, "seed": 3, "guidance": 7},
    "video_walk": {"digit": 3, "seed_from": 1, "seed_to": 2, "stops": 2, "steps": 2, "guidance": 7},
    "video_forecast": {"sample": 40, "drawing": "", "direction": 30, "speed": 1.5, "given": 4, "ahead": 2}
    | {"start_x": 0.4, "start_y": 0.6},
    "video_beside": {"digit": 7, "steps": 2, "seed": 3, "guidance": 7},
    "hf_text_chat": {"message": "hello", "temperature": 0, "length": 3, "system": "", "engine": "ours", "name": ""}
    | {"top_k": 0, "top_p": 1, "min_p": 0, "repetition": 1, "seed": 7},
    "hf_text_summarise": {"text": "hello there", "sentences": 1, "length": 3, "temperature": 0, "engine": "ours"}
    | {"name": "", "seed": 7},
    "hf_text_ask": {"query": "who?", "context": "hello there", "length": 3, "temperature": 0, "engine": "ours"}
    | {"name": "", "seed": 7},
    "hf_text_translate": {"text": "hello", "language": "french", "length": 3, "temperature": 0, "engine": "ours"}
    | {"name": "", "seed": 7},
    "hf_text_beside": {"prompt": "hello", "length": 3},
    "text2image_draw": {"count": 1, "steps": 1},
    "text2image_type": {"steps": 1},
    "text2image_attention": {"steps": 2},
    "text2image_grid": {"seeds": 1, "steps": 1},
    "text2image_walk": {"frames": 2, "steps": 1},
    "text2image_redraw": {"steps": 1},
    "text2image_inpaint": {"steps": 1},
    "text2image_upscale": {"sample": 3},
    "text2image_hub": {"name": STABLE, "prompt": "a dog", "steps": 1},
    "text2image_beside": {"steps": 1},
    "textvae_morph": {"corpus": "verse", "first": "", "last": "", "stops": 4, "temperature": 0, "seed": 7},
    "textvae_draw": {"corpus": "verse", "around": "", "temperature": 0, "spread": 1, "seed": 7, "count": 3},
    "textvae_compare": {"sentence": "", "hidden": 0.4, "seed": 7},
    "vae_plane": {"x": 0.5, "y": -1.5, "digit": 3},
    "vae_rebuild": {"sample": 40, "drawing": "", "code": 2, "digit": -1, "seed": 7},
    "vae_walk": {"sample_from": 60, "drawing_from": "", "sample_to": 160, "drawing_to": "", "frames": 3}
    | {"kind": "vae", "code": 16, "random": False, "seed": 7},
    "vae_draw": {"temperature": 1, "kind": "cvae", "code": 16, "digit": -1, "seed": 7},
    "vae_beta": {"beta": 4, "sample": 100, "drawing": ""},
    "vae_shapes": {"dimension": 1, "shape": "heart", "x": 16, "y": 16, "scale": 4, "rotation": 0}
    | {"beta": 4, "training_seed": 0},
    "vae_anomaly": {"odd": "none", "drawing": "", "sample": 100, "seed": 7},
    "vae_beside": {"sample": 0, "picture": ""},
}


def small(endpoint: str) -> dict[str, Any]:
    """Values of a small request to any public endpoint, in the order that it takes them."""
    fields = dataclasses.fields(request_class(endpoint))
    return {field.name: SMALL.get(endpoint, {}).get(field.name, field.default) for field in fields} | {"format": ""}


def answered(program: Any, endpoint: str) -> dict[str, Any]:
    """What Gradio's client is told of a small request, its arguments by name, as the API page shows them."""
    file, told = program.predict(api_name=f"/{endpoint}", **small(endpoint))
    assert file["url"].endswith(f".{find(endpoint).formats[0]}") and Path(file["path"]).name == file["orig_name"]
    assert told["card"]["use_case"] == endpoint and told["milliseconds"] > 0 and told["device"] == "CPU"
    return told


@dataclass
class Api:
    """Speaks with the app as any program would."""

    address: str
    client: httpx.Client
    lang: str = "en"

    def post(self, endpoint: str, body: str) -> httpx.Response:
        """Ask for an event; `body` is the JSON as it stands."""
        headers = {"content-type": "application/json", "accept-language": self.lang}
        return self.client.post(f"{self.address}/gradio_api/call/{endpoint}", content=body, headers=headers)

    def start(self, endpoint: str, values: list[Any]) -> str:
        """The address under which the answer of an event is streamed."""
        answer = self.post(endpoint, json.dumps({"data": values}))  # NaN and Infinity stay literals
        assert answer.status_code == 200, answer.text
        return f"{self.address}/gradio_api/call/{endpoint}/{answer.json()['event_id']}"

    def values(self, endpoint: str, *values: Any) -> tuple[str, Any]:
        """How an event with these values ends: "complete" or "error", and what came with it."""
        stream = self.client.get(self.start(endpoint, list(values))).text
        *_, last = re.findall(r"event: (complete|error)\ndata: (.*)", stream)
        return last[0], json.loads(last[1])

    def ask(self, endpoint: str, **changes: Any) -> tuple[str, Any]:
        """`values` of the small request with some of them changed."""
        return self.values(endpoint, *{**small(endpoint), **changes}.values())

    def good(self, endpoint: str, **changes: Any) -> Any:
        """The values of an event that must succeed."""
        how, found = self.ask(endpoint, **changes)
        assert how == "complete", found
        return found

    def bad(self, endpoint: str, **changes: Any) -> str:
        """The sentence of an event that must fail."""
        how, found = self.ask(endpoint, **changes)
        assert how == "error", (changes, found)
        return self.judged(found)

    def judged(self, found: Any) -> str:
        """The sentence in an error, which must be one of ours."""
        words = found["error"]
        assert isinstance(words, str) and spoken(words, self.lang), found
        assert len(words) < 250 and "\n" not in words
        return words

    def file(self, endpoint: str, **changes: Any) -> bytes:
        """The file that an event gives."""
        made, _ = self.good(endpoint, **changes)
        return self.client.get(made["url"]).content

    def picture(self, value: Any) -> Image.Image:
        """The last frame of a microscope, all panes above each other, or the last picture of a mosaic."""
        answer = self.client.get(value["sheets"][-1]["url"])
        assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
        sheet = Image.open(io.BytesIO(answer.content))
        return sheet.crop((sheet.width - value["w"], 0, *sheet.size))


def spoken(words: str, lang: str) -> bool:
    """Whether `words` are one of our sentences, filled in."""
    known = [texts()[f"{file}.{key}"][lang] for file in SAID for key in sentences(file)]
    patterns = (re.sub(r"\\\{\w+\\\}", ".+", re.escape(sentence)) for sentence in known)
    return any(re.fullmatch(pattern, words) for pattern in patterns)


def data_url(raw: bytes, kind: str = "png") -> str:
    """Bytes as the text that the page sends a drawing as."""
    return f"data:image/{kind};base64,{base64.b64encode(raw).decode()}"


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """A picture as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(side: int) -> bytes:
    """A PNG of side x side black pixels: much memory when decoded, little now."""
    rows, line = zlib.compressobj(9), b"\0" * (side // 8 + 1)
    packed = b"".join(rows.compress(line) for _ in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def stroke(size: int = 224, mode: str = "L", paper: Any = 255, ink: Any = 0) -> Image.Image:
    """An upright bar on a sheet, as drawn with a pen."""
    picture = Image.new(mode, (size, size), paper)
    picture.paste(ink, (size * 4 // 10, size // 5, size * 5 // 10, size * 4 // 5))
    return picture


def calm(process: int, patience: float) -> bool:
    """Whether the process stops computing within so many seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = seconds(process)
        time.sleep(0.5)
        if seconds(process) - before < 0.2:
            return True
    return False


def seconds(process: int) -> float:
    """CPU time that a process has used."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        pytest.skip("CPU time is read from /proc")
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / 100
