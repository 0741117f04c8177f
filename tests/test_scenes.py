"""Scenes: what can be shown, what is held out, how it is drawn, and how sentences about it are written and read."""

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import tiny_scenes

from aigc_demo.data import claims, scene_tokens, scenes
from aigc_demo.data import scene_words as words
from aigc_demo.data.captions import LANGUAGES, caption, sentence
from aigc_demo.data.scenes import Placed, Scene

KINDS = tuple(scenes.SHARES)


def unordered(scene):
    """The one form of a scene of two objects that says the same."""
    if scene is None or len(scene.objects) < 2:
        return scene
    if scene.relation in scenes.OPPOSITE:
        first, second, relation = scenes.triple(scene.objects, scene.relation)
        return replace(scene, objects=(first, second), relation=relation)
    return replace(scene, objects=tuple(sorted(scene.objects)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_scene_of_a_kind_is_laid_out_inside_the_picture_without_overlap(kind):
    for scene in scenes.scenes(kind)[::7]:
        for placed in scenes.layouts(scene):
            assert len(placed) == (len(scene.objects) if scene.relation else scene.count)
            cells = Counter((p.row + y, p.column + x) for p in placed for y in range(p.side) for x in range(p.side))
            assert max(cells.values()) == 1
            assert all(0 <= row < 8 and 0 <= column < 8 for row, column in cells)


@pytest.mark.parametrize("relation", scenes.RELATIONS)
def test_objects_stand_to_each_other_as_the_scene_says(relation):
    scene = Scene(("dog", "car"), "blue", relation=relation)
    for placed in scenes.layouts(scene):
        at = {one.name: (one.column, one.row) for one in placed}
        right, down = np.subtract(at["dog"], at["car"])
        assert {"left": right < 0, "right": right > 0, "above": down < 0, "below": down > 0}[relation]
        assert (down == 0) == (relation in ("left", "right"))


def test_about_a_tenth_of_the_combinations_is_held_out_and_stays_so():
    pairs = [(name, colour) for name in scenes.OBJECTS for colour in scenes.BACKGROUNDS]
    out = [pair for pair in pairs if scenes.held_out_by_name(pair[0], "on", pair[1])]
    assert 0.05 < len(out) / len(pairs) < 0.15
    assert ("banana", "black") in out and ("apple", "blue") not in out
    assert all(scenes.of_split(kind, "test") and scenes.of_split(kind, "train") for kind in KINDS)


def test_a_training_scene_has_nothing_that_is_held_out_seen_from_either_side():
    for scene in scenes.of_split("relation", "train")[::11]:
        other = replace(scene, objects=scene.objects[::-1], relation=scenes.OPPOSITE[scene.relation])
        assert not scenes.held_out(scene) and not scenes.held_out(other)
        assert scenes.agrees(scene, other) and scenes.agrees(other, scene)


def test_all_pictures_of_both_splits_are_all_there_are():
    both = scenes.pictures("train") + scenes.pictures("test")
    assert len(both) == len(set(both)) == 2 * sum(len(scenes.layouts(s)) for kind in KINDS for s in scenes.scenes(kind))


def test_drawing_is_fixed_by_the_seed_and_follows_the_shares():
    drawn = [scenes.draw_scene(random.Random(i)) for i in range(2000)]
    assert drawn[:50] == [scenes.draw_scene(random.Random(i)) for i in range(50)]
    assert abs(sum(bool(scene.relation) for scene in drawn) / 2000 - scenes.SHARES["relation"]) < 0.05


def test_an_object_is_drawn_where_it_stands_and_the_rest_is_background(tmp_path):
    renderer = tiny_scenes.renderer(tmp_path)
    scene = Scene(("apple",), "blue", place="left")
    pixels = renderer.draw(scenes.Picture(scene, (Placed("apple", 0, 2, 4),), 0))
    background = np.array(scenes.BACKGROUNDS["blue"])
    other = np.abs(pixels.astype(int) - background).max(-1) > 2
    rows, columns = np.nonzero(other)
    assert rows.min() == 17 and rows.max() == 46 and columns.min() == 1 and columns.max() == 30
    assert (pixels[:, 32:] == background).all()


def test_vendors_differ_and_a_batch_is_its_pictures(tmp_path):
    renderer = tiny_scenes.renderer(tmp_path)
    scene = Scene(("apple",), "blue", place="middle")
    chosen = [scenes.Picture(scene, scenes.layouts(scene)[0], vendor) for vendor in range(2)]
    batch = renderer.batch(chosen)
    assert batch.shape == (2, 3, 64, 64) and not batch[0].equal(batch[1])
    assert (batch[1].permute(1, 2, 0).numpy() == renderer.draw(chosen[1])).all()
    assert scenes.to_float(batch).min() >= -1 and scenes.to_float(batch).max() <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_is_read_as_what_it_claims(language):
    chance = random.Random(7)
    for _ in range(1500):
        text, claimed = caption(scenes.draw_scene(chance, "all"), chance, language)
        found = claims.read(text)
        assert not found.unknown, text
        read = found.claims
        read = replace(read, count=claimed.count) if read and not read.count else read
        assert unordered(read) == unordered(claimed), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_usual_sentence_says_all_of_a_scene(language):
    for kind in KINDS:
        for scene in scenes.scenes(kind)[::13]:
            text = sentence(scene, language)
            assert words.is_chinese(text) == (language == "zh")
            assert unordered(claims.read(text).claims) == unordered(scene), text


def test_captions_leave_things_out_and_never_say_what_is_not_so():
    chance, shown = random.Random(1), Scene(("dog", "cat"), "blue", relation="left")
    claimed = [caption(shown, chance)[1] for _ in range(400)]
    assert all(scenes.agrees(claim, shown) for claim in claimed)
    assert {claim.relation for claim in claimed} == {"left", "right", "beside", ""}
    assert {claim.background for claim in claimed} == {"", "blue"}
    assert not scenes.agrees(Scene(("dog", "cat"), relation="right"), shown)
    assert not scenes.agrees(Scene(("dog",), "blue"), shown)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("two red apples on a blue background", Scene(("apple",), "blue", 2)),
        ("蓝色背景上的两个红苹果", Scene(("apple",), "blue", 2)),
        ("a cat on the left and a dog on the right, blue", Scene(("cat", "dog"), "blue", relation="left")),
        ("to the left of a cat is a dog", Scene(("cat", "dog"), relation="right")),
        ("猫的左边是狗", Scene(("cat", "dog"), relation="right")),
        ("狗在猫的左边", Scene(("dog", "cat"), relation="left")),
        ("KITTENS ON VIOLET", Scene(("cat",), "purple", 0)),
        ("两只 dogs on 绿色", Scene(("dog",), "green", 2)),
        ("苹果", Scene(("apple",), "", 0)),
    ],
)
def test_sentences_that_people_write_are_read(text, claimed):
    assert claims.read(text).claims == claimed


