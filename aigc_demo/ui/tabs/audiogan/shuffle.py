"""Phase shuffle on and off: what the critic gives a sound that is moved by a few samples."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.audiogan.page import digit_choice
from aigc_demo.ui.tabs.audiogan.wave import PAPERS
from aigc_demo.ui.tabs.parts import minus, mosaic, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import charts, legend, plot
from aigc_demo.ui.views.sounds import recorder, sound_player
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

SPACE = 0.08  # of the height of the chart, above and below the scores


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_shuffle", service)
    with form.tab():
        question(
            "audiogan.predict_shuffle",
            form,
            "#audiogan_shuffle-told",
            ":is(#audiogan_shuffle-view figure .lx-small)",
        )
        with bench():
            with controls():
                form.check("shuffle")
                form.fields("most", "draws")
                digit_choice(form)
                form.seed()
                with drawer("audiogan.shuffle_own"):
                    form.add("recording", recorder("audiogan_shuffle-recording"))
            with result():
                sounds, words, scores, maps = form.first_shown(shown, 4)
                player = sound_player(sounds, series=True, elem_id="audiogan_shuffle-view")
                with gr.Column(elem_id="audiogan_shuffle-told"):
                    verdict = verdict_line("audiogan_shuffle-verdict", words)
                    key = legend(glow="audiogan.shuffle_off_line", water="audiogan.shuffle_on_line")
                    chart = charts("audiogan_shuffle-chart", plot("audiogan.shuffle_plot", key), scores)
                form.outcome(("wav", "flac", "png", "json"), line=False)
        layers = mosaic("audiogan_shuffle-maps", "audiogan.shuffle_maps", maps)
        how_it_works(
            r"h_\ell \leftarrow S_{k_\ell}\big(\mathrm{LReLU}(W_\ell * h_{\ell-1})\big), \qquad "
            r"k_\ell \sim U\{-n, \dots, n\}, \qquad S_k(h)_t = h_{t-k}",
            "audiogan.how_shuffle",
            {name: PAPERS[name] for name in PAPERS if "WaveGAN" in name},
            sources(
                "models.wavegan:phase_shuffle",
                "models.wavegan:moved",
                "models.wavegan:WaveCritic.seen",
                "services.audiogan.shuffle:shuffle",
            ),
            steps=("sound", "critic", "dice", "score"),
        )
    form.watch(player, verdict, chart, layers, show=shown)
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """Both sounds, the sentence, the chart and the maps."""
    return [heard(value, say), sentence(value, say), {"charts": [scores(value, say)]}, moved(value, say)]


def heard(value: Json, say: Say) -> Json:
    """The sound as it is and moved, each with its score without shuffle."""
    first = f"{say('audiogan.judge_own')} · {value['digit']}" if value["own"] else say("audiogan.shuffle_as_is")
    samples, score = say("audiogan.shuffle_samples"), say("audiogan.shuffle_score")
    notes = [f"{score} {minus(value['off'][place], '.2f')}" for place in (0, value["furthest"])]
    return {**value, "titles": [first, f"+{value['furthest']} {samples}"], "notes": notes}


def sentence(value: Json, say: Say) -> Json:
    """How far the score swings without phase shuffle, and with it."""
    off = value["off"]
    facts = {"low": min(off), "high": max(off), "swing": value["swing"], "gap": value["real"] - value["made"]}
    words = say("audiogan.shuffle_says")
    if value["moves"]:
        facts |= {"mean": value["swing_mean"], "spread": value["spread"]}
        words = f"{words} {say('audiogan.shuffle_says_on')}"
    told: Json = {name: minus(number, ".2f") for name, number in facts.items()}
    return {"words": words, "values": {**told, "draws": len(value["moves"])}, "good": True}


def scores(value: Json, say: Say) -> Json:
    """The chart: both curves over the samples by which the sound is moved, and where scores usually lie."""
    lines: list[Json] = [{"kind": "glow", "points": points(value["off"])}]
    reached = [*value["off"], value["made"], value["real"]]
    if value["moves"]:
        around = [*points(value["high"]), *reversed(points(value["low"]))]
        lines = [{"kind": "range", "points": around}, {"kind": "water", "points": points(value["mean"])}, *lines]
        reached += [*value["low"], *value["high"]]
    least, most = min(reached), max(reached)
    space = SPACE * (most - least)
    return {
        "x": [0, len(value["off"]) - 1],
        "y": [least - space, most + space],
        "across": say("audiogan.shuffle_across"),
        "up": say("audiogan.shuffle_up"),
        "lines": lines,
        "band": {"from": value["made"], "to": value["real"], "words": say("audiogan.shuffle_band")},
    }


def points(curve: Sequence[float]) -> list[list[float]]:
    """A curve over the samples by which the sound is moved."""
    return [[by, score] for by, score in enumerate(curve)]


def moved(value: Json, say: Say) -> Json:
    """Maps of every layer before its move, and after it."""
    layers = value["maps"]["counts"][0] // 2
    moves = value["moves"][0] if value["moves"] else [0] * layers
    columns = [f"{say('audiogan.shuffle_layer')} {i}" for i in range(1, layers + 1)]
    notes = [*[""] * layers, *(minus(by, "+d") if by else "0" for by in moves)]
    rows = [say("audiogan.shuffle_as_is"), say("audiogan.shuffle_moved")]
    return {**value["maps"], "rows": rows, "columns": columns, "notes": notes}
