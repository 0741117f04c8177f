"""Self-supervised learning: the task that a network sets itself, and what its features let a linear classifier read."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import minus
from aigc_demo.ui.tabs.training.parts import batches
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

USE_CASE = "training_selfsup"
PRESETS: dict[str, dict[str, Any]] = {
    "training.objective_contrastive": {"objective": "contrastive", "tau": 0.2},
    "training.objective_masked": {"objective": "masked", "hidden": 0.6},
    "training.objective_next": {"objective": "next"},
    "training.try_few_labels": {"objective": "contrastive", "tau": 0.2, "labels": 2},
    "training.try_hidden": {"objective": "masked", "hidden": 0.9},
}
PAPERS = {
    "He et al., Masked Autoencoders Are Scalable Vision Learners, 2021": "https://arxiv.org/abs/2111.06377",
    "Chen et al., Generative Pretraining from Pixels, 2020": "https://proceedings.mlr.press/v119/chen20s.html",
    "Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, 2020": (
        "https://arxiv.org/abs/2002.05709"
    ),
}
FORMULA = r"""\begin{aligned}
\text{masked, next: } & L = \tfrac{1}{|M|} \sum_{p \in M} \big(x_p - D(E(x_{\text{seen}}))_p\big)^2 \\
\text{contrastive: } & L = -\log \frac{e^{\cos(z_i, z_j) / \tau}}{\sum_{k \neq i} e^{\cos(z_i, z_k) / \tau}},
\qquad z = H(E(T(x)))
\end{aligned}"""
ROWS = {
    "masked": ("row_whole", "row_masked", "row_filled"),
    "next": ("row_whole", "row_before", "row_next"),
    "contrastive": ("row_view", "row_other_view"),
}


def build(service: Service) -> UseCaseForm:
    """The tab: the task above, the loss and what is read from the features below."""
    form = UseCaseForm(USE_CASE, service)
    with form.tab():
        with bench():
            with controls():
                form.choice("objective", radio=True)
                form.choice("labels")
                form.buttons("training.run_selfsup")
                with drawer():
                    form.fields("rounds", "hidden", "tau")
                    form.seed()
                form.presets(PRESETS)
            with result():
                first = form.first_shown(shown, 2)
                pictures = batches(f"{USE_CASE}-view", value=first[0])
                both = legend(glow="training.line_probe", water="training.line_supervised")
                counts = legend(glow="training.line_probe", water="training.line_random")
                charts = (
                    ("training.probe_course", both),
                    ("training.task_loss", ""),
                    ("training.probe_labels", counts),
                )
                chart = batches(f"{USE_CASE}-course", charts, first[1])
                form.outcome(("png", "json"))
        question("training.predict_unlabelled", form)
        how_it_works(
            FORMULA,
            "training.how_selfsup",
            PAPERS,
            sources(
                "training.selfsup:masked_task",
                "training.selfsup:next_task",
                "training.selfsup:nt_xent",
                "training.selfsup:linear_probe",
            ),
            steps=("pictures", "mask", "encoder", "guess", "loss"),
        )
    form.run(pictures, chart, show=shown)
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The task, and the charts under the sentence that sums them up."""
    return rows(value, say), {
        "facts": facts(value, say),
        "charts": [course(value, say), loss(value, say), few(value, say)],
    }


def rows(value: Json, say: Say) -> Json:
    """The rows of the task; under a second view how alike the network finds it to the first."""
    names = ROWS[value["objective"]]
    count = value["counts"][0] // len(names)
    made = [
        {"name": say(f"training.{name}"), "start": place * count, "count": count, "columns": count}
        for place, name in enumerate(names)
    ]
    if value["alike"]:
        made[-1]["notes"] = [f"cos {minus(alike, '.2f')}" for alike in value["alike"]]
    return {**{name: value[name] for name in ("sheets", "w", "h", "kind")}, "rows": made}


def percent(share: float) -> str:
    """A share of 0.85 as "85 %"."""
    return f"{100 * share:.0f} %"


def facts(value: Json, say: Say) -> Any:
    """What is read rightly, in one sentence."""
    numbers = {
        "learned": value["learned"],
        "held": value["held"],
        "labels": value["labels"],
        "step": value["probe"][-1][0],
        "random": percent(value["random"]),
        "probe": percent(value["probe"][-1][1]),
        "supervised": percent(value["supervised"][-1][1]),
    }
    return [say("training.read_selfsup"), numbers]


def course(value: Json, say: Say) -> Json:
    """What is read from the features and by the supervised network, over the updates; random features as a level."""
    lines = [
        {"kind": kind, "points": points, "dots": points[-1:]}
        for kind, points in (
            (kind, [[step, 100 * share] for step, share in value[name]])
            for kind, name in (("water", "supervised"), ("glow", "probe"))
        )
    ]
    return {
        "x": [0, max(1, value["probe"][-1][0])],
        "y": [0, 100],
        "across": say("training.across_updates"),
        "up": say("training.up_right"),
        "level": {"at": 100 * value["random"], "words": say("training.line_random")},
        "lines": lines,
    }


def loss(value: Json, say: Say) -> Json | None:
    """The loss of the task; nothing before the first update."""
    points = value["course"]
    if not points:
        return None
    heights = [height for _, height in points]
    return {
        "x": [0, points[-1][0] + 1],
        "y": [0, 1.05 * max(heights)],
        "across": say("training.across_updates"),
        "up": say("training.up_views" if value["objective"] == "contrastive" else "training.up_pixels"),
        "lines": [{"kind": "glow", "points": points}],
    }


def few(value: Json, say: Say) -> Json:
    """What is read from features, against the number of labels: evenly spaced, as there are few."""
    ticks = [[place, str(count)] for place, (count, *_) in enumerate(value["by_labels"])]
    lines = []
    for kind, column in (("water", 1), ("glow", 2)):
        points = [[place, 100 * row[column]] for place, row in enumerate(value["by_labels"])]
        lines.append({"kind": kind, "points": points, "dots": points})
    return {
        "x": [-0.2, len(ticks) - 0.8],
        "y": [0, 100],
        "xs": ticks,
        "across": say("training.across_labels"),
        "up": say("training.up_right"),
        "lines": lines,
    }
