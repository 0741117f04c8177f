"""This tree against an earlier commit of it, on the same work: python -m benchmarks.against 12e2b13 [WORK ...]

The commit is checked out beside this tree for the time of the run (`git worktree`). Every run is a process of its own,
the trees take turns, and the order is turned round every time. Ratios are earlier / now, so that above 1 we are faster;
by the clock first, then by processor time. SmolLM2 must be on this machine: aigc_demo.services.hf_text.fetch.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import ROOT, cpu_features, environment

OPEN = """
from aigc_demo.core import environment
environment.prepare()
import json, sys, time
import torch
from pathlib import Path
torch.set_flush_denormal(True)
from benchmarks.measure import peak_megabytes, stopwatch
from aigc_demo.checkpoints.store import Store
store = Store(Path("assets"), device="cpu")
def best(work, count, tries=3):
    work()
    found = [stopwatch(work) for _ in range(tries)]
    return {key: 1000 * min(run[key] for run in found) / count for key in ("seconds", "cpu_seconds")}
"""
UNET = """
from benchmarks.diffusion_sampling import draw
model = store.load("diffusion-digits")
network = model
if "{engine}" == "onnx":
    try:
        from aigc_demo.services.diffusion.denoising import quickest
        import threading
        quickest(model)
        [thread.join() for thread in threading.enumerate() if thread.name == "engine"]
        network = quickest(model)
    except ImportError:
        pass
if network is not model:
    session = network
    model.forward = lambda x, t, label=None: session(x, t, torch.full_like(t, 10) if label is None else label)
x = torch.randn({batch}, 4, 16, 16, generator=torch.Generator().manual_seed(0))
found = best(lambda: draw(model, x, torch.float32), 20)
"""
GPT = """
from benchmarks.gpt_decode import CONFIGS, model_of, ours
model = model_of(CONFIGS["gpt2"]) if "{name}" == "gpt2" else store.load("{name}")
tokens = torch.randint(model.config.vocabulary, (1, 16), generator=torch.Generator().manual_seed(1))
way = model
if "{engine}" == "onnx":
    try:
        from aigc_demo.services.engines import ENGINES
        way = ENGINES.prepare_writer(model).session
    except (ImportError, AttributeError):
        pass
found = best(lambda: ours(way, tokens, 200), 200)
"""
SMOLLM2 = """
from aigc_demo.data.folder import data_folder
folder = data_folder("smollm2")
began = time.perf_counter()
try:
    from aigc_demo.pipelines.text_bytes import open_bytes
    model = open_bytes(folder).model
except ImportError:
    from aigc_demo.models.int8 import in_bytes
    from aigc_demo.pipelines.text_folder import open_text
    model = in_bytes(open_text(folder).model)
load = time.perf_counter() - began
if "{engine}" == "onnx":
    try:
        from aigc_demo.services.engines import ENGINES
        plain, model = model, ENGINES.other_writer(model)  # which does not keep it
    except (ImportError, AttributeError):
        pass
from aigc_demo.sampling.writing import Writer, chances, write
from aigc_demo.sampling.tokens import Sampling
tokens = torch.arange(1000, 1000 + {prompt})[None]
with torch.inference_mode():
    if {length}:
        found = best(lambda: list(write(model, tokens, Sampling(temperature=0), chances(0, {length}))), {length})
    else:
        found = best(lambda: Writer(model, tokens), 1)
found |= {{"load_seconds": load, "peak_mb": peak_megabytes()}}
"""
ROOM = """
from concurrent.futures import ThreadPoolExecutor
asked = {asked}
try:
    from aigc_demo.services.service import Service
    service, at_once = Service(store), len(asked)
    make = lambda values: service.result("{family}_{use_case}", values)
except ImportError:  # earlier ones let one person at a time have the processor
    from aigc_demo.services.{family} import requests, service as module
    service, at_once = module.create(store), 1
    make = lambda values: list(service.{use_case}(requests.{request}(**values)))
with ThreadPoolExecutor(at_once) as pool:
    found = best(lambda: list(pool.map(make, asked)), len(asked))
"""
DIGITS = '[{"digit": i % 10, "seed": i, "steps": 10, "guidance": 1.5} for i in range(32)]'
TEXTS = '[{"seed": i, "length": 200, "prompt": "ROMEO:\\n"[i % 5 :]} for i in range(16)]'
WORKS = {
    "unet_batch_1": UNET.format(batch=1, engine="torch"),
    "unet_batch_16": UNET.format(batch=16, engine="torch"),
    "unet_batch_1_onnx": UNET.format(batch=1, engine="onnx"),
    "unet_batch_16_onnx": UNET.format(batch=16, engine="onnx"),
    "gpt-shakespeare": GPT.format(name="gpt-shakespeare", engine="torch"),
    "gpt-shakespeare_onnx": GPT.format(name="gpt-shakespeare", engine="onnx"),
    "gpt2_form": GPT.format(name="gpt2", engine="torch"),
    "smollm2_token": SMOLLM2.format(prompt=20, length=48, engine="torch"),
    "smollm2_token_onnx": SMOLLM2.format(prompt=20, length=48, engine="onnx"),
    "smollm2_prompt_512": SMOLLM2.format(prompt=512, length=0, engine="torch"),
    "digits_of_32_people": ROOM.format(asked=DIGITS, family="diffusion", use_case="draw", request="Draw"),
    "texts_of_16_people": ROOM.format(asked=TEXTS, family="gpt", use_case="write", request="Write"),
}


def run(tree: Path, work: str) -> dict[str, float]:
    """One child in a tree: milliseconds of a unit of work by the clock and of the processor, and what else it tells."""
    code = f"{OPEN}{work}\nprint(json.dumps(found))"
    given = environment(PYTHONPATH=str(tree))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, env=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-800:])
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def compare(earlier: Path, work: str, rounds: int) -> dict[str, float]:
    """Medians of both trees, and of the ratios of the rounds."""
    pairs = []
    for i in range(rounds):
        order = [earlier, ROOT] if i % 2 == 0 else [ROOT, earlier]
        found = {tree: run(tree, work) for tree in order}
        pairs.append((found[earlier], found[ROOT]))
    told = {
        "ratio": statistics.median(before["seconds"] / now["seconds"] for before, now in pairs),
        "ratio_of_processor_time": statistics.median(b["cpu_seconds"] / n["cpu_seconds"] for b, n in pairs),
    }
    names = {"ms": "seconds", "cpu_ms": "cpu_seconds", "load_seconds": "load_seconds", "peak_mb": "peak_mb"}
    for name, key in names.items():
        if key in pairs[0][0]:
            told[f"earlier_{name}"] = statistics.median(before[key] for before, _ in pairs)
            told[name] = statistics.median(now[key] for _, now in pairs)
    return {name: float(f"{value:.4g}") for name, value in told.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit")
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of {', '.join(WORKS)}; all of them without")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sys.stdout.write(f"CPU: {cpu_features()}\n")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "earlier"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(tree), options.commit], check=True, capture_output=True)
        try:
            for name in options.works or WORKS:
                sys.stdout.write(f"{name}  {json.dumps(compare(tree, WORKS[name], options.rounds))}\n")
                sys.stdout.flush()
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=False, capture_output=True)


if __name__ == "__main__":
    main()
