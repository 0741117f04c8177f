"""The encoder-decoder: who sees whom, its cache, the library's twin; the beam against all lines; what may pair."""

import itertools
import math

import numpy as np
import pytest
import torch

from aigc_demo.checkpoints import files
from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.seq2seq import END, MARKS, START, Seq2Seq, Seq2SeqConfig, Writer, loss
from aigc_demo.pipelines import convert
from aigc_demo.pipelines.parity import compare
from aigc_demo.sampling.beam import beam, drawn
from aigc_demo.sampling.pairing import pairing, words
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.training.seq2seq import couplet_batches, tokens_by_length

UPPER = torch.tensor([[3, 4, 5, 6], [7, 8, 9, 10]])
LOWER = torch.tensor([[START, 8, 7, 9], [START, 3, 5, 4]])


@pytest.fixture
def model():
    made = Seq2Seq(Seq2SeqConfig.tiny()).eval()
    with torch.no_grad():
        for weight in made.parameters():
            weight.add_(0.3 * torch.randn_like(weight))  # what begins at 0 would hide mistakes
    return made


def test_scores_have_one_row_for_every_token_of_the_lower_line(model):
    assert model(UPPER, LOWER).shape == (2, 4, 11)


def test_a_token_depends_on_the_whole_upper_line_but_not_on_later_tokens(model):
    seen = {}
    model.embed.register_forward_hook(lambda _m, inputs, output: seen.setdefault(inputs[0].shape[1], output))
    for embedded in (UPPER, LOWER[:, :3]):
        assert embedded.shape[1] in (3, 4)
    lower = LOWER[:, :3]
    logits = model(UPPER, lower)
    gradient = {t: torch.autograd.grad(logits[:, 1].square().sum(), seen[t], retain_graph=True)[0] for t in (3, 4)}
    assert (gradient[4].abs().sum(2) > 0).all()  # all of the upper line
    assert (gradient[3][:, :2].abs().sum(2) > 0).all()
    assert gradient[3][:, 2].abs().sum() == 0  # nothing of what comes later


@torch.no_grad()
def test_with_a_cache_the_scores_are_the_same(model):
    whole = model(UPPER[:1], LOWER[:1])
    state = model.state(UPPER[:1], 1)
    parts = [model.next(LOWER[:1, :1], state), model.next(LOWER[:1, 1:3], state), model.next(LOWER[:1, 3:], state)]
    assert torch.allclose(torch.cat(parts, 1), whole, atol=1e-5)


@torch.no_grad()
def test_lines_of_one_cache_can_change_places(model):
    state = model.state(UPPER[:1], 2)
    model.next(torch.tensor([[START], [START]]), state)
    model.next(torch.tensor([[5], [6]]), state)
    swapped = model.next(torch.tensor([[7], [7]]), state.pick(torch.tensor([1, 0])))[:, 0]
    expected = model(UPPER[:1].expand(2, -1), torch.tensor([[START, 6, 7], [START, 5, 7]]))[:, -1]
    assert torch.allclose(swapped, expected, atol=1e-5)


def test_more_tokens_than_the_context_are_refused(model):
    with pytest.raises(ValueError, match="context of 16"):
        model(torch.full((1, 17), 3), LOWER[:1])


def test_rows_of_the_alignment_sum_to_one_and_tell_who_was_asked(model):
    looked = model.alignment(UPPER, LOWER)
    assert looked.shape == (2, 2, 4, 4, 4)  # layers, lines, heads, tokens, characters of the upper line
    assert torch.allclose(looked.sum(-1), torch.ones(2, 2, 4, 4))
    theirs = convert.to_library(model)
    theirs.set_attn_implementation("eager")
    expected = theirs(UPPER, decoder_input_ids=LOWER, output_attentions=True).cross_attentions
    assert torch.allclose(looked, torch.stack(expected), atol=1e-5)


def test_the_library_computes_the_same_layer_by_layer(model):
    found = compare(model, convert.to_library(model), UPPER, LOWER)
    names = [row.ours for row in found.rows]
    assert names[0] == "encoder.norm_in" and names[-1] == "head" and "decoder.blocks.1.cross.out" in names
    assert found.first is None, found.rows[found.first or 0]


