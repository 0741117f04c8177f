"""Open a language model that transformers saved in a folder, in our own code: no library builds the network.

config.json         what LlamaForCausalLM or GPT2LMHeadModel is made of
model.safetensors   its weights
tokenizer.json      how text becomes tokens, read by the package tokenizers
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from aigc_demo.core.errors import BadRequestError, UnavailableError
from aigc_demo.models.gpt import GPT, GPTConfig, rotary_table
from aigc_demo.pipelines.folder import read_json
from aigc_demo.pipelines.pairs.gpt import CONFIGS, TRANSPOSED, gpt_tensors
from aigc_demo.pipelines.weights import Names, stacked

FILES = ("config.json", "model.safetensors", "tokenizer.json")
KINDS = {"llama": "LlamaForCausalLM", "gpt2": "GPT2LMHeadModel"}
BROKEN = "\N{REPLACEMENT CHARACTER}"  # what the bytes of half a character are shown as


class Words:
    """Text to tokens and back. Names of special tokens in a text are text like any other."""

    def __init__(self, folder: Path):
        from tokenizers import Tokenizer

        path = folder / "tokenizer.json"
        try:
            self._tokens = Tokenizer.from_file(str(path))
        except Exception as error:  # the package raises bare exceptions
            raise UnavailableError("tokenizer_missing", name=folder.name) from error
        self._tokens.encode_special_tokens = True
        self._tokens.no_truncation()
        self._tokens.no_padding()

    def __len__(self) -> int:
        return self._tokens.get_vocab_size(with_added_tokens=True)

    def encode(self, text: str) -> list[int]:
        """Numbers of the tokens of a text."""
        whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character
        return self._tokens.encode(whole, add_special_tokens=False).ids

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens; special ones are left out."""
        return self._tokens.decode(tokens, skip_special_tokens=True)

    def special(self, name: str) -> int | None:
        """Number of a special token; None where there is none of that name."""
        return self._tokens.token_to_id(name)


class Decoding(Protocol):
    """Anything with the decoder of a tokenizer: token ids -> text."""

    def decode(self, tokens: list[int]) -> str: ...


class Spelling:
    """Text out of tokens that come one by one: a character is told once all of its bytes are there."""

    def __init__(self, words: Decoding):
        self.words = words
        self.text = ""
        self._told: list[int] = []  # the last tokens whose text is known, so that spaces come out right
        self._open: list[int] = []

    def add(self, token: int) -> str:
        """One token more -> the text that it completes, which may be empty."""
        self._open.append(token)
        before = self.words.decode(self._told)
        after = self.words.decode(self._told + self._open)
        if after.endswith(BROKEN) and len(self._open) < 8:
            return ""
        new = after[len(before) :]
        self._told, self._open = self._open, []
        self.text += new
        return new

    def rest(self) -> str:
        """What the last tokens say though a character is not whole."""
        return self.words.decode(self._told + self._open)[len(self.words.decode(self._told)) :]


@dataclass(frozen=True)
class OpenText:
    """A language model in our own form, with its words."""

    name: str
    model: GPT
    words: Words


def open_text(folder: Path, name: str = "") -> OpenText:
    """The model in `folder`; BadRequestError where ours has no such form, UnavailableError where files are broken."""
    name = name or folder.name
    model = open_gpt(folder, name)
    words = Words(folder)
    if len(words) > model.config.vocabulary:
        raise UnavailableError("tokenizer_wrong", name=name)
    return OpenText(name, model, words)


def config_in(folder: Path, name: str) -> GPTConfig:
    """Our config of the network in `folder`."""
    if not (folder / "config.json").is_file():
        raise UnavailableError("hub_damaged", name=name)
    plain = read_json(folder / "config.json", name)
    kind = next(iter(plain.get("architectures") or []), KINDS.get(str(plain.get("model_type")), ""))
    if kind not in CONFIGS:
        raise BadRequestError("hub_no_text", name=name)
    try:
        return CONFIGS[kind](plain)
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequestError("hub_no_text", name=name) from error


def open_gpt(folder: Path, name: str) -> GPT:
    """The network in float32, in eval mode."""
    from safetensors import SafetensorError, safe_open

    config = config_in(folder, name)
    try:
        with safe_open(folder / "model.safetensors", framework="pt") as file:
            names = stored_names(config, list(file.keys()))
            if config.tied:
                names.pop("head.weight")
            ours = stacked(lambda tensor: file.get_tensor(tensor).float(), names, TRANSPOSED)
        with torch.device("meta"):
            model = GPT(config)
        if config.tied:
            ours["head.weight"] = ours["embed.weight"]
        model.load_state_dict(ours, strict=True, assign=True)
    except (OSError, KeyError, RuntimeError, SafetensorError) as error:
        raise UnavailableError("hub_damaged", name=name) from error
    if config.tied:
        model.head.weight = model.embed.weight
    if config.form != "gpt2":
        model.rotary = rotary_table(config)
    return model.eval().requires_grad_(False)


def stored_names(config: GPTConfig, kept: Sequence[str]) -> dict[str, Names]:
    """Name of each of our tensors -> names of those in the file that it stacks; `kept` are the names in the file.

    Early GPT-2 files begin below "transformer."; a head that shares its weights may be stored under either name.
    """
    names = gpt_tensors(config)
    prefix = names["embed.weight"][0].split(".")[0] + "."
    if not any(name.startswith(prefix) for name in kept):
        names = {ours: tuple(name.removeprefix(prefix) for name in theirs) for ours, theirs in names.items()}
    if config.tied:
        shared = "embed.weight" if names["embed.weight"][0] in kept else "head.weight"
        names["embed.weight"] = names["head.weight"] = names[shared]
    return names
