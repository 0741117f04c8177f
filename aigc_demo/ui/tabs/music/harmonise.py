"""Harmonise a melody: clicked together, a known tune, or a MIDI file; three voices are written below it."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.music.parts import instrument, measured, melody, opening, roll
from aigc_demo.ui.tabs.music.write import FORMATS
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Hild, Feulner & Menzel, HARMONET: A Neural Net for Harmonizing Chorales in the Style of J. S. Bach, 1991": (
        "https://proceedings.neurips.cc/paper/1991/hash/a7aeed74714116f3b292a982238f83d2-Abstract.html"
    ),
    "Huang et al., Counterpoint by Convolution, 2019": "https://arxiv.org/abs/1903.07227",
}
JASMINE = (  # Mo Li Hua, folk song
    "64 - 64 67 69 72 72 69 67 - 67 69 67 - - - 64 - 64 67 69 72 72 69 67 - 67 69 67 - - - "
    "67 - 67 - 67 - 64 67 69 - 69 - 67 - - - 64 - 62 64 67 - 64 62 60 - 60 62 60 - - -"
)
JOY = (  # Ode to Joy
    "66 - 66 - 67 - 69 - 69 - 67 - 66 - 64 - 62 - 62 - 64 - 66 - 66 - - 64 64 - - - "
    "66 - 66 - 67 - 69 - 69 - 67 - 66 - 64 - 62 - 62 - 64 - 66 - 64 - - 62 62 - - -"
)
STAR = (  # Twinkle, twinkle, little star
    "67 - 67 - 74 - 74 - 76 - 76 - 74 - - - 72 - 72 - 71 - 71 - 69 - 69 - 67 - - - "
    "74 - 74 - 72 - 72 - 71 - 71 - 69 - - - 74 - 74 - 72 - 72 - 71 - 71 - 69 - - - "
    "67 - 67 - 74 - 74 - 76 - 76 - 74 - - - 72 - 72 - 71 - 71 - 69 - 69 - 67 - - -"
)
PRESETS: dict[str, dict[str, Any]] = {
    "music.try_joy": {"melody": JOY, "upbeat": 0, "metre": 4},
    "music.try_jasmine": {"melody": JASMINE, "upbeat": 0, "metre": 4},
    "music.try_star": {"melody": STAR, "upbeat": 0, "metre": 4},
}


def build(service: Service) -> UseCaseForm:
    """The tab of a given melody: where it is clicked together, and the roll of all four voices."""
    form = UseCaseForm("music_harmonise", service)
    with form.tab():
        with bench():
            with controls():
                form.add("melody", melody("music_harmonise-melody", form.defaults["melody"]))
                form.slider("temperature", main=True)
                form.choice("key")
                opening(form)
                form.check("strict")
                form.seed()
                form.buttons("music.run_harmonise")
                with drawer():
                    form.slider("tempo")
                    form.choice("metre", radio=True)
                    form.fields("upbeat", "model", "top_k", "top_p")
                form.presets(PRESETS)
            with result():
                instrument(form)
                shown = roll("music_harmonise-view", "music_harmonise", form.first_value)
                measured()
                form.outcome(FORMATS)
        question("music.predict_ahead", form)
        how_it_works(
            r"p(a, t, b \mid s) \approx \prod_t p(a_t, t_t, b_t \mid s_{\le t+\text{bar}},\, a_{<t}, t_{<t}, b_{<t})",
            "music.how_harmonise",
            PAPERS,
            sources("services.music.composing:Composer.soprano", "data.voice_leading:parallels"),
            steps=("melody", "transformer", "odds", "notes", "sound"),
        )
    form.run(shown)
    return form