def test_weights_come_back_from_the_library_unchanged(model):
    again = convert.from_library(convert.to_library(model))
    assert again.config == model.config
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name


def test_a_library_model_of_another_form_is_refused_by_name(model):
    theirs = convert.to_library(model)
    theirs.config.activation_function = "relu"
    with pytest.raises(BadRequestError) as error:
        convert.from_library(theirs)
    assert "activation_function" in str(error.value.values)


def test_a_file_of_a_byte_per_weight_says_nearly_the_same(model, tmp_path):
    files.save(model, tmp_path / "x.safetensors", torch.int8)
    again = files.read(tmp_path / "x.safetensors", Seq2Seq, Seq2SeqConfig)
    assert (again(UPPER, LOWER) - model(UPPER, LOWER)).abs().max() < 0.5
    assert again.head.weight is again.embed.weight


def test_one_batch_is_learned_by_heart():
    model = Seq2Seq(Seq2SeqConfig.tiny())
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(60):
        found = loss(model, UPPER, LOWER[:, 1:])["loss"]
        optimiser.zero_grad()
        found.backward()
        optimiser.step()
    assert found.item() < 0.1


def every_line(model, upper, longest, ended):
    """Score of all lines of so many tokens, or of up to so many with an end behind."""
    found = {}
    lengths = range(longest + 1) if ended else [longest]
    for length in lengths:
        for line in itertools.product(
            [t for t in range(model.config.vocabulary) if not ended or t != END], repeat=length
        ):
            whole = [START, *line]
            p = model(upper, torch.tensor([whole])).log_softmax(-1)[0]
            after = [*line, END] if ended else list(line)
            found[line] = sum(p[i, token].item() for i, token in enumerate(after))
    return found


@torch.no_grad()
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_wide_beam_finds_the_best_of_all_lines(model, penalty):
    upper = UPPER[:1, :2]
    scores = every_line(model, upper, 2, ended=False)
    best = list(beam(Writer(model, upper), 11, 2, START, penalty=penalty))[-1]
    expected = sorted(scores, key=lambda line: -scores[line])
    assert best[0].tokens == expected[0]
    assert best[0].score == pytest.approx(scores[expected[0]], abs=1e-4)
    assert [line.tokens for line in best][:3] == expected[:3]


@torch.no_grad()
@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
def test_with_an_end_lines_of_every_length_compete_as_they_should(model, penalty):
    upper = UPPER[:1, :3]
    scores = every_line(model, upper, 2, ended=True)
    best = list(beam(Writer(model, upper), 121, 2, START, end=END, penalty=penalty))[-1]
    expected = sorted(scores, key=lambda line: -scores[line] / (len(line) + 1) ** penalty)
    assert all(line.ended for line in best)
    assert [line.tokens for line in best[:20]] == expected[:20]


@torch.no_grad()
def test_a_beam_of_one_is_greedy(model):
    upper, line = UPPER[:1], [START]
    for _ in range(4):
        line.append(int(model(upper, torch.tensor([line]))[0, -1].argmax()))
    assert list(beam(Writer(model, upper), 1, 4, START))[-1][0].tokens == tuple(line[1:])


@torch.no_grad()
def test_lines_are_shown_as_they_grow(model):
    steps = list(beam(Writer(model, UPPER[:1]), 3, 4, START))
    assert [len(lines[0].tokens) for lines in steps] == [1, 2, 3, 4]
    assert all(sorted(lines, key=lambda line: -line.score) == lines for lines in steps)


@torch.no_grad()
def test_a_beam_with_no_way_on_finds_nothing(model):
    found = list(beam(Writer(model, UPPER[:1]), 3, 4, START, allowed=lambda lines: torch.zeros(len(lines), 11).bool()))
    assert found == []


CHARACTERS = MARKS + "，年岁花人相"
KNOWN = words(CHARACTERS)


def rule(upper, repeats, tones=None):
    table = [CHARACTERS.index(character) for character in upper]
    return pairing(table, KNOWN, repeats, tones)


def free(mask):
    return "".join(character for character, ok in zip(CHARACTERS, mask, strict=True) if ok)


