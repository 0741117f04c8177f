"""Look up and fetch text-generation, summarisation and translation models of the hub.

What may travel: weights as safetensors in one file, and the small files of config and tokenizer. Nothing that could run
code is fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.pipelines.hub import MEGABYTE, Hub

WEIGHTS = "model.safetensors"
NEEDED = ("config.json", "tokenizer.json")
WANTED = (
    *("tokenizer_config.json", "generation_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("chat_template.jinja", "spiece.model", "vocab.json", "merges.txt"),
)
SMALL = 30 * MEGABYTE  # bytes of a file that is not weights
LIMIT = 1200  # megabytes of weights


@dataclass(frozen=True)
class TextAbout:
    """What a model is, before its weights travel."""

    name: str  # hub id
    megabytes: float  # of everything that would travel
    kind: str  # class of the network
    licence: str  # as the hub has it; empty where none is given
    revision: str  # commit
    files: tuple[str, ...]  # the weights last


class TextHub(Hub):
    """Hub for text generation, summarisation and translation: safetensors and tokenizer.json only."""

    def about(self, name: str) -> TextAbout:
        """Ask the hub what the model `owner/name` is. UserError with the reason where it cannot be opened here."""
        found = self.information(name)
        sizes = {file.rfilename: file.size or 0 for file in found.siblings or []}
        if WEIGHTS not in sizes or not all(0 < sizes.get(file, 0) <= SMALL for file in NEEDED):
            raise BadRequestError("hub_no_text", name=name)
        files = (*NEEDED, *(file for file in WANTED if 0 < sizes.get(file, 0) <= SMALL), WEIGHTS)
        options = self.json(name, "config.json", found.sha or "main")
        kinds = options.get("architectures")
        kind = str(kinds[0]) if isinstance(kinds, list) and kinds else ""
        if not kind.endswith(("ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "MTModel")):
            raise BadRequestError("hub_no_text", name=name)
        return TextAbout(
            name=name,
            megabytes=round(sum(sizes[file] for file in files) / MEGABYTE, 1),
            kind=kind,
            licence=str(found.card_data.get("license") or "") if found.card_data else "",
            revision=found.sha or "main",
            files=files,
        )

    def bring(self, name: str, limit: float = LIMIT) -> Iterator[Step[Path | None]]:
        """Yield megabytes as they arrive (value None), last the folder. Nothing travels when it is too large."""
        yield from self.arrive(self.about(name), limit)
