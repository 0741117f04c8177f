"""What the networks hear in one's own recording."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.audiogan.page import digit_choice
from aigc_demo.ui.tabs.parts import minus, table, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.sounds import recorder, sound_player
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

BAR = 20  # blocks of a full bar


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_judge", service)
    with form.tab():
        with bench():
            with controls():
                form.add("recording", recorder("audiogan_judge-recording"))
                with drawer("audiogan.judge_made"):
                    digit_choice(form)
                    form.seed()
            with result():
                sounds, words, rows = form.first_shown(told, 3)
                views = [
                    sound_player(sounds, series=True, elem_id="audiogan_judge-view"),
                    verdict_line("audiogan_judge-verdict", words),
                    table("audiogan_judge-digits", rows),
                ]
                form.outcome(("wav", "flac", "png", "json"), line=False)
        question("audiogan.predict_backwards", form)
        how_it_works(
            r"p(k \mid x) = \mathrm{softmax}_k\big(W f(x)\big), \qquad "
            r"n(x) = \arg\min_{i \in \text{training}} \lVert f(x) - f(x_i) \rVert",
            "audiogan.how_judge",
            {"Lin et al., Network In Network, 2013": "https://arxiv.org/abs/1312.4400"},
            sources("models.judge:Judge.features", "models.wavegan:WaveCritic", "data.sound_files:open_sound"),
            steps=("sound", "spectrogram", "classifier", "odds"),
        )
    form.watch(*views, show=told)
    return form


SCORED = ("score", "real", "made")  # by the critic: this sound, held-out recordings, its generator's


def told(value: Json, say: Say) -> Sequence[Any]:
    """The sounds, the sentence, and a row for every digit."""
    digit, speaker, take = value["nearest"].split("_")
    chances = value["probabilities"]
    facts = {
        "digit": value["digit"],
        "sure": f"{100 * max(chances):.1f}",
        "near": digit,
        "speaker": speaker.capitalize(),
        **{name: f"{value[name]:.2f}" for name in ("distance", "usual")},
        **{name: minus(number, ".1f") for name, number in zip(SCORED, (value["score"], *value["scores"]), strict=True)},
    }
    more = [name for name in ("clipped", "absent") if value.get(name)]
    words = " ".join([say("audiogan.judge_says"), *(say(f"audiogan.judge_{name}") for name in more)])
    titles = [say("audiogan.judge_own" if value["own"] else "audiogan.judge_made_one"), say("audiogan.judge_nearest")]
    head = [say("field.digit"), say("audiogan.judge_classifier")]
    rows = [[str(k), f"{'█' * round(BAR * chance)} {100 * chance:.1f} %"] for k, chance in enumerate(chances)]
    return [
        {**value, "titles": titles},
        {"words": words, "values": facts, "good": not value["clipped"]},
        {"head": head, "rows": rows, "mark": value["digit"]},
    ]
