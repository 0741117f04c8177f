"""The use cases of compression on the shipped weights: figures that must hold, files, cards, charts."""

import json
from pathlib import Path

import pytest
import torch
from runs import Runs, card_of, last, saved
from safetensors.torch import load

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.services import first_results
from aigc_demo.services.compression.requests import (
    BITS,
    CHANNELS,
    DIGITS,
    GPT,
    JUDGE,
    MATRIX,
    SHIPPED,
    TRIO,
    Beside,
    Bits,
    Distil,
    Gptq,
    Prune,
)
from aigc_demo.services.compression.shrinking import knee
from aigc_demo.services.compression.subjects import held_out, held_out_text
from aigc_demo.services.timing import medians
from aigc_demo.services.use_case import find
from aigc_demo.ui.tabs.compression import beside, bits, distil, gptq, parts, prune


class Shared(Runs):
    """Runs that tests share: a request is computed once; `service.run` computes it anew."""

    def __init__(self, store):
        super().__init__(store, "compression")
        self.known = {}

    def __getattr__(self, use_case):
        def steps(request):
            if request not in self.known:
                self.known[request] = list(self.service.run(f"compression_{use_case}", request))
            return iter(self.known[request])

        return steps


@pytest.fixture(scope="module")
def service():
    return Shared(Store(device="cpu"))


def say(key):
    """The key itself, as a text."""
    return key


def value_of(name, request, steps):
    """The last page value of a run."""
    return last(find(f"compression_{name}").page(request, steps))


@pytest.mark.parametrize("model", SHIPPED)
def test_32_bits_change_nothing_and_8_hardly_anything(service, model):
    whole, eight = (last(service.bits(Bits(model=model, bits=count))) for count in (32, 8))
    assert whole.after.measured.cost == pytest.approx(whole.before.measured.cost, abs=1e-9)
    assert whole.before.size == whole.after.size
    assert eight.after.measured.cost < 1.01 * eight.before.measured.cost + 1e-9
    assert 3.8 < eight.before.size / eight.after.size < 4
    assert all(error < 0.02 for _, error in eight.layers) and len(eight.layers) > 5


def test_one_grid_for_a_matrix_costs_more_than_one_for_a_channel(service):
    costs = [
        last(service.bits(Bits(model=GPT, bits=3, granularity=each))).after.measured.cost
        for each in ("channel", MATRIX)
    ]
    assert costs[1] > 1.1 * costs[0]


@pytest.mark.parametrize("model", SHIPPED)
def test_the_stored_curve_is_what_is_measured_now(service, model):
    made = last(service.bits(Bits(model=model, bits=4)))
    setting, size, cost = made.curve[BITS.index(4)]
    assert (setting, size) == (4, made.after.size)
    assert cost == pytest.approx(made.after.measured.cost, rel=0.01, abs=0.005)
    made = last(service.prune(Prune(model=model, share=0.3)))
    (point,) = (point for point in made.curve if point[0] == pytest.approx(0.3))
    assert point[1] == made.after.size
    assert point[2] == pytest.approx(made.after.measured.cost, rel=0.01, abs=0.005)


def test_the_knee_is_the_smallest_that_costs_one_per_cent_more_at_most(service):
    curve = ((32, 100, 1.0), (8, 30, 1.009), (4, 20, 1.011), (2, 10, 3.0))
    assert knee(curve, GPT, 1.0) == 1 and knee(curve, JUDGE, 1.0) == 1
    assert knee(curve[2:], GPT, 1.0) is None and knee((), GPT, 1.0) is None
    made = last(service.bits(Bits(model=GPT)))
    assert made.knee is not None and made.curve[made.knee][0] == 4


@pytest.mark.parametrize("model", SHIPPED)
def test_channels_are_gone_and_weights_are_zeros(service, model):
    single, whole = (
        last(service.prune(Prune(model=model, share=0.5, structure=each))) for each in ("weights", CHANNELS)
    )
    assert single.after.parameters == single.before.parameters and single.layers
    assert whole.after.parameters < 0.75 * whole.before.parameters and not whole.layers
    zeros = (single.weights.after == 0).mean()
    assert zeros > 0.2 and len(whole.weights.after)


def test_a_judge_with_half_of_its_channels_is_faster(service):
    made = last(service.prune(Prune(model=JUDGE, share=0.5, structure=CHANNELS)))
    assert made.after.milliseconds < 0.8 * made.before.milliseconds


