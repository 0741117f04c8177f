"""Chorales without parallel fifths and octaves: what would make one is left out of the draw."""

from dataclasses import replace

import pytest
from runs import Runs, last
from tiny_music import tiny_store

from aigc_demo.core.errors import BadRequestError
from aigc_demo.services.music.challenges import CHALLENGES
from aigc_demo.services.music.requests import MELODY, Harmonise, Write

PARALLELS = {"fifths", "octaves"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return Runs(tiny_store(tmp_path_factory.mktemp("assets")), "music")


@pytest.mark.parametrize("melody", [MELODY, "- - 60 67 60 67 . . 72 65 72 65 - - 60 67 " * 4])
def test_a_strict_piece_has_no_parallels_and_another_one_has(service, melody):
    kinds = [
        {fault.kind for fault in last(service.harmonise(Harmonise(melody, temperature=2, strict=strict))).faults}
        for strict in (False, True)
    ]
    assert kinds[0] & PARALLELS and not kinds[1] & PARALLELS


def test_a_strict_piece_of_its_own_is_the_same_up_to_the_first_parallel(service):
    free, strict = (last(service.write(Write(bars=2, temperature=2, strict=on))) for on in (False, True))
    first = min(fault.step for fault in free.faults if fault.kind in PARALLELS)
    assert not {fault.kind for fault in strict.faults} & PARALLELS
    assert (free.chorale.voices[:, :first] == strict.chorale.voices[:, :first]).all()


def test_a_kept_opening_with_parallels_does_not_fit_a_strict_piece(service):
    free = last(service.write(Write(bars=2, temperature=2)))
    assert {fault.kind for fault in free.faults} & PARALLELS
    opening = " ".join(str(place.token) for place in free.places)
    with pytest.raises(BadRequestError, match="What is kept"):
        last(service.write(Write(bars=2, temperature=2, strict=True, opening=opening)))


def test_the_challenge_is_not_won_by_a_strict_piece(service):
    piece = replace(last(service.write(Write(bars=2))), faults=())
    clean = CHALLENGES["music.challenge_clean"]
    assert clean.look(service.store, Write(bars=8), piece).reached
    assert not clean.look(service.store, Write(bars=8, strict=True), piece).reached
