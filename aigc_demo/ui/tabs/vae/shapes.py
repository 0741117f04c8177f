"""Which number of the code answers to which factor."""

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import table
from aigc_demo.ui.tabs.vae.page import columns, own
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import PANES, SENTENCE
from aigc_demo.ui.widgets import bench, controls, fold, how_it_works, result, scrubber, view


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_shapes", service)
    with form.tab():
        with bench():
            with controls():
                form.slider("dimension", main=True)
                form.choice("shape", radio=True)
                for factor in ("x", "y", "scale", "rotation"):
                    form.slider(factor)
                for axis in ("x", "y"):  # places here, not points of the plane
                    form.components[axis].label, form.components[axis].info = t(f"vae.shapes_{axis}"), None
                form.choice("beta", radio=True)
                form.choice("training_seed", radio=True)
            with result():
                shown = factors("vae_shapes-view", form.first_value)
                form.outcome(("gif", "mp4", "png", "json"), line=False)
                with fold("vae.shapes_scored"):
                    table("vae_shapes-scores", score_table())
                    gr.HTML(f'<p class="lx-small">{t("vae.shapes_scores")}</p>')
        question("vae.predict_shapes", form)
        how_it_works(
            r"\mathrm{MIG} = \frac1K \sum_{k=1}^K \frac{1}{H(v_k)} \Big( I(z_{j^{(k)}}; v_k) - "
            r"\max_{j \ne j^{(k)}} I(z_j; v_k) \Big)",
            "vae.how_shapes",
            {
                "Chen et al., Isolating Sources of Disentanglement (MIG), 2018": "https://arxiv.org/abs/1802.04942",
                "Kumar et al., Variational Inference of Disentangled Latent Concepts (SAP), 2017": (
                    "https://arxiv.org/abs/1711.00848"
                ),
                "Kim & Mnih, Disentangling by Factorising (FactorVAE), 2018": "https://arxiv.org/abs/1802.05983",
                "Locatello et al., Challenging Common Assumptions, 2018": "https://arxiv.org/abs/1811.12359",
            },
            sources("evaluation.disentanglement:information", "evaluation.disentanglement:gaps"),
            steps=("shape", "encoder", "code", "factors"),
        )
    shown.picked(None, None, form.components["dimension"], js="() => luoxia.column", show_progress="hidden")
    form.watch(shown)
    return form


def factors(elem_id: str, value: Json | None) -> gr.HTML:
    """A shape, rebuilt, with one dimension moving; which factor each dimension answers to, and all traversals."""
    grid = f'<p class="lx-small lx-caption">{t("vae.shapes_grid")}</p>{columns("vae.shapes_columns")}'
    names = "picture rebuilt moving number factors moves dead says_none"
    markup = f"{PANES}{scrubber()}{SENTENCE}{grid}"
    return view("factors", own("factors", "shapes", names, markup), value, event="picked", elem_id=elem_id)


def score_table() -> Json | None:
    """How far apart the factors are kept, per beta: mean of three trainings, and least to most."""
    runs = (first_results.read("vae-shapes") or {}).get("runs", [])
    rows = []
    for beta in sorted({run["beta"] for run in runs}):
        here = [run for run in runs if run["beta"] == beta]
        rows.append([f"{beta:g}", *(spread([run[name] for run in here]) for name in ("mig", "sap", "factor_score"))])
    head = ["β", *(t(f"vae.shapes_head_{name}") for name in ("mig", "sap", "factor"))]
    return {"head": head, "rows": rows, "mark": None} if rows else None


def spread(found: list[float]) -> str:
    """The mean of some numbers, with their range."""
    return f"{sum(found) / len(found):.2f} ({min(found):.2f}–{max(found):.2f})"
