"""Models by checkpoint id, checked against the catalogue, the last few kept in memory.

torch is imported by the first `load`, not by this file: a page is served before any model is needed.
"""

import threading
from collections import OrderedDict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.catalogue import ASSETS, Catalogue, Checkpoint, file_sha256
from aigc_demo.core import shared_gpu
from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.core.params import short
from aigc_demo.core.personal import Personal

if TYPE_CHECKING:
    from torch import nn

M = TypeVar("M", bound="nn.Module")

OWN = "own"  # stands for the id of a person's own model in what leaves the session: cards, links, programs


def is_own(checkpoint_id: str) -> bool:
    """Whether this is the id of a model that `Store.lend` was given, or what stands for one."""
    return checkpoint_id == OWN or checkpoint_id.startswith(f"{OWN}-")


def anonymous(checkpoint_id: str) -> str:
    """OWN in place of the id of a person's own model, any other as it is: whoever has the id can use the model."""
    return OWN if is_own(checkpoint_id) else checkpoint_id


def loaded(store: "Store", checkpoint_id: str, kind: type[M]) -> M:
    """The model with this id; NotFoundError when that is of another kind."""
    model = store.load(checkpoint_id)
    if not isinstance(model, kind):
        raise NotFoundError("own_other" if is_own(checkpoint_id) else "unknown_checkpoint", name=short(checkpoint_id))
    return model


def named(path: str) -> Any:
    """The class or function that "module:name" names, imported when it is asked for."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def remedy(checkpoint: Checkpoint) -> str:
    """The commands that train a checkpoint anew and tell the catalogue of the new file."""
    return f"{checkpoint.command} && python -m aigc_demo.checkpoints.catalogue {checkpoint.id}"


class Store:
    """`assets` holds the files, `listing` says what they must be. Any number of threads may load at once."""

    def __init__(self, assets: Path = ASSETS, device: str = "auto", listing: Catalogue | None = None, keep: int = 48):
        self.assets = assets
        self.keep = keep  # models held in memory
        self._device = device
        self._listing = listing
        self._models: OrderedDict[str, nn.Module] = OrderedDict()  # the one used last at the end
        self._lent: Personal[tuple[nn.Module, str]] = Personal(most=24)  # models of people, and their sha256
        self._lock = threading.Lock()

    def on(self, device: str) -> "Store":
        """The same files, and the same models of people, on another device."""
        other = Store(self.assets, device, self._listing, self.keep)
        other._lent = self._lent
        return other

    @property
    def catalogue(self) -> Catalogue:
        return self._listing or catalogue.shipped()

    @property
    def device(self) -> str:
        """Where models compute: what was asked for, else the GPU if there is one that is ours all the time."""
        if self._device == "auto":
            import torch

            self._device = "cuda" if torch.cuda.is_available() and not shared_gpu.is_here() else "cpu"
        return self._device

    def load(self, checkpoint_id: str) -> "nn.Module":
        """The model in eval mode, float32, on the store's device, weights laid out for what the network does."""
        if is_own(checkpoint_id):
            return self._own(checkpoint_id)[0].to(self.device)
        checkpoint = self.catalogue.checkpoint(checkpoint_id)
        with self._lock:
            model = self._models.pop(checkpoint_id, None)
            if model is None:
                model = self._read(checkpoint)
            self._models[checkpoint_id] = model
            while len(self._models) > self.keep:
                self._models.popitem(last=False)
        return model

    def lend(self, model: "nn.Module", sha256: str, checkpoint_id: str = "") -> str:
        """Keep a person's own model for a while: the id by which `load` finds it and nobody else can.

        sha256: of its file. checkpoint_id: an earlier id, whose model this one takes the place of.
        """
        token = checkpoint_id.removeprefix(f"{OWN}-")
        return f"{OWN}-{self._lent.keep((model.to(self.device).eval(), sha256), token)}"

    def _own(self, checkpoint_id: str) -> tuple["nn.Module", str]:
        found = self._lent.find(checkpoint_id.removeprefix(f"{OWN}-"))
        if found is None:
            raise NotFoundError("own_gone")
        return found

    def path(self, checkpoint_id: str) -> Path:
        """The checkpoint's file; UnavailableError when it is not there."""
        checkpoint = self.catalogue.checkpoint(checkpoint_id)
        path = self.assets / checkpoint.file
        if not path.is_file():
            raise UnavailableError("weights_missing", name=checkpoint.id, command=remedy(checkpoint))
        return path

    def sha256(self, checkpoint_id: str) -> str:
        """sha256 of the weights: the one that is checked, else that of the file."""
        if is_own(checkpoint_id):
            return self._own(checkpoint_id)[1]
        return self.catalogue.checkpoint(checkpoint_id).sha256 or file_sha256(self.path(checkpoint_id))

    def _read(self, checkpoint: Checkpoint) -> "nn.Module":
        import torch
        from safetensors import SafetensorError

        from aigc_demo.checkpoints import files
        from aigc_demo.checkpoints.layout import for_single_rows

        path = self.path(checkpoint.id)
        damaged = UnavailableError("weights_damaged", name=checkpoint.id, command=remedy(checkpoint))
        if checkpoint.sha256 and file_sha256(path) != checkpoint.sha256:
            raise damaged
        try:
            with torch.inference_mode(False):  # the next one to use it may want a gradient
                model: nn.Module = files.read(path, named(checkpoint.model), named(checkpoint.config))
                model = model.to(torch.device(self.device), memory_format=torch.channels_last)  # type: ignore[call-overload]
                return for_single_rows(model) if hasattr(model, "state") and self.device == "cpu" else model
        except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError, OSError) as error:
            raise damaged from error
