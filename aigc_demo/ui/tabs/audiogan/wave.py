"""WaveGAN: a series of sounds in one go, between the noise of two seeds."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.audiogan.page import path_controls
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.sounds import sound_player
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Donahue, McAuley & Puckette, Adversarial Audio Synthesis (WaveGAN), 2018": "https://arxiv.org/abs/1802.04208",
    "Miyato & Koyama, cGANs with Projection Discriminator, 2018": "https://arxiv.org/abs/1802.05637",
    "Huang et al., The GAN is dead; long live the GAN!, 2024": "https://arxiv.org/abs/2501.05441",
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_wave", service)
    with form.tab():
        with bench():
            with controls():
                path_controls(form, "audiogan.run_wave")
            with result():
                shown = sound_player(form.first_value, series=True, elem_id="audiogan_wave-view")
                form.outcome(("wav", "flac", "png", "json"))
        question("audiogan.predict_path", form)
        how_it_works(
            r"x = G(z, c), \qquad L_D = \mathbb{E}\,\mathrm{softplus}\big(D(G(z, c), c) - D(x, c)\big)",
            "audiogan.how_wave",
            PAPERS,
            sources("models.wavegan:WaveGenerator", "models.wavegan:phase_shuffle", "training.wavegan:start"),
            steps=("noise", "between", "noise", "generator", "sound"),
        )
    form.run(shown)
    return form
