"""The parity lab: every network that a library has too, beside it, and what a mistake would look like."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import gap, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

LIBRARIES = {
    "diffusers, models": "https://huggingface.co/docs/diffusers/api/models/overview",
    "transformers, models": "https://huggingface.co/docs/transformers/model_doc/gpt2",
}


def build(service: Service) -> UseCaseForm:
    """The tab of the lab: all networks, or one of them."""
    form = UseCaseForm("training_parity", service)
    with form.tab():
        question("parity.predict_where", form)
        with bench():
            with controls():
                form.choice("model")
                form.seed()
                form.buttons("parity.run")
            with result():
                sentence, twins = form.first_shown(shown, 2)
                views = [
                    verdict_line("training_parity-verdict", sentence),
                    view("parity", markup(), twins, elem_id="training_parity-view"),
                ]
                form.outcome(("txt", "html", "png", "json"))
        how_it_works(
            r"\max \left| f_l(x) - f_l^{\text{library}}(x) \right| \;\le\; 10^{-4} \cdot "
            r"\max\!\left(1,\; \max_{k \le l} \left| f_k^{\text{library}}(x) \right|\right)",
            "parity.how",
            LIBRARIES,
            sources("pipelines.parity:compare", "pipelines.pairs.unet:layers"),
            steps=("weights", "ours", "=", "library"),
        )
    form.run(*views, show=shown)
    return form


def markup() -> str:
    """Where the script puts the networks."""
    note = f'<p class="lx-small lx-bars-note">{t("parity.bars")}</p>'
    return f'<div>{note}<div class="lx-parity" data-right="{t("parity.right")}"></div></div>'


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The sentence that sums up, and what is shown of every network."""
    twins = value["twins"]
    wrong = [twin for twin in twins if twin["first"] is not None]
    faults = [mistake for twin in twins for mistake in twin["mistakes"]]
    found = sum(mistake["first"] is not None for mistake in faults)
    layers = sum(len(twin["layers"]) for twin in twins)
    counts = [
        (f"{len(twins)}", "twins"),
        (f"{layers}", "summed"),
        (f"{len(wrong)}", "differ"),
        (f"{found} / {len(faults)}", "found"),
    ]
    words = "".join(f"{count}{say(f'parity.{name}')}" for count, name in counts)
    return [{"words": words, "good": not wrong}, {"twins": [told(twin, say) for twin in twins]}]


def told(twin: Json, say: Say) -> Json:
    """One network: names, figures, the differences of its layers, and those of each mistake."""
    names = [ours for ours, *_ in twin["layers"]]
    ours, theirs = twin["our_milliseconds"], twin["their_milliseconds"]
    figures = (
        f"{len(names)} {say('parity.layers')} · {say('parity.largest')} {gap(twin['maximum'])} · "
        f"{say('parity.a_pass')} {ours:.1f} ms{say('shell.comma')}{say('parity.of_library')} {theirs:.1f} ms"
    )
    return {
        "name": say(f"parity.of_{twin['checkpoint'].replace('-', '_')}") + part_of(twin["part"], say),
        "classes": f"{twin['ours']} = {twin['theirs']}",
        "brief": say("parity.agrees" if twin["first"] is None else "parity.differs"),
        "figures": figures,
        "layers": names,
        "maxima": [largest for *_, largest, _ in twin["layers"]],
        "first": twin["first"],
        "mistakes": [
            {
                "name": say(f"parity.{mistake['name']}"),
                "maxima": mistake["maxima"],
                "first": mistake["first"],
                "says": fault(mistake, names, say),
            }
            for mistake in twin["mistakes"]
        ],
    }


def part_of(part: str, say: Say) -> str:
    """Which network of several a checkpoint holds, in words."""
    return f" · {say(f'parity.part_{part}')}" if part else ""


def fault(mistake: Json, names: Sequence[str], say: Say) -> str:
    """The first layer that a mistake changes, in words."""
    first = mistake["first"]
    return say("parity.silent") if first is None else f"{say('parity.first')} {names[first]}"
