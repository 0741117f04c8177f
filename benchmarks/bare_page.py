"""The peer of the page: plain Gradio with as many components of the same kinds, no events, everything by default.

python -m benchmarks.bare_page PORT '{"slider": 4, "button": 9}'
"""

import json
import sys

import gradio as gr

CONTAINERS = ("tabs", "tabitem", "row", "column", "group", "form", "accordion", "sidebar", "walkthrough", "step")


def build(kinds: dict[str, int]) -> gr.Blocks:
    """A flat page; what only holds others becomes an empty row."""
    known = {name.lower(): kind for name, kind in vars(gr).items() if isinstance(kind, type)}
    with gr.Blocks() as demo:
        for kind, count in kinds.items():
            for _ in range(count):
                if kind in CONTAINERS or kind not in known:
                    gr.Row()
                else:
                    known[kind]()
    return demo


if __name__ == "__main__":
    build(json.loads(sys.argv[2])).launch(server_port=int(sys.argv[1]), quiet=True)
