"""Us against peers: the same work, alternating runs.

    python -m benchmarks                     every benchmark, one line each
    python -m benchmarks NAME --json         {"name", "unit", "ours", "peer", "ratio", "limit", "runs"}

Figures are medians; runs holds every single one, also processor time, which other work on the machine disturbs less.
"""

import argparse
import json
import sys
from importlib import import_module

from aigc_demo.core import environment
from benchmarks.measure import Result, cpu_features

NAMES = (
    *("diffusion_sampling", "drawing_together", "autoencoder", "plane_click", "gan_drawing", "gan_points"),
    *("gpt_decode", "gpt_batch", "writing_together", "smollm2_decode", "token_lag", "chorales", "video"),
    *("text2image_sampling", "text2image_typing", "dalle_tokens", "scenes_memory"),
    *("cold_start", "app_start", "page_load", "memory", "sessions", "onnx"),
)
PARTS = ("page_build", "page_turn", "page_growth")  # of page_load
OPTIONAL = ("replicas",)  # with packages that nothing else needs


def line(result: Result) -> str:
    """A result in words."""
    plain = result.to_plain()
    figures = "  ".join(f"{key} {plain[key]}" for key in ("ours", "peer", "ratio", "limit"))
    rest = [f"    {json.dumps(item)}" for item in plain.get("more", [])]
    return "\n".join([f"{plain['name']} [{plain['unit']}]  {figures}", *rest])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", choices=(*NAMES, *PARTS, *OPTIONAL), help="all of them without a name")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rounds", type=int, help="how often each side runs")
    options = parser.parse_args()
    environment.prepare()  # threads wait as they do in the app; before torch is imported
    if not options.json:
        sys.stdout.write(f"CPU: {cpu_features()}\n")
    rounds = {"rounds": options.rounds} if options.rounds else {}
    for name in [options.name] if options.name else NAMES:
        result: Result = import_module(f"benchmarks.{name}").run(**rounds)
        sys.stdout.write((json.dumps(result.to_plain()) if options.json else line(result)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
