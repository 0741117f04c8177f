"""The DALL-E use cases: properties of every run on tiny weights, what the shipped weights must do, and bad input."""

import dataclasses

import numpy as np
import pytest
from runs import Runs, last

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import Catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.data import scene_samples, scenes
from aigc_demo.models.clip import CLIP, CLIPConfig
from aigc_demo.models.dalle import DALLE, DALLEConfig
from aigc_demo.models.detector import Detector, DetectorConfig
from aigc_demo.models.vqvae import VQVAE, VQConfig
from aigc_demo.services.dalle import candidates as ranking
from aigc_demo.services.dalle.describe import probabilities
from aigc_demo.services.dalle.requests import CODES, MISTAKES, Beside, Candidates, Describe, Draw, Rebuild
from aigc_demo.services.scene_parts import marked

TINY = {
    "dalle-scenes": lambda: DALLE(DALLEConfig.tiny()),
    CODES: lambda: VQVAE(VQConfig(latent=4, widths=(8, 8, 8, 8), groups=4, entries=16)),
    "clip-scenes": lambda: CLIP(CLIPConfig.tiny()),
    "judge-scenes": lambda: Detector(DetectorConfig.tiny()),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The use cases over tiny untrained weights whose sizes fit each other."""
    assets, entries = tmp_path_factory.mktemp("assets"), []
    for id, make in TINY.items():
        entry = catalogue.checkpoint(id)
        files.save(make(), assets / entry.file)
        entries.append(dataclasses.replace(entry, **catalogue.describe(assets / entry.file)))
    return Runs(Store(assets, device="cpu", listing=Catalogue((), tuple(entries))), "dalle")


@pytest.fixture(scope="module")
def shipped():
    """The use cases over the weights that ship."""
    return Runs(Store(device="cpu"), "dalle")


def tokens(service, **values):
    """The tokens of a picture."""
    return [cell.token for cell in last(service.draw(Draw(**values))).cells]


# writing a picture


def test_a_seed_is_a_picture(service):
    first = tokens(service, seed=3)
    assert first == tokens(service, seed=3) != tokens(service, seed=4)
    assert len(first) == 64 and set(first) <= set(range(16))


def test_at_temperature_zero_the_seed_does_nothing(service):
    assert tokens(service, temperature=0, seed=1) == tokens(service, temperature=0, seed=2)


def test_the_picture_grows_cell_by_cell_and_ends_with_patches_and_a_verdict(service):
    made = [step.value for step in service.draw(Draw())]
    counts = [len(value.cells) for value in made]
    assert counts == sorted(counts) and counts[-1] == 64
    assert all(not value.finished for value in made[:-1]) and made[0].picture.shape == (3, 64, 64)
    assert {"patches", "codes", "verdict"} == set(made[-1].finished)
    for cell in made[-1].cells:
        assert cell.p <= cell.rivals[0][1] + 1e-6 and cell.rivals[0][1] >= cell.rivals[-1][1]
        assert 0 <= cell.entropy <= np.log(16) + 1e-5


def test_a_replaced_cell_changes_nothing_before_it(service):
    before = tokens(service, seed=5)
    other = (before[20] + 1) % 16
    kept = ",".join(map(str, [*before[:20], other]))
    after = last(service.draw(Draw(seed=5, kept=kept)))
    assert [cell.token for cell in after.cells[:21]] == [*before[:20], other] and after.kept == 21
    assert len(after.cells) == 64


def test_going_on_from_what_was_written_gives_the_same_picture(service):
    whole = last(service.draw(Draw(seed=5)))
    for count in (1, 40, 64):
        kept = ",".join(str(cell.token) for cell in whole.cells[:count])
        again = last(service.draw(Draw(seed=5, kept=kept)))
        assert [cell.token for cell in again.cells] == [cell.token for cell in whole.cells]
        np.testing.assert_allclose([cell.p for cell in again.cells], [cell.p for cell in whole.cells], atol=1e-5)
        np.testing.assert_allclose(again.picture, whole.picture, atol=1e-5)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"prompt": ""}, "There is no sentence yet"),
        ({"prompt": " …!? "}, "There is no sentence yet"),
        ({"prompt": "zebra"}, "knows none of these words: zebra"),
        ({"prompt": "🦓🦒"}, "knows none of these words"),
        ({"prompt": "مرحبا بالعالم"}, "knows none of these words"),
        ({"prompt": "apple " * 5000}, "at most 2000 characters"),
        ({"kept": "1,2,99999"}, "There is no token 99999: those of the codebook are 0 to 15."),
        ({"kept": "16"}, "There is no token 16"),
        ({"kept": "-1"}, "whole numbers with commas between them, got -1"),
        ({"kept": "one"}, "whole numbers with commas between them, got one"),
        ({"kept": "1," * 65}, "At most 64 tokens can be kept, got 65"),
        ({"temperature": float("nan")}, "must be a number"),
        ({"top_p": 2}, "must be between 0 and 1"),
    ],
)
def test_what_cannot_be_drawn_is_said(service, values, sentence):
    with pytest.raises(BadRequestError, match=sentence):
        last(service.draw(Draw(**values)))


def test_words_that_are_not_known_are_marked_with_known_ones_like_them():
    found = marked("a zebra and two appels on white")
    assert "".join(piece for piece, _ in found["pieces"]) == "a zebra and two appels on white"
    assert [piece for piece, unknown in found["pieces"] if unknown] == ["zebra", "appels"]
    assert dict(found["unknown"])["appels"][0] == "apples"
    assert marked("蓝色背景上的两个苹果")["unknown"] == []


# several pictures


def test_candidates_are_ranked_by_similarity(service):
    made = last(service.candidates(Candidates(count=3)))
    alike = [one.similarity for one in made.candidates]
    assert alike == sorted(alike, reverse=True) and {one.number for one in made.candidates} == {1, 2, 3}


def test_another_sentence_ranks_the_same_pictures_without_drawing(service, monkeypatch):
    before = last(service.candidates(Candidates(count=3, seed=9)))
    monkeypatch.setattr(ranking, "write", None)  # it would be called to draw
    after = last(service.candidates(Candidates(count=3, seed=9, rank="三只青蛙")))
    pictures = {one.number: one.picture for one in before.candidates}
    assert after.sentence == "三只青蛙"
    assert all(np.array_equal(one.picture, pictures[one.number]) for one in after.candidates)
    assert [one.similarity for one in after.candidates] != [one.similarity for one in before.candidates]


def test_a_sentence_to_rank_by_needs_a_known_word(service):
    with pytest.raises(BadRequestError, match="none of these words: zebra"):
        last(service.candidates(Candidates(rank="zebra")))


# the codebook, descriptions


def test_the_pictures_that_ship_are_held_out():
    assert len(scene_samples.samples()) == len(scene_samples.read()) == 24
    assert all(scenes.held_out(scene) for scene in scene_samples.samples())


def test_a_rebuilt_picture_keeps_its_tokens(shipped):
    made = last(shipped.rebuild(Rebuild(sample=3)))
    assert made.tokens.shape == (8, 8) and made.patches.shape == (64, 3, 8, 8)
    assert made.error == pytest.approx(np.abs(made.picture - made.rebuilt).mean() / 2, abs=1e-6)
    assert made.error < 0.03


@pytest.mark.parametrize("picture", ["data:image/png;base64,AAAA", "nothing", "data:text/plain;base64,AAAA"])
def test_what_is_no_picture_is_refused(service, picture):
    for use_case, request in (("rebuild", Rebuild(picture=picture)), ("describe", Describe(picture=picture))):
        with pytest.raises(BadFileError, match="not a picture"):
            last(getattr(service, use_case)(request))


def test_sentences_are_ranked_by_their_probability(service):
    made = last(service.describe(Describe(sample=1, drawn=4)))
    for found in made.sentences.values():
        odds = [one.p for one in found]
        assert odds == sorted(odds, reverse=True) and len({one.text for one in found}) == len(found)
    assert "blue" in made.truth["en"] or made.truth["zh"]


def test_the_probability_of_a_sentence_is_the_product_of_its_tokens(service):
    model = service.store.load("dalle-scenes")
    import torch

    picture = torch.arange(64)[None] % 16
    rows = [(5, 6), (7,), ()]
    found = probabilities(model, picture, "en", rows)
    start = torch.tensor([model.config.language("en")])
    for row in rows:
        p, text = 1.0, list(row)
        for place, token in enumerate([*text, model.config.end]):
            read = model.to_describe(picture, start, torch.tensor([text[:place]], dtype=torch.long))
            p *= float(model.text_logits(model(read))[0, -1].softmax(0)[token])
        assert found[row] == pytest.approx(p, rel=1e-3)


# beside the library


def test_both_implementations_write_the_same_tokens(service):
    made = last(service.beside(Beside()))
    assert made.same == made.count == 64 and made.first is None and made.maximum < 1e-4
    np.testing.assert_array_equal(made.ours, made.theirs)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_in_a_layer(shipped, mistake):
    assert last(shipped.beside(Beside(mistake=mistake))).first is not None
