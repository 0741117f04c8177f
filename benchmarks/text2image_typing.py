"""From a typed sentence to its picture by the student, and by a StableDiffusionPipeline with the teacher's weights.

Ours is all that the server does for one change of the sentence: reading it, four steps, the decoder, the detector and
the PNG file; 250 ms at most. The pipeline takes 20 guided steps. Further figures are those of one and two steps.
"""

import threading
from collections.abc import Callable

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.service import Service
from aigc_demo.services.text2image.drawing import Models
from aigc_demo.services.text2image.requests import Type
from benchmarks.measure import Result, Run, alternate, at_best, compare, median
from benchmarks.text2image_sampling import PROMPT, STEPS, Library, milliseconds

LIMIT = 250  # milliseconds


def run(rounds: int = 9) -> Result:
    torch.set_flush_denormal(True)
    service = Service(Store(device="cpu"))
    library = Library(Models(service.store))

    def typed(steps: int) -> Callable[[], Run]:
        request = Type(PROMPT, steps)
        return lambda: milliseconds(lambda: list(service.stream("text2image_type", request)))

    sides = {
        "ours": typed(4),
        "two": typed(2),
        "one": typed(1),
        "peer": lambda: milliseconds(library.draw),
    }
    for side in sides.values():
        side()  # warms up
    for thread in threading.enumerate():
        if thread.name == "engine":  # exports the network behind the page, where ONNX Runtime is installed
            thread.join()
    count, best = at_best(library.draw)
    sides["peer"] = lambda: milliseconds(best)
    runs = alternate(sides, rounds)
    slowest = max(found["ours_ms"] for found in runs)
    facts = {
        "steps": 4,
        "steps_of_peer": STEPS,
        "slowest_ms": slowest,
        "limit_ms": LIMIT,
        "ms_of_two_steps": median(runs, "two_ms"),
        "ms_of_one_step": median(runs, "one_ms"),
        "threads": torch.get_num_threads(),
        "threads_of_peer": count,
        "device": service.facts("text2image_type", Type())["device"],
        "ratio_of_processor_time": compare("text2image", "ms", 8, runs, "cpu_ms").ratio,
    }
    return compare("text2image_typing", "ms per picture", 8, runs, "ms", [facts])
