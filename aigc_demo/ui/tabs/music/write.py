"""Write a chorale: four voices stream in, the odds of every note are a click away, and it is played."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.music.parts import instrument, measured, opening, roll
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

FORMATS = ("mid", "musicxml", "wav", "flac", "png", "json")
PAPERS = {
    "Huang et al., Music Transformer, 2018": "https://arxiv.org/abs/1809.04281",
    "Hadjeres, Pachet & Nielsen, DeepBach, 2016": "https://arxiv.org/abs/1612.01010",
    "Copet et al., Simple and Controllable Music Generation (delay patterns), 2023": "https://arxiv.org/abs/2306.05284",
}
PRESETS: dict[str, dict[str, Any]] = {
    "music.try_usual": {"temperature": 0.9, "top_p": 0.95, "top_k": 0, "strict": False},
    "music.try_cold": {"temperature": 0.3},
    "music.try_hot": {"temperature": 1.6, "top_p": 1.0},
    "music.try_minor": {"key": "Em", "tempo": 60},
    "music.try_strict": {"strict": True},
    "music.try_lstm": {"model": "lstm-chorales"},
}


def build(service: Service) -> UseCaseForm:
    """The tab of a chorale out of nothing: its controls, the piano roll and a question."""
    form = UseCaseForm("music_write", service)
    with form.tab():
        with bench():
            with controls():
                opening(form)
                form.choice("key")
                form.slider("temperature", main=True)
                form.fields("bars", "tempo")
                form.check("strict")
                form.seed()
                form.buttons("music.run_write")
                with drawer():
                    form.choice("metre", radio=True)
                    form.fields("model", "top_k", "top_p")
                form.presets(PRESETS)
            with result():
                instrument(form)
                shown = roll("music_write-view", "music_write", form.first_value)
                measured()
                form.outcome(FORMATS)
        question("music.predict_hot", form)
        challenge("music.challenge_clean", form)
        how_it_works(
            r"p(\text{chorale}) = \prod_t p(s_{t+\text{bar}} \mid \cdot)\, p(a_t \mid \cdot)\, p(t_t \mid \cdot)\, "
            r"p(b_t \mid \cdot)",
            "music.how_write",
            PAPERS,
            sources("data.chorale_tokens:row_of", "services.music.composing:Composer.choose"),
            steps=("notes", "transformer", "odds", "notes", "sound"),
        )
    form.run(shown)
    return form
