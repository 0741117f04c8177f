"""What the inner tabs of compression share: both networks side by side, their charts, and the words about them."""

import math
from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.compression.requests import JUDGE, SMOLLM2
from aigc_demo.services.hf_text.here import smollm2_is_here
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import QUICK
from aigc_demo.ui.fetching import fetches
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import verdict_line
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import progress_line, view

SIDES = ("before", "after")  # of the change
ROOM = 1.12  # of a chart above its highest point


def outputs(elem_id: str, sides: int, charts: Sequence[tuple[str, str]], value: Any = None) -> gr.HTML:
    """What `sides` networks make, then charts (key of a title, markup of a legend); see outputs.js."""
    side = '<figure><figcaption></figcaption><div class="lx-cells"></div><p class="lx-made" hidden></p></figure>'
    plots = "".join(plot(title, legend) for title, legend in charts)
    template = (
        f'<div class="lx-outputs lx-view"><div class="lx-made-by">{side * sides}</div>'
        f'<div class="lx-plots">{plots}</div></div>'
    )
    return view("outputs", template, value, elem_id=elem_id)


def subject(form: UseCaseForm) -> Any:
    """The choice of a network; where SmolLM2 is chosen and is not here, the button that brings it. Its event."""
    model = form.choice("model")
    form.line = progress_line(follows=True)  # SmolLM2 takes ten seconds
    with gr.Column(visible=False, elem_id=f"{form.use_case}-absent") as absent:
        button = gr.Button(t("hf_text.fetch"), size="sm", elem_id=f"{form.use_case}-fetch")
        line = verdict_line(value={"words": t("compression.fetch_help"), "good": True})

    def chosen(model: Any) -> Any:
        return gr.Column(visible=model == SMOLLM2 and not smollm2_is_here())

    model.change(chosen, model, absent, **QUICK, **HIDDEN)
    return fetches(button, line, "compression.fetch_done")


def bytes_of(size: float) -> str:
    """A size as people write it."""
    return f"{size / 1e6:.2f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def cost(value: float, model: str) -> str:
    """A cost with its digits: per cent of the digits that are misread, else the number."""
    return f"{100 * value:.1f} %" if model == JUDGE else f"{value:.4g}"


def unit(model: str, say: Say) -> str:
    """What the cost of a network is."""
    return say(f"compression.cost_{model.replace('-', '_')}")


def made(value: Json, names: Sequence[str]) -> list[Json]:
    """Every side as outputs.js draws it: name, text, or how many pictures with what is read in them."""
    if "texts" in value:
        return [{"name": name, "text": text} for name, text in zip(names, value["texts"], strict=True)]
    asked = value["asked"]
    return [
        {"name": name, "read": read, "wrong": [one != other for one, other in zip(read, asked, strict=True)]}
        for name, read in zip(names, value["read"], strict=True)
    ]


def both(value: Json, say: Say) -> Json:
    """Both networks with what they make and take, the curve, and the weights of a channel."""
    names = [
        f"{say(f'compression.{side}')} · {bytes_of(size)}" for side, size in zip(SIDES, value["sizes"], strict=True)
    ]
    return {**value, "made": made(value, names), "charts": [curve(value, say), weights(value, say)]}


def verdict(value: Json, say: Say, words: str) -> Json:
    """The sentence above the results: sizes, costs and times of both. `words`: key of what is said of the time."""
    model, sizes, costs, times = value["model"], value["sizes"], value["costs"], value["milliseconds"]
    work = f"compression.work_{model.replace('-', '_')}"
    parts = (
        f"{bytes_of(sizes[0])} → {bytes_of(sizes[1])} (1 / {sizes[0] / sizes[1]:.1f})",
        f"{unit(model, say)} {cost(costs[0], model)} → {cost(costs[1], model)}",
        f"{say(work)} {times[0]:.1f} → {times[1]:.1f} ms",
        say(words),
    )
    return {"words": "\n".join(parts), "good": not lost(value)}


def lost(value: Json) -> bool:
    """Whether more than the knee may lose is lost."""
    before, after = value["costs"]
    return bool(after > before + 0.01 if value["model"] == JUDGE else after > 1.01 * before)


def curve(value: Json, say: Say) -> Json:
    """Cost against size: the stored curve and its knee, or a line where nothing is stored; where the network is now."""
    share = value["model"] == JUDGE  # of digits, in per cent

    def place(size: float, cost: float) -> tuple[float, float]:
        return math.log2(size / 1e6), cost * (100 if share else 1)

    points, tuned = (sorted(place(size, cost) for _, size, cost in value[name]) for name in ("curve", "tuned"))
    before, now = (place(*side) for side in zip(value["sizes"], value["costs"], strict=True))
    everything = [*points, *tuned, now, *([] if points else [before])]
    low, high = min(x for x, _ in everything) - 0.2, max(x for x, _ in everything) + 0.2
    top = ROOM * max(y for _, y in everything)
    ticks = [power for power in range(-9, 10) if low <= power <= high]
    lines = [{"kind": kind, "points": line} for kind, line in (("water", points), ("reed", tuned)) if line]
    if value["knee"] is not None:
        dot = place(*value["curve"][value["knee"]][1:])
        lines.append({"kind": "mist", "points": [(dot[0], 0), (dot[0], top)]})
        lines.append({"kind": "water", "points": [dot], "dots": [dot]})
    lines.append({"kind": "glow", "points": [now], "dots": [now]})
    return {
        "x": [low, high],
        "y": [0, top],
        "xs": [[power, f"{2.0**power:g}" if power >= 0 else f"1/{2**-power}"] for power in ticks],
        "across": say("compression.across_size"),
        "up": f"{unit(value['model'], say)}{' (%)' if share else ''}",
        "lines": lines,
        **({} if points else {"level": {"at": before[1], "words": say("compression.before")}}),
    }


def weights(value: Json, say: Say) -> Json:
    """The weights of a channel: columns before, levels or an outline after."""
    channel = value["channel"]
    edges, before, after = channel["edges"], channel["before"], channel["after"]
    bars = [[low, high, count] for low, high, count in zip(edges, edges[1:], before, strict=False)]
    top = ROOM * max(before)
    lines: list[Json] = []
    if 0 < len(channel["levels"]) <= 40:
        top = ROOM * max(*before, *channel["counts"])
        for level, count in zip(channel["levels"], channel["counts"], strict=True):
            lines.append({"kind": "glow", "points": [(level, 0), (level, count)], "dots": [(level, count)]})
    else:
        steps = [
            (edge, min(count, top))
            for low, high, count in zip(edges, edges[1:], after, strict=False)
            for edge in (low, high)
        ]
        lines.append({"kind": "glow", "points": steps})
    places = [*edges, *channel["levels"]]
    low, high = min(places), max(places)
    margin = 0.03 * (high - low)
    return {
        "x": [low - margin, high + margin],
        "y": [0, top],
        "across": f"{say('compression.across_weight')} {channel['layer']}",
        "up": say("compression.up_count"),
        "bars": bars,
        "lines": lines,
    }


def layers(value: Json, say: Say) -> Json:
    """The layers that changed the most, the worst first."""
    rows = sorted(value["layers"], key=lambda row: -row[1])
    head = [say("compression.layer"), say("compression.layer_error")]
    return {"head": head, "rows": [[name, f"{100 * error:.1f} %"] for name, error in rows], "mark": None}