@pytest.mark.parametrize("count", [3, 2])
def test_gptq_costs_less_than_round_to_nearest(service, count):
    steps = list(service.gptq(Gptq(bits=count)))
    made = steps[-1].value
    assert made.whole.cost < made.gptq.cost < made.nearest.cost - 0.01
    assert [step.value is None for step in steps] == [True] * 6 + [False]
    assert sum(layer.gptq for layer in made.layers) < 0.7 * sum(layer.nearest for layer in made.layers)


def test_a_byte_per_weight_costs_next_to_nothing(service):
    made = last(service.beside(Beside()))
    assert made.costs[1] == pytest.approx(made.costs[0], rel=0.002)
    assert made.costs[2] == pytest.approx(made.costs[0], rel=0.03)
    assert made.gaps[0] == 0 < made.gaps[1] < made.gaps[2] and min(made.milliseconds) > 0


@pytest.mark.parametrize("use_case", ["bits", "prune", "gptq", "distil", "beside"])
def test_a_seed_gives_the_same_again(service, use_case):
    request = {"bits": Bits(), "prune": Prune(), "gptq": Gptq(texts=2), "distil": Distil(), "beside": Beside()}
    request, name = request[use_case], f"compression_{use_case}"
    runs = getattr(service, use_case)(request), service.service.run(name, request)
    one, two = (find(name).numbers(request, last(run)) for run in runs)
    times = {"milliseconds", "kernels"}
    assert {k: v for k, v in one.items() if k not in times} == {k: v for k, v in two.items() if k not in times}
    json.dumps(one)


def test_three_networks_are_measured_beside_each_other(service):
    request = Distil(prompt="KING:\nWhat", temperature=3)
    *steps, made = [step.value for step in service.distil(request)]
    assert steps == [None] * 4
    teacher, student, alone = made.learners
    assert teacher.apart == 0 < student.apart and alone.apart > 0
    assert student.parameters == alone.parameters < 0.35 * teacher.parameters
    for one, checkpoint in zip(made.learners, TRIO, strict=True):
        assert one.size == catalogue.checkpoint(checkpoint).size
        assert one.cost == pytest.approx(catalogue.checkpoint(checkpoint).metrics["nats_per_character"], rel=0.05)
        assert len(one.text) == 100 and one.expected.shape == (len(request.prompt), 65)
    assert all(len(times) == 2 and min(times) > 0 for times in made.milliseconds)


def test_what_the_page_gets_of_every_place_is_what_a_program_is_told(service):
    request = Distil(prompt="KING:\nWhat", temperature=3)
    use_case, made = find("compression_distil"), last(service.distil(request))
    value, told = value_of("distil", request, iter([Step(1, 1, made)])), use_case.numbers(request, made)
    assert "".join(place[0] for place in told["places"]) == request.prompt[1:]
    for at, (sign, *shares) in enumerate(told["places"]):
        for side, share in enumerate(shares):
            row = torch.tensor(value["expected"][side][at]) / value["finest"]
            p = (row / request.temperature).softmax(0)[value["characters"].index(sign)]
            assert float(p) == pytest.approx(share, rel=0.02)
    rows, soft, texts = distil.shown(value, say)
    assert len(rows["rows"]) == 3 and all(len(row) == len(rows["head"]) for row in rows["rows"])
    assert soft["place"] < len(Distil().prompt) and all(side["text"].startswith("KING:") for side in texts["made"])


def test_the_passage_is_held_out():
    assert Distil().prompt in held_out_text()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"prompt": ""}, "empty_prompt"), ({"prompt": "长江"}, "unknown_characters"), ({"prompt": "a" * 101}, "long")]
    + [({"temperature": 0.5}, "range")],
)
def test_what_is_no_text_to_distil_with_is_refused(service, wrong, says):
    with pytest.raises(BadRequestError) as told:
        last(service.service.run("compression_distil", service.service.request("compression_distil", wrong)))
    assert told.value.key == says


def test_another_seed_draws_something_else(service):
    one, two = (last(service.bits(Bits(seed=seed))).after.measured.output.pictures for seed in (7, 1007))
    assert abs(one - two).mean() > 0.05