def line(text):
    return torch.tensor([[CHARACTERS.index(character) for character in text]], dtype=torch.long)


@pytest.mark.parametrize(
    ("repeats", "begun", "expected"),
    [
        ("free", "", "年岁花人相"),
        ("free", "年", "年岁花人相"),
        ("none", "", "花人相"),
        ("none", "花", "人相"),
        ("mirrored", "", "花人相"),
        ("mirrored", "花", "花"),  # the upper line says its first character again
        ("mirrored", "花花", "人相"),
    ],
)
def test_repeats_are_kept_as_the_rule_says(repeats, begun, expected):
    mask = rule("年年岁", repeats)(line(begun) if begun else torch.zeros(1, 0, dtype=torch.long))
    assert free(mask[0]) == expected


def test_a_comma_is_answered_by_a_comma_and_nothing_else_is():
    allowed = rule("年，岁", "mirrored")
    assert free(allowed(torch.zeros(1, 0, dtype=torch.long))[0]) == "花人相"
    assert free(allowed(line("花"))[0]) == "，"


def test_an_asked_tone_leaves_only_characters_that_have_it():
    tones = torch.ones(3, len(CHARACTERS), dtype=torch.bool)
    tones[0, CHARACTERS.index("花")] = False
    assert free(rule("年岁岁", "none", tones)(torch.zeros(1, 0, dtype=torch.long))[0]) == "人相"


def test_batches_hold_one_length_and_all_couplets_once_a_round():
    pairs = [("年岁", "花人"), ("岁年", "人花"), ("年岁花", "人相年"), ("年年", "人人"), ("年x", "花人")]
    rows = tokens_by_length(pairs, CHARACTERS)
    assert {length: len(tokens) for length, tokens in rows.items()} == {2: 3, 3: 1}  # x is no character of ours
    batches = couplet_batches(rows, 4, 0, 0)
    drawn = [next(batches) for _ in range(3)]
    seen = sorted(tuple(row.tolist()) for upper, _ in drawn for row in upper)
    assert seen == sorted(tuple(row[0].tolist()) for tokens in rows.values() for row in tokens)
    assert all(isinstance(tokens, np.ndarray) for tokens in rows.values())
    assert math.prod(drawn[0][0].shape) <= 4


@torch.no_grad()
def test_drawn_lines_follow_the_odds_of_the_model(model):
    upper = UPPER[:1, :1]
    expected = model(upper, torch.tensor([[START]]))[0, -1].softmax(0)
    generator = torch.Generator().manual_seed(1)
    lines = list(drawn(Writer(model, upper), 4_000, 1, START, how=Sampling(), generator=generator))[-1]
    counts = torch.bincount(torch.tensor([line.tokens[0] for line in lines]), minlength=11)
    likely = expected * 4_000 > 5
    chi_square = ((counts - 4_000 * expected)[likely] ** 2 / (4_000 * expected[likely])).sum()
    assert chi_square < 29.6  # 10 degrees of freedom, p = 0.001


@torch.no_grad()
def test_drawn_lines_keep_what_is_forbidden_out_and_their_scores_are_the_models(model):
    def allowed(lines):
        mask = torch.zeros(len(lines), 11, dtype=torch.bool)
        mask[:, 5:8] = True
        return mask

    generator = torch.Generator().manual_seed(1)
    lines = list(drawn(Writer(model, UPPER[:1]), 8, 3, START, how=Sampling(2.0), generator=generator, allowed=allowed))
    for one in lines[-1]:
        assert set(one.tokens) <= {5, 6, 7}
        p = model(UPPER[:1], torch.tensor([[START, *one.tokens[:-1]]])).log_softmax(-1)[0]
        assert one.score == pytest.approx(sum(p[i, t].item() for i, t in enumerate(one.tokens)), abs=1e-4)


@torch.no_grad()
def test_at_temperature_zero_drawn_lines_are_the_greedy_one(model):
    generator = torch.Generator()
    lines = list(drawn(Writer(model, UPPER[:1]), 3, 4, START, how=Sampling(0.0), generator=generator))[-1]
    greedy = list(beam(Writer(model, UPPER[:1]), 1, 4, START))[-1][0]
    assert {line.tokens for line in lines} == {greedy.tokens}
