"""A clip of 16 frames in 10 steps with our network against nn.Conv3d with the same weights: one clip, guided."""

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.plain_video import plain
from aigc_demo.sampling.clips import denoise
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.video.requests import CHECKPOINT, Draw
from benchmarks.measure import Result, alternate, compare, stopwatch


def run(rounds: int = 9) -> Result:
    """Seconds of both; the clip is to take 3 at most."""
    torch.set_flush_denormal(True)
    model = Store(device="cpu").load(CHECKPOINT)
    noise = SeededNoise([7]).draw(model.config.shape)
    last = {}

    def clip(name: str, network: torch.nn.Module) -> None:
        *_, last[name] = denoise(network, noise, [7], Draw.guidance, Draw.steps)

    sides = {"ours": model, "peer": plain(model)}
    for name, network in sides.items():
        clip(name, network)  # warms up
    runs = alternate(
        {
            name: lambda name=name, network=network: stopwatch(lambda: clip(name, network))
            for name, network in sides.items()
        },
        rounds,
    )
    facts = {
        "difference": float((last["ours"].x - last["peer"].x).abs().max()),
        "threads": torch.get_num_threads(),
        "ratio_of_processor_time": compare("video", "s", 1.0, runs, "cpu_seconds").ratio,
    }
    return compare("video", "s per clip", 1.0, runs, "seconds", [facts])
