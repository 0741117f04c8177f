"""The conditional model: every class from the same noise. A row per class, a column per seed."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.page import PROJECTION
from aigc_demo.ui.tabs.parts import mosaic
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Mirza & Osindero, Conditional Generative Adversarial Nets, 2014": "https://arxiv.org/abs/1411.1784",
    "Miyato & Koyama, cGANs with Projection Discriminator, 2018": PROJECTION,
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_classes", service)
    with form.tab():
        question("gan.predict_classes", form, "#gan_classes-view")
        with bench():
            with controls():
                form.slider("columns")
                form.slider("limit", main=True)
                form.seed()
            with result():
                shown = mosaic("gan_classes-view", "gan.classes_says", form.first_value)
                form.outcome(("png", "json"), library="gan.plain_torch", line=False)
        how_it_works(
            r"x = G(z, e_y), \qquad f(x, y) = v_y^{\top} \phi(x) + w^{\top} \phi(x) + b",
            "gan.how_classes",
            PAPERS,
            sources("models.gan:Critic.forward", "models.gan:Generator.forward"),
            steps=("class_a", "between", "class_b", "generator", "picture"),
        )
    form.watch(shown)
    return form
