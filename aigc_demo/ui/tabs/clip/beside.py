"""Our CLIP and transformers' CLIPModel, same weights, same pictures and sentences."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import every_layer, layer_bars, table, verdict, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("clip_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.text("sentences", lines=5)
                form.choice("mistake")
                form.buttons("clip.run_beside")
            with result():
                both, words, rows = form.first_shown(compared, 3)
                views = [
                    table("clip_beside-view", both),
                    verdict_line("clip_beside-verdict", words),
                    layer_bars("clip_beside-layers", rows),
                ]
                form.outcome(("txt", "html", "png", "json"), library="inside.transformers")
        question("clip.predict_mistake", form)
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i - f^{\text{transformers}}_i \right| \le 10^{-4}\,\max(1, |f_i|)",
            "clip.how_beside",
            {"transformers, CLIPModel": "https://huggingface.co/docs/transformers/model_doc/clip"},
            sources("pipelines.pairs.clip:to_library", "pipelines.parity:compare"),
            steps=("picture", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """The similarities of both, the sentence that sums up, and every layer."""
    times = [value["our_milliseconds"], value["their_milliseconds"]]
    heads = [f"{say(key)} · {ms:.1f} ms" for key, ms in zip(("shell.beside_ours", "inside.theirs"), times, strict=True)]
    rows = [
        [sentence, best(mine), best(yours)]
        for sentence, mine, yours in zip(value["sentences"], value["ours"], value["theirs"], strict=True)
    ]
    head = [say("clip.beside_fit"), *heads]
    layers = every_layer(say, value, "inside.beside_layer")
    return [{"head": head, "rows": rows, "mark": None}, verdict(say, value), layers]


def best(scores: Sequence[float]) -> str:
    """Which of the pictures fits best, counted from 1, and its score."""
    place = max(range(len(scores)), key=scores.__getitem__)
    return f"{place + 1} · {scores[place]:.1f}"
