"""Imports go down only: the table of who may import whom, held against the source."""

import ast
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
}
FILES = sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT)


def imports(path: Path) -> set[str]:
    """Every module that the file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path):
    layer = path.relative_to(ROOT).parts[0]
    for module in imports(path):
        top, *rest = module.split(".")
        if top == "aigc_demo":
            assert rest and rest[0] in MAY_IMPORT[layer] | {layer}, f"{layer} must not import {module}"
        assert layer in ONLY_IN.get(top, {layer}), f"{layer} must not import {module}"


def test_every_folder_is_a_layer():
    assert {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_generator_yields_inside_a_context_of_torch(path):
    """Such a context belongs to a thread, and the next step of a generator may run on another; decorate instead."""
    for block in ast.walk(ast.parse(path.read_text())):
        if isinstance(block, ast.With) and any(
            isinstance(node, ast.Yield | ast.YieldFrom) for part in block.body for node in ast.walk(part)
        ):
            held = [ast.unparse(item.context_expr) for item in block.items]
            assert not [name for name in held if name.startswith(("torch.", "autocast"))], f"line {block.lineno}"
