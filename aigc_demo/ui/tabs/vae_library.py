"""Autoencoder tab, outward: our KL autoencoder beside that of diffusers."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services.vae.checkpoints import used
from aigc_demo.services.vae.requests import Beside
from aigc_demo.ui.events import paced
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import vae_values
from aigc_demo.ui.tabs.parts import cached, layer_table, table
from aigc_demo.ui.tabs.vae_views import colours, emoji_picker, photo
from aigc_demo.ui.widgets import badge, bench, controls, honesty_badge, how_it_works, result


def beside(service: Any) -> Form:
    """Our code and diffusers, same weights, same picture."""
    form = Form("vae_beside", Beside)
    with form.tab():
        with bench():
            with controls():
                form.add("sample", emoji_picker("vae_beside-sample"))
                form.add("picture", photo("vae_beside-picture"))
                form.buttons("vae.run_beside")
            with result():
                first = vae_values.shipped("beside")
                view = colours("vae_beside-view", first)
                layers = table("vae_beside-layers", first and layer_table(t, first["layers"], first["first"]))
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda r, kind: service.save("vae_beside", r, kind))
                form.share()
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x) - f^{\text{diffusers}}_i(x) \right| \le 10^{-4}",
            "vae.how_beside",
            {
                "Rombach et al., Latent Diffusion Models, 2021": "https://arxiv.org/abs/2112.10752",
                "diffusers, AutoencoderKL": "https://huggingface.co/docs/diffusers/api/models/autoencoderkl",
            },
            {"aigc_demo/pipelines/parity.py · compare": function_text("pipelines.parity", "compare")},
        )

    def on_beside(request: Beside, lang: str) -> Iterator[tuple[Any, Any, Any]]:
        """Squeeze and rebuild with our code and with diffusers; gives both, every layer, and the badge."""
        for step in paced(service.beside(request)):
            made = step.value
            if made is None:
                yield gr.skip(), gr.skip(), gr.skip()
                continue
            rows = layer_table(lambda key: tr(lang, key), made.layers, made.first)
            speed = badge("live", ms=made.our_milliseconds, **service.facts(*used(request)))
            yield vae_values.live(made), rows, speed

    form.latest_wins("sample", "picture", "")
    form.run(on_beside, [view, layers, note])
    return form
