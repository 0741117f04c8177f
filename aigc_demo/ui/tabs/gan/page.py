"""GANs: pictures out of noise by eight trained generators, their critics, and a training on points, live."""

from collections.abc import Mapping

from aigc_demo.ui.use_case_form import UseCaseForm

TABS = ("draw", "walk", "mix", "classes", "morph", "critic", "compare", "training", "points")

GAN = "https://arxiv.org/abs/1406.2661"
DCGAN = "https://arxiv.org/abs/1511.06434"
WGAN = "https://arxiv.org/abs/1701.07875"
PENALTY = "https://arxiv.org/abs/1704.00028"
PROJECTION = "https://arxiv.org/abs/1802.05637"
R3GAN = "https://arxiv.org/abs/2501.05441"
PAPERS = {
    "Goodfellow et al., Generative Adversarial Nets, 2014": GAN,
    "Radford, Metz & Chintala, Unsupervised Representation Learning with DCGANs, 2015": DCGAN,
    "Arjovsky, Chintala & Bottou, Wasserstein GAN, 2017": WGAN,
    "Gulrajani et al., Improved Training of Wasserstein GANs, 2017": PENALTY,
    "Miyato & Koyama, cGANs with Projection Discriminator, 2018": PROJECTION,
    "Brock, Donahue & Simonyan, Large Scale GAN Training (the truncation trick), 2018": (
        "https://arxiv.org/abs/1809.11096"
    ),
    "Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024": R3GAN,
}


def connect(forms: Mapping[str, UseCaseForm]) -> None:
    """Pictures picked in the grid go to the walk or to the sum, with the model they are of, without the server."""
    draw, walk, mix = (forms[f"gan_{name}"] for name in ("draw", "walk", "mix"))
    own = [draw.components[name] for name in ("model", "checkpoint", "limit", "digit")]
    to_walk = [walk.components[name] for name in ("model", "checkpoint", "seed_from", "seed_to", "limit", "digit")]
    to_mix = [mix.components[name] for name in ("model", "checkpoint", "seed_a", "seed_b", "seed_c", "digit")]
    script = "(...values) => luoxia.sent(...values)"
    (gallery,) = draw.views
    gallery.picked(None, [*own, *to_walk, *to_mix], [*to_walk, *to_mix], js=script, show_progress="hidden")
