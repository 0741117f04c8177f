"""A model that a person has trained or opened, for other use cases and to take home."""

import copy
import hashlib
import tempfile
from pathlib import Path

from torch import nn

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.engines import ENGINES


def weights(model: nn.Module) -> bytes:
    """A model as the bytes of its file, float16, config in the header."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        files.save(model, path)
        return path.read_bytes()


def lend(store: Store, model: nn.Module, own: str = "") -> str:
    """A copy of a model, as it is now, for other use cases: the id of its checkpoint, which is `own` where given."""
    made = copy.deepcopy(model).requires_grad_(False)
    ENGINES.leave(made)
    return store.lend(made, hashlib.sha256(weights(model)).hexdigest(), own)