@pytest.mark.parametrize(
    "request_", [Bits(model=DIGITS, bits=3), Prune(model=GPT, share=0.8), Prune(structure=CHANNELS)]
)
def test_the_file_holds_the_smaller_network(service, request_, tmp_path):
    name = f"compression_{type(request_).__name__.lower()}"
    made = last(getattr(service, type(request_).__name__.lower())(request_))
    raw = saved(service.service, name, request_, "safetensors")
    assert packing.size(load(raw)) == made.after.size
    (tmp_path / "x.safetensors").write_bytes(raw)
    tensors = packing.unpacked(str(tmp_path / "x.safetensors"))
    assert all(tensor.isfinite().all() for tensor in tensors.values() if isinstance(tensor, torch.Tensor))
    card = card_of(saved(service.service, name, request_, "png"), tmp_path, "png")
    assert card.use_case == name and card.checkpoint == request_.model


@pytest.mark.parametrize("wrong", [{"bits": 5}, {"bits": "few"}, {"model": "vae-digits-vae"}, {"granularity": "row"}])
def test_what_is_no_setting_of_bits_is_refused(service, wrong):
    with pytest.raises(BadRequestError):
        service.service.request("compression_bits", wrong)


@pytest.mark.parametrize("wrong", [{"share": 0.99}, {"share": -0.1}, {"share": None}, {"structure": "heads"}])
def test_what_is_no_setting_of_pruning_is_refused(service, wrong):
    with pytest.raises(BadRequestError):
        service.service.request("compression_prune", wrong)


@pytest.mark.parametrize("model", SHIPPED)
@pytest.mark.parametrize(("tab", "request_"), [(bits, Bits(bits=8)), (bits, Bits(bits=2)), (prune, Prune(share=0.2))])
def test_charts_hold_what_they_show(service, model, tab, request_):
    name = type(request_).__name__.lower()
    request_ = type(request_)(**{**vars(request_), "model": model})
    value = value_of(name, request_, getattr(service, name)(request_))
    sentence, both, *_ = tab.shown(value, say)
    assert "→" in sentence["words"] and len(both["made"]) == 2
    for chart in both["charts"]:
        (low, high), (bottom, top) = chart["x"], chart["y"]
        points = [point for line in chart["lines"] for point in line["points"]]
        assert points and all(low <= x <= high and bottom <= y <= top for x, y in points)
        json.dumps(chart)
    if name == "prune":
        assert sum(value["channel"]["before"]) == sum(value["channel"]["after"])


@pytest.mark.parametrize(
    ("weights", "milliseconds", "said"),
    [([9, 9], [2, 1], "zeros"), ([9, 5], [2, 1], "channels"), ([9, 5], [2, 3], "channels_same")],
)
def test_only_what_was_faster_is_called_so(weights, milliseconds, said):
    assert prune.pace({"weights": weights, "milliseconds": milliseconds}) == said


def test_what_is_lost_is_told():
    value = {"model": JUDGE, "costs": [0.004, 0.02]}
    assert parts.lost(value) and not parts.lost({**value, "costs": [0.004, 0.01]})
    assert parts.lost({"model": GPT, "costs": [1.0, 1.02]}) and not parts.lost({"model": GPT, "costs": [1.0, 1.005]})
    assert parts.bytes_of(6_840_592) == "6.84 MB" and parts.bytes_of(76_970) == "77 kB"


def test_three_texts_and_their_layers_are_shown(service):
    request = Gptq(texts=1)
    (shown,) = gptq.shown(value_of("gptq", request, service.gptq(request)), say)
    assert len(shown["made"]) == 3 and all(side["text"].startswith("ROMEO:") for side in shown["made"])
    assert [len(line["points"]) for line in shown["charts"][0]["lines"]] == [24, 24]


def test_three_ways_are_shown(service):
    sentence, table = beside.shown(value_of("beside", Beside(), service.beside(Beside())), say)
    assert len(table["rows"]) == 3 and sentence["words"] == "compression.beside_says"
    assert set(sentence["values"]) == {"ours", "torch"} and all(float(gain) > 0 for gain in sentence["values"].values())


def test_the_held_out_digits_are_fifty_of_each_class():
    images, labels = held_out(first_results.EXAMPLES / "digits-heldout.png")
    assert images.shape == (500, 1, 32, 32) and labels.bincount().tolist() == [50] * 10
    assert len({image.numpy().tobytes() for image in images}) == 500


def test_medians_are_taken_in_turns():
    order = []
    times = medians([lambda: order.append("a"), lambda: order.append("b")], rounds=3)
    assert order == ["a", "b"] * 4 and len(times) == 2 and all(spent >= 0 for spent in times)


def test_the_card_shows_the_same_digits_with_fewer_and_fewer_bits():
    first = first_results.read("compression_bits")
    assert (
        first["card"]["counts"] == [len(BITS)] and (Path(first_results.EXAMPLES) / "compression_bits-1.png").is_file()
    )
