"""SmolLM2 made smaller: a tiny Llama in its place, and a machine without it."""

import json

import pytest
import torch
from api import Api
from runs import card_of, last, saved
from safetensors.torch import load
from tiny_language import save_llama
from torch.multiprocessing.reductions import StorageWeakRef

from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.compression.rounding import with_bits
from aigc_demo.core.errors import BadRequestError, UnavailableError
from aigc_demo.pipelines import smollm2
from aigc_demo.services.compression import shrinking, subjects
from aigc_demo.services.compression.requests import CHANNELS, SMOLLM2, STEPS, Bits, Prune
from aigc_demo.services.hf_text.models import models
from aigc_demo.services.service import Service, size
from aigc_demo.ui.tabs.compression import bits, prune

REQUESTS = [
    ("bits", Bits(model=SMOLLM2, bits=2)),
    ("prune", Prune(model=SMOLLM2, share=0.5)),
    ("prune", Prune(model=SMOLLM2, share=0.5, structure=CHANNELS)),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The use cases, with a tiny Llama for SmolLM2."""
    folder = save_llama(tmp_path_factory.mktemp("data") / "smollm2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIGC_DATA_DIR", str(folder.parent))
        patch.setattr(subjects, "held_out_text", lambda: "But soft, what light through yonder window breaks? " * 20)
        forget()
        yield Service(Store(device="cpu"))
    forget()


@pytest.fixture
def without(tmp_path, monkeypatch):
    """The use cases on a machine without SmolLM2."""
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    forget()
    yield Service(Store(device="cpu"))
    forget()


def forget():
    """Drop what was opened of SmolLM2 and measured on it."""
    models.cache_clear()
    subjects.as_shipped.cache_clear()


def test_fewer_bits_cost_more_and_take_less_room(service):
    whole, eight, two = (service.result("compression_bits", Bits(model=SMOLLM2, bits=count)) for count in (32, 8, 2))
    assert whole.before.size == whole.after.size > 3 * eight.after.size > 6 * two.after.size
    costs = [made.after.measured.cost for made in (whole, eight, two)]
    assert costs[0] == pytest.approx(whole.before.measured.cost, abs=1e-6)
    assert costs[1] == pytest.approx(costs[0], rel=0.02) and abs(costs[2] - costs[0]) > abs(costs[1] - costs[0])
    texts = [made.after.measured.output.text for made in (whole, two)]
    assert all(text.startswith(subjects.QUESTION) for text in texts) and texts[0] != texts[1]
    assert whole.before.measured.output.text == texts[0]


@pytest.mark.parametrize(("use_case", "request_"), REQUESTS)
def test_every_part_of_a_run_is_a_step_and_the_page_shows_its_end(service, use_case, request_):
    steps = list(service.stream(f"compression_{use_case}", request_))
    assert [step.done for step in steps] == list(range(STEPS + 1)) and {step.total for step in steps} == {STEPS}
    assert [step.value is None for step in steps] == [True] * STEPS + [False]
    value = steps[-1].value
    assert value["curve"] == value["tuned"] == [] and value["knee"] is None
    sentence, both, *_ = {"bits": bits, "prune": prune}[use_case].shown(value, str)
    assert "compression.cost_smollm2_135m" in sentence["words"]
    assert all(side["text"].startswith(subjects.QUESTION) for side in both["made"])
    chart = both["charts"][0]
    (low, high), (bottom, top) = chart["x"], chart["y"]
    assert all(low <= x <= high and bottom <= y <= top for line in chart["lines"] for x, y in line["points"])
    assert bottom <= chart["level"]["at"] <= top
    json.dumps(both)


def test_a_seed_gives_the_same_again_and_another_one_does_not(service):
    one, two, other = (service.result("compression_bits", Bits(model=SMOLLM2, bits=3, seed=seed)) for seed in (7, 7, 8))
    assert one.after.measured.cost == two.after.measured.cost == other.after.measured.cost
    texts = [made.after.measured.output.text for made in (one, two, other)]
    assert texts[0] == texts[1] != texts[2]


def test_embedding_and_head_stay_one_and_the_chats_network_stays_as_it_is(service):
    model = models().own().model
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for use_case, request in REQUESTS:
        service.result(f"compression_{use_case}", request)
    assert models().own().model is model
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    twin = with_bits(model, 4)
    assert twin.head.weight is twin.embed.weight is not model.embed.weight


def test_the_copy_is_gone_with_the_result_while_pythons_search_for_circles_has_not_run(service, monkeypatch):
    found = []

    def watched(model, *how):
        twin = with_bits(model, *how)
        found.append(StorageWeakRef(twin.embed.weight.untyped_storage()))
        return twin

    monkeypatch.setattr("aigc_demo.services.compression.bits.with_bits", watched)
    made = service.result("compression_bits", REQUESTS[0][1])
    assert made.after.parameters and len(found) == 1 and found[0].expired()


@pytest.mark.parametrize(("use_case", "request_"), REQUESTS)
def test_the_file_holds_the_smaller_network_once(service, use_case, request_, tmp_path):
    made = service.result(f"compression_{use_case}", request_)
    raw = saved(service, f"compression_{use_case}", request_, "safetensors")
    tensors = load(raw)
    assert packing.size(tensors) == made.after.size and "head.weight" not in tensors
    (tmp_path / "x.safetensors").write_bytes(raw)
    assert all(tensor.isfinite().all() for tensor in packing.unpacked(str(tmp_path / "x.safetensors")).values())
    card = card_of(saved(service, f"compression_{use_case}", request_, "png"), tmp_path, "png")
    assert card.values["model"] == SMOLLM2 and card.checkpoint == card.sha256 == ""


def test_a_file_that_is_too_large_is_refused_and_its_picture_is_not(service, monkeypatch):
    monkeypatch.setattr(shrinking, "LARGEST", 10_000)
    with pytest.raises(BadRequestError) as refused:
        saved(service, "compression_bits", Bits(model=SMOLLM2, bits=8), "safetensors")
    assert refused.value.key == "weights_large"
    assert saved(service, "compression_bits", Bits(model=SMOLLM2, bits=8), "png")


def test_what_a_badge_says(service):
    facts = service.facts("compression_bits", Bits(model=SMOLLM2))
    assert facts["device"] == "CPU" and facts["parameters"] == models().parameters()
    assert service.facts("compression_bits", Bits())["parameters"] == size(service.store.load(Bits().model))


@pytest.mark.parametrize(("use_case", "request_"), REQUESTS)
def test_without_the_weights_a_sentence_says_what_to_do(without, use_case, request_):
    with pytest.raises(UnavailableError, match="not on this machine") as told:
        list(without.stream(f"compression_{use_case}", request_))
    assert smollm2.COMMAND in str(told.value)
    with pytest.raises(UnavailableError):
        saved(without, f"compression_{use_case}", request_, "png")
    assert last(without.run(f"compression_{use_case}", type(request_)())).after.measured.output


def test_a_program_is_told_so_as_well(start, client, tmp_path):
    _, address = start(AIGC_DATA_DIR=str(tmp_path / "empty"), AIGC_WARM="0")
    api = Api(address, client)
    for endpoint in ("compression_bits", "compression_prune"):
        assert smollm2.COMMAND in api.bad(endpoint, model=SMOLLM2)
    assert api.good("compression_bits", model="judge-digits", bits=2)[1]["model"] == "judge-digits"


def test_a_program_gets_figures_and_a_file(api):
    file, told = api.good("compression_bits", model=SMOLLM2, bits=3)
    assert file["url"].endswith(".png") and told["model"] == SMOLLM2 and told["sizes"][0] > told["sizes"][1]
    assert told["device"] == "CPU" and told["card"]["values"]["model"] == SMOLLM2
    assert len(load(api.file("compression_prune", model=SMOLLM2, format="safetensors"))) > 10


@pytest.mark.parametrize(
    "wrong", [{"bits": 5}, {"bits": None}, {"granularity": "row"}, {"seed": -1}, {"model": "smollm2"}]
)
def test_a_program_that_asks_for_no_setting_gets_a_sentence(api, wrong):
    assert api.bad("compression_bits", **{"model": SMOLLM2, **wrong})
