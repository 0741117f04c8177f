"""What ships with the text VAE tab, held against the weights that ship, and the figures that they must reach."""

import json
from dataclasses import asdict

import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.service import Service
from aigc_demo.services.textvae.requests import COMPARED, OF, VERSE
from aigc_demo.services.use_case import find

EXAMPLES = ASSETS / "examples"


def metrics(id):
    return catalogue.checkpoint(id).metrics


def plain(value):
    """As JSON gives it back."""
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("name", ["morph", "draw", "compare"])
def test_the_first_result_is_what_the_weights_say(name):
    first = json.loads((EXAMPLES / f"textvae_{name}.json").read_text())
    service, known = Service(Store(device="cpu")), first["value"]
    made = plain(asdict(service.result(f"textvae_{name}", find(f"textvae_{name}").first)))
    assert first["sha256"] == service.store.sha256(COMPARED["lm"] if name == "compare" else VERSE)
    if name == "compare":
        assert [cost["total"] for cost in known["costs"]] == pytest.approx(
            [c["total"] for c in made["costs"]], abs=0.05
        )
    else:
        sentences = "steps" if name == "morph" else "sentences"
        assert [one["text"] for one in known[sentences]] == [one["text"] for one in made[sentences]]


def test_the_ordering_of_bowman_et_al_appears():
    """Table 2: with the words before, the autoencoder does not beat the language model; without them, it does."""
    bound = {name: metrics(id).get("negative_elbo_nats", metrics(id)["nll_nats"]) for name, id in COMPARED.items()}
    assert bound["lm"] < bound["vae"] < bound["vae_inputless"] < bound["lm_inputless"]
    kl = {name: metrics(COMPARED[name])["kl_nats"] for name in ("vae", "vae_inputless")}
    assert kl["vae"] < kl["vae_inputless"]


def test_the_weighted_bound_is_below_the_elbo():
    for id in (*OF.values(), COMPARED["vae"], COMPARED["vae_inputless"]):
        assert metrics(id)["nll_nats"] < metrics(id)["negative_elbo_nats"]


@pytest.mark.parametrize("corpus", list(OF))
def test_the_code_of_the_shipped_models_is_used(corpus):
    found = metrics(OF[corpus])
    assert found["active_units"] >= 40 and found["kl_nats"] > 15


@pytest.mark.parametrize("corpus", list(OF))
def test_the_course_of_a_training_has_texts_and_a_rising_weight(corpus):
    course = json.loads((EXAMPLES / f"{OF[corpus]}-training.json").read_text())
    assert len(course["moments"]) >= 9 and len(course["curve"]) > 20
    assert course["moments"][-1]["right"] > course["moments"][2]["right"]
    weights = [point["weight"] for point in course["curve"]]
    assert weights == sorted(weights) and weights[0] < 0.2 and weights[-1] > 0.99
    assert all(len(moment["rebuilt"]) == len(course["originals"]) == 5 for moment in course["moments"])


def test_every_file_is_small():
    for id in (*OF.values(), *COMPARED.values()):
        assert (ASSETS / catalogue.checkpoint(id).file).stat().st_size <= 3_000_000


def test_the_mean_kl_of_every_dimension_ships():
    known = json.loads((EXAMPLES / "textvae-dimensions.json").read_text())
    for id, numbers in known.items():
        assert numbers == sorted(numbers, reverse=True)
        assert sum(numbers) == pytest.approx(metrics(id)["kl_nats"], abs=0.05)