@pytest.mark.parametrize(
    "text", ["", "   ", "🦄🦄", "שלום עולם", "nothing that is known", "背景", "x" * 5000, "a " * 5000]
)
def test_sentences_without_an_object_claim_nothing(text):
    assert claims.read(text).claims is None


@pytest.mark.parametrize(
    ("text", "unknown", "near"),
    [
        ("a sunflowr on blue", ["sunflowr"], "sunflower"),
        ("a unicorn on blue", ["unicorn"], None),
        ("four aples", ["four", "aples"], "apple"),
        ("blue dog on white", ["blue"], "blue"),
        ("蓝色背景上的龙和苹果", ["龙"], None),
        ("an apple, a dog and a pig", ["pig"], "pig"),
    ],
)
def test_what_is_beyond_this_world_is_named_with_its_nearest_words(text, unknown, near):
    found = claims.read(text).unknown
    assert [term.value for term in found] == unknown
    assert all(text.lower()[term.start : term.end] == term.value for term in found)
    named = claims.nearest(found[-1].value)
    assert near in named if near else named == []


def test_a_tokenizer_is_learned_and_reads_chinese_by_the_character():
    tokenizer = scene_tokens.train(["two red apples", "两个红苹果"] * 10)
    assert tokenizer.encode("两个 Apples").tokens == ["[BOS]", "两</w>", "个</w>", "apples</w>", "[EOS]"]


def test_captions_fit_into_the_context_and_come_back_as_they_were():
    chance = random.Random(3)
    said = [caption(scenes.draw_scene(chance, "all"), chance)[0] for _ in range(500)]
    tokens = scene_tokens.encode(said)
    assert tokens.shape == (500, scene_tokens.CONTEXT)
    assert (tokens != scene_tokens.UNKNOWN).all()
    assert ((tokens == scene_tokens.END).sum(1) == 1).all() and (tokens[:, 0] == scene_tokens.START).all()
    assert [scene_tokens.decode(row) for row in tokens.tolist()] == said


def test_a_long_text_keeps_its_start_and_its_end_token():
    (row,) = scene_tokens.encode(["apple " * 5000])
    assert row[0] == scene_tokens.START and row[-1] == scene_tokens.END and (row != scene_tokens.PAD).all()
