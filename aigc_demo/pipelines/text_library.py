"""Write with transformers: SmolLM2 or any text-generation, summarisation or translation model of the hub.

Nothing runs code from a model's folder, and weights are read from safetensors only. `generate()` calls back; here its
tokens are a generator, and it ends soon after the generator is closed.
"""

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from aigc_demo.core.errors import BadRequestError, UnavailableError
from aigc_demo.pipelines.folder import read_json
from aigc_demo.pipelines.generation import WHEN_DRAWING, end_tokens, read_generation
from aigc_demo.pipelines.library import transformers

Message = tuple[str, str]  # role (system, user or assistant) and text


@dataclass(frozen=True)
class Choosing:
    """How tokens are chosen; names and meanings are those of our own sampler."""

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class LibraryText:
    """A language model of transformers with its tokenizer."""

    name: str
    module: Any
    words: Any
    encodes: bool  # an encoder reads, a decoder writes; else one network does both
    own: dict[str, Any]  # settings of generate() that its files ask for
    ends: frozenset[int]  # ids of the tokens that end what it says
    prefixes: dict[str, str] = field(default_factory=dict)  # task -> what the model wants before the text

    @property
    def context(self) -> int:
        """The most tokens that are looked back on."""
        config = self.module.config
        found = [getattr(config, name, None) for name in ("max_position_embeddings", "n_positions")]
        return min([size for size in found if isinstance(size, int) and size > 0] or [1024])

    def encode(self, text: str) -> list[int]:
        """Numbers of the tokens of a text, with what the model wants around it."""
        return list(self.words(text, truncation=False, verbose=False)["input_ids"])

    def encode_chat(self, messages: Sequence[Message]) -> list[int]:
        """Numbers of the tokens of a conversation, up to where the model is to speak."""
        if self.words.chat_template is None:
            return self.encode("\n\n".join(text for _, text in messages))
        if (tokens := self._templated(messages)) is not None:
            return tokens
        if (tokens := self._templated(folded(messages))) is not None:
            return tokens
        raise BadRequestError("hub_template", name=self.name)

    def _templated(self, messages: Sequence[Message]) -> list[int] | None:
        """The conversation by the chat template; None where it refuses it or leaves the system turn out."""
        plain = [{"role": role, "content": text} for role, text in messages]
        try:
            text = self.words.apply_chat_template(plain, add_generation_prompt=True, tokenize=False)
            if messages[0][0] == "system" and messages[0][1].strip() not in text:
                return None
            return list(self.words(text, add_special_tokens=False, verbose=False)["input_ids"])
        except Exception:  # templates raise what they like: against a system turn, or one that is out of order
            return None

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens; special ones are left out."""
        return self.words.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)


def folded(messages: Sequence[Message]) -> list[Message]:
    """The conversation with its system turn before the text of the first turn, for templates without a system role."""
    if len(messages) < 2 or messages[0][0] != "system":
        return list(messages)
    (_, system), (role, text), *rest = messages
    return [(role, f"{system}\n\n{text}"), *rest]


def open_library(folder: Path, name: str = "") -> LibraryText:
    """The model in `folder`, in float32 and eval mode; UserError where it cannot be opened."""
    name = name or folder.name
    plain = read_json(folder / "config.json", name)
    library = transformers()
    encodes = bool(plain.get("is_encoder_decoder"))
    kind = library.AutoModelForSeq2SeqLM if encodes else library.AutoModelForCausalLM
    if not (folder / "tokenizer.json").is_file():
        raise UnavailableError("tokenizer_missing", name=name)
    try:
        safe = {"local_files_only": True, "trust_remote_code": False}
        module = kind.from_pretrained(folder, dtype=torch.float32, use_safetensors=True, **safe)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, AttributeError) as error:
        raise BadRequestError("hub_no_text", name=name) from error
    try:
        words = library.AutoTokenizer.from_pretrained(folder, **safe)
    except Exception as error:  # the package tokenizers raises bare exceptions
        raise UnavailableError("tokenizer_missing", name=name) from error
    if len(words) > module.get_input_embeddings().num_embeddings:
        raise UnavailableError("tokenizer_wrong", name=name)
    declared = module.generation_config.to_diff_dict()
    own = read_generation(declared, name)
    ends = end_tokens(module, words, own.pop("eos_token_id", None))
    module.generation_config = library.GenerationConfig()  # else what the page has turned off would act
    tasks = plain.get("task_specific_params") or {}
    prefixes = {task: str(values["prefix"]) for task, values in tasks.items() if "prefix" in (values or {})}
    return LibraryText(name, module.eval().requires_grad_(False), words, encodes, own, ends, prefixes)


class Ear:
    """What `generate()` takes for a streamer: hears every token, and ends the run when nobody listens any more."""

    def __init__(self) -> None:
        self.heard: queue.Queue[int | None] = queue.Queue()
        self.left = False
        self.first = True  # what is told first is the prompt, or the start of the decoder

    def put(self, value: Any) -> None:
        """Called by `generate` with the prompt (1, T), then with every token (1,)."""
        if self.first:
            self.first = False
            return
        if self.left:
            raise InterruptedError("nobody reads this text any more")
        for token in value.reshape(-1).tolist():
            self.heard.put(token)

    def end(self) -> None:
        """Called by `generate` after the last token."""
        self.heard.put(None)


def generate(
    model: LibraryText, tokens: Sequence[int], how: Choosing, length: int, whole: bool = False
) -> Iterator[int]:
    """Up to `length` tokens after these, as `generate()` chooses them; the one that ends a text is not among them.

    `whole`: exactly so many, ends are tokens like any other.
    """
    ear, failed = Ear(), list[Exception]()

    given = settings(model, how, length) | ({"eos_token_id": None} if whole else {})

    def work() -> None:
        try:
            with torch.inference_mode(), torch.random.fork_rng(devices=[]):
                torch.manual_seed(how.seed)
                prompt = torch.tensor([list(tokens)])
                everything = torch.ones_like(prompt)  # else marks that also pad would be overlooked
                model.module.generate(prompt, attention_mask=everything, streamer=ear, **given)
        except InterruptedError:
            pass
        except Exception as error:  # it is told where the tokens are read
            failed.append(error)
        finally:
            ear.end()

    thread = threading.Thread(target=work, name="generate", daemon=True)
    thread.start()
    try:
        while (token := ear.heard.get()) is not None:
            if token in model.ends and not whole:
                break
            yield token
    finally:
        ear.left = True
        thread.join()
    if failed:
        raise failed[0]


def settings(model: LibraryText, how: Choosing, length: int) -> dict[str, Any]:
    """Arguments of `generate()`: what the model's files ask for, and what is chosen here, with its "off" left out."""
    found: dict[str, Any] = {name: value for name, value in model.own.items() if name not in WHEN_DRAWING}
    found |= {"max_new_tokens": length, "do_sample": how.temperature > 0, "num_beams": 1}
    found["eos_token_id"] = sorted(model.ends) or None
    found.setdefault("pad_token_id", min(model.ends, default=0))
    if "stop_strings" in found:
        found["tokenizer"] = model.words
    if how.temperature > 0:
        found |= {name: value for name, value in model.own.items() if name in WHEN_DRAWING}
        found |= {"temperature": float(how.temperature), "top_k": how.top_k, "top_p": max(how.top_p, 1e-6)}
        found |= {"min_p": how.min_p} if how.min_p else {}
    return found | ({"repetition_penalty": float(how.repetition)} if how.repetition != 1 else {})
