"""Spoken digits out of noise: diffusion on spectrograms, WaveGAN on samples, and what is heard in a recording."""

from aigc_demo.ui.use_case_form import UseCaseForm

TABS = ("draw", "pad", "walk", "wave", "shuffle", "both", "judge", "beside")

PAPERS = {
    "Donahue, McAuley & Puckette, Adversarial Audio Synthesis (sounds as pictures), 2018": (
        "https://arxiv.org/abs/1802.04208"
    ),
    "Rombach et al., Latent Diffusion Models, 2022": "https://arxiv.org/abs/2112.10752",
    "Ho, Jain & Abbeel, Denoising Diffusion Probabilistic Models, 2020": "https://arxiv.org/abs/2006.11239",
    "Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": "https://arxiv.org/abs/2207.12598",
    "Griffin & Lim, Signal Estimation from Modified Short-Time Fourier Transform, 1984": (
        "https://doi.org/10.1109/TASSP.1984.1164317"
    ),
    "Perraudin, Balazs & Sondergaard, A Fast Griffin-Lim Algorithm, 2013": (
        "https://doi.org/10.1109/WASPAA.2013.6701851"
    ),
}


def digit_choice(form: UseCaseForm) -> None:
    """The ten digits side by side, as buttons."""
    form.choice("digit", radio=True)


def path_controls(form: UseCaseForm, run: str) -> None:
    """Controls of a series of sounds between the noise of two seeds; run: words of the button that begins."""
    digit_choice(form)
    form.slider("stops", main=True)
    form.number("seed_from")
    form.number("seed_to")
    form.buttons(run)
