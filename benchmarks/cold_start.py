"""From a fresh interpreter to the first picture in a file: ours against a pipeline that diffusers opens from a folder.

Same weights, the same 20 steps. Seconds are taken from outside the process, memory is its largest resident set.
"""

import tempfile
from pathlib import Path

from benchmarks.diffusion_sampling import STEPS, pipeline
from benchmarks.measure import ROOT, Result, Run, alternate, compare, fresh_interpreter, median

OURS = f"""
from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import to_pil
from aigc_demo.services.service import Service
last = Service(Store(device="cpu")).result("diffusion_draw", dict(digit=-1, steps={STEPS}, guidance=1))
to_pil(last.x).save(sys.argv[1])
"""

PEER = f"""
import torch
from diffusers import DDIMPipeline
from PIL import Image
drawn = DDIMPipeline.from_pretrained(sys.argv[2])
drawn.set_progress_bar_config(disable=True)
picture = drawn(1, num_inference_steps={STEPS}, output_type="np").images
picture = torch.nn.functional.pixel_shuffle(torch.from_numpy(picture).permute(0, 3, 1, 2), 2)[0, 0]
Image.fromarray((picture.numpy() * 255).astype("uint8")).save(sys.argv[1])
"""


def run(rounds: int = 5) -> Result:
    from aigc_demo.checkpoints.store import Store

    with tempfile.TemporaryDirectory() as folder:
        saved, picture = Path(folder) / "pipeline", str(Path(folder) / "picture.png")
        pipeline(Store(ROOT / "assets", device="cpu").load("diffusion-digits")).save_pretrained(saved)  # type: ignore[arg-type]

        def ours() -> Run:
            return fresh_interpreter(OURS, picture)

        def peer() -> Run:
            return fresh_interpreter(PEER, picture, str(saved))

        ours(), peer()  # files are in the page cache from here on
        runs = alternate({"ours": ours, "peer": peer}, rounds)
    memory = compare("cold_start_memory", "MB", 2.0, runs, "peak_mb").to_plain()
    processor = {f"{side}_cpu_seconds": median(runs, f"{side}_cpu_seconds") for side in ("ours", "peer")}
    return compare("cold_start", "s", 3.0, runs, "seconds", [{**memory, "runs": []}, processor])
