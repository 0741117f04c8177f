"""Imports go down only: the table of who may import whom, held against the source."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "aigc_demo"

MAY_IMPORT = {
    "core": set(),
    "nn": set(),
    "models": {"nn"},
    "compression": {"nn", "models"},
    "sampling": {"core"},
    "data": {"core"},
    "checkpoints": {"core"},
    "pipelines": {"core", "nn", "models"},
    "services": {"core", "models", "compression", "sampling", "data", "checkpoints", "pipelines", "training"},
    "evaluation": {"core", "models", "sampling", "data", "checkpoints"},
    "training": {"core", "models", "sampling", "data", "checkpoints", "evaluation"},
    "ui": {"core", "checkpoints", "services"},
    "examples": {"checkpoints", "data", "models", "pipelines", "sampling", "services"},  # as a person would write them
}
ONLY_IN = {
    "gradio": {"ui"},
    "accelerate": {"training"},
    "diffusers": {"pipelines", "examples"},
    "transformers": {"pipelines", "examples"},
    "onnxruntime": {"pipelines"},
    "mcp": {"ui"},
    "ray": {"services"},
}
LAYERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__")


def sources(layer: str) -> dict[str, ast.Module]:
    """Every Python file of a layer by its path, read once for all tests."""
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files, f"{layer} has no file"
    return {str(path.relative_to(ROOT)): parsed(path) for path in files}


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text())


def imports(tree: ast.Module) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def allowed(layer: str, module: str) -> bool:
    """Whether a file of the layer may import the module."""
    top, *rest = module.split(".")
    if top == "aigc_demo":
        return bool(rest) and rest[0] in MAY_IMPORT[layer] | {layer}
    return layer in ONLY_IN.get(top, {layer})


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_down_only(layer):
    upward = [
        f"{path} must not import {module}"
        for path, tree in sources(layer).items()
        for module in sorted(imports(tree))
        if not allowed(layer, module)
    ]
    assert not upward, "\n".join(upward)


def test_every_folder_is_a_layer():
    assert set(LAYERS) == set(MAY_IMPORT)


@pytest.mark.parametrize("layer", LAYERS)
def test_no_generator_yields_inside_a_context_of_torch(layer):
    """Such a context belongs to a thread, and the next step of a generator may run on another; decorate instead."""
    held = []
    for path, tree in sources(layer).items():
        for block in ast.walk(tree):
            if isinstance(block, ast.With) and any(
                isinstance(node, ast.Yield | ast.YieldFrom) for part in block.body for node in ast.walk(part)
            ):
                names = [ast.unparse(item.context_expr) for item in block.items]
                held += [f"{path}:{block.lineno} {name}" for name in names if name.startswith(("torch.", "autocast"))]
    assert not held, "\n".join(held)
