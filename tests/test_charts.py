"""Charts that scripts draw: no style meant for something else may reach their shapes."""

import re

from aigc_demo.ui import needed

DRAWN = re.compile(r'\bclass: [`"]([^`"$]+)')
SIZES = re.compile(r"(?<![-\w])(width|height|x|y|display)\s*:")


def test_no_style_moves_or_sizes_a_shape_of_a_chart():
    shapes = {name for text in needed.files(".js").values() for part in DRAWN.findall(text) for name in part.split()}
    assert {"lx-share-bar", "lx-bar", "lx-needle"} <= shapes
    wrong = []
    for file, sheet in needed.files(".css").items():
        for head, body in needed.blocks(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
            last = {name for selector in head.split(",") for name in re.findall(r"\.(lx-[\w-]+)", selector.split()[-1])}
            if not head.startswith("@") and last & shapes and SIZES.search(body):
                wrong.append(f"{file}: {head}")
    assert not wrong
