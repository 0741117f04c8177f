"""Three horses: measured loss against parameters, data and seconds, the law fitted to it, and sliders that read it."""

import math
from collections.abc import Sequence
from typing import Any

from aigc_demo.services.files import TEXT
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.compression.parts import outputs
from aigc_demo.ui.tabs.parts import table, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Kaplan et al., Scaling Laws for Neural Language Models, 2020": "https://arxiv.org/abs/2001.08361",
    "Hoffmann et al., Training Compute-Optimal Large Language Models, 2022": "https://arxiv.org/abs/2203.15556",
}
PRESETS: dict[str, dict[str, Any]] = {
    "training.try_here": {"parameters": 200, "tokens": 1000, "budget": 60},
    "training.try_data": {"parameters": 200, "tokens": 2000, "budget": 120},
    "training.try_size": {"parameters": 400, "tokens": 1000, "budget": 120},
    "training.try_check": {"parameters": 450, "tokens": 3000, "budget": 400},
}
Y = (1.5, 2.7)  # nats of the charts


def build(service: Service) -> UseCaseForm:
    """The tab of the law: it follows its sliders at once."""
    form = UseCaseForm("training_horses", service)
    curves = legend(glow="training.law_here", water="training.law_runs")
    with form.tab():
        with bench():
            with controls():
                form.slider("parameters", main=True)
                form.fields("tokens", "budget")
                form.presets(PRESETS)
            with result():
                sentence, charts, rows, check = form.first_shown(shown, 4)
                views = [
                    verdict_line("training_horses-verdict", sentence),
                    outputs(
                        "training_horses-view",
                        0,
                        [(f"training.law_{name}", curves) for name in ("data", "size", "time")],
                        charts,
                    ),
                    table("training_horses-places", rows),
                    verdict_line("training_horses-check", check),
                ]
                form.outcome(TEXT, line=False)
        question("training.predict_twice", form, "#training_horses-places")
        challenge("training.challenge_cheap", form)
        how_it_works(
            r"L(N, D) = E + \frac{A}{N^{a}} + \frac{B}{D^{b}}, \qquad t = D\,(u + v N)",
            "training.how_horses",
            PAPERS,
            sources("services.training.law:fitted", "services.training.law:fit", "services.training.horses:best"),
            steps=("sixteen_runs", "loss", "curve", "guess"),
        )
    form.watch(*views, show=shown)
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The sentence, three charts, what more would buy, and the run that was kept out."""
    now, check = value["now"], value["check"]
    off = 100 * abs(check["loss"] / value["measured"] - 1)
    expected = {
        **spoken(now),
        "give": f"{(now['high'] - now['low']) / 2:.2f}",
        "among": f"{math.exp(now['loss']):.1f}",
    }
    found = (
        f"{say('training.law_says')} {check['loss']:.3f}",
        f"{say('training.law_measured')} {value['measured']:.3f}",
        f"{say('training.law_off')} {off:.1f} %",
    )
    kept = (say("training.law_kept"), " · ".join(sized(check, say)), " · ".join(found))
    axes = (("data", 1, now["tokens"]), ("size", 0, now["parameters"]), ("time", 2, value["best"]["seconds"]))
    charts = [chart(value, say, *axis) for axis in axes]
    return [
        {"words": say("training.law_expects"), "values": expected, "good": True},
        {"made": [], "charts": charts},
        places(value, say),
        {"words": "\n".join(kept), "good": off <= 2},
    ]


def sized(one: Json, say: Say) -> list[str]:
    """Parameters, characters and seconds of a place, in words."""
    told = spoken(one)
    return [
        f"{told['parameters']} k {say('training.column_parameters')}",
        f"{told['tokens']} M {say('training.column_tokens')}",
        f"{told['seconds']} {say('training.core_seconds')}",
    ]


def spoken(one: Json) -> dict[str, str]:
    """Numbers of a place as people say them."""
    return {
        "parameters": f"{one['parameters'] / 1e3:,.0f}",
        "tokens": f"{one['tokens'] / 1e6:.1f}",
        "seconds": f"{one['seconds']:,.0f}",
        "loss": f"{one['loss']:.3f}",
    }


def chart(value: Json, say: Say, name: str, axis: int, at: float) -> Json:
    """Loss against one of the three, on a logarithmic axis: the law's curve, all runs, and where the slider stands."""
    curve = [(math.log10(x), loss) for x, loss in value[name]]
    dots = [(math.log10(run[axis]), run[3]) for run in (*value["runs"], value["kept_out"])]
    loss = value["best" if name == "time" else "now"]["loss"]
    low, high = curve[0][0], curve[-1][0]
    ticks = [power for power in range(8) if low <= power <= high]
    return {
        "x": [low, high],
        "y": list(Y),
        "xs": [[power, ticked(10**power)] for power in ticks],
        "across": say(f"training.across_{name}"),
        "up": say("training.up_loss"),
        "lines": [
            *({"kind": "water", "points": [dot], "dots": [dot]} for dot in dots if Y[0] <= dot[1] <= Y[1]),
            {
                "kind": "glow",
                "points": [(x, y) for x, y in curve if Y[0] <= y <= Y[1]],
                "dots": [(math.log10(at), min(max(loss, Y[0]), Y[1]))],
            },
        ],
    }


def ticked(number: float) -> str:
    """A tick of an axis: 10000 -> "10 k"."""
    return f"{number / 1e6:g} M" if number >= 1e6 else f"{number / 1e3:g} k" if number >= 1e3 else f"{number:g}"


def places(value: Json, say: Say) -> Json:
    """What twice the data, twice the parameters and twice the seconds would buy."""
    head = [say(f"training.column_{name}") for name in ("place", "parameters", "tokens", "seconds", "loss", "gain")]
    rows = []
    for name, before in (
        ("now", "now"),
        ("more_data", "now"),
        ("more_size", "now"),
        ("best", "best"),
        ("best_twice", "best"),
    ):
        one, gain = value[name], value[before]["loss"] - value[name]["loss"]
        told = spoken(one)
        numbers = [f"{told['parameters']} k", f"{told['tokens']} M", f"{told['seconds']} {say('training.second')}"]
        margin = (one["high"] - one["low"]) / 2
        said = "" if name == before else f"−{gain:.3f}"
        rows.append([say(f"training.place_{name}"), *numbers, f"{told['loss']} ± {margin:.2f}", said])
    return {"head": head, "rows": rows, "mark": None}
