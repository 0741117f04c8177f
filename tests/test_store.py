"""Loading by id: checked, strict, cached, safe with threads."""

import dataclasses
import threading

import pytest
import torch

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Catalogue, Checkpoint, describe
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.models.judge import Judge, JudgeConfig


def shelf(folder, count=1, **changes):
    """A store over `count` tiny judges called judge-0, judge-1, ..."""
    entries = []
    for i in range(count):
        path = folder / f"judge-{i}.safetensors"
        files.save(Judge(JudgeConfig.tiny()), path)
        values = {"model": "aigc_demo.models.judge:Judge", "config": "aigc_demo.models.judge:JudgeConfig"}
        entry = Checkpoint(
            f"judge-{i}", "judge", file=path.name, data="", licence="", command="make judge", evaluate="", **values
        )
        entries.append(dataclasses.replace(entry, **{**describe(path), **changes}))
    return Store(folder, device="cpu", listing=Catalogue((), tuple(entries)), keep=2)


def test_a_model_comes_back_as_it_was_saved(tmp_path):
    model = Judge(JudgeConfig.tiny())
    model.body[0][1].num_batches_tracked.fill_(70_000)  # more than a half can hold
    files.save(model, tmp_path / "a.safetensors")
    again = files.read(tmp_path / "a.safetensors", Judge, JudgeConfig)
    assert again.config == model.config and not again.training
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, rtol=1e-3, atol=1e-4)
        assert again.state_dict()[name].dtype == tensor.dtype


def test_the_same_model_is_loaded_once_and_the_oldest_is_let_go(tmp_path):
    store = shelf(tmp_path, count=3)
    first = store.load("judge-0")
    assert store.load("judge-0") is first
    store.load("judge-1"), store.load("judge-0"), store.load("judge-2")
    assert store.load("judge-0") is first
    assert len(store._models) == 2
    assert first.head.weight.dtype == torch.float32 and not first.head.weight.requires_grad and not first.training


def test_many_threads_get_one_model(tmp_path):
    store, got = shelf(tmp_path), []
    threads = [threading.Thread(target=lambda: got.append(store.load("judge-0"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8 and len(set(map(id, got))) == 1


def test_missing_weights_say_how_to_make_them(tmp_path):
    store = shelf(tmp_path)
    (tmp_path / "judge-0.safetensors").unlink()
    with pytest.raises(
        UnavailableError,
        match="weights of judge-0 are not on this.*make judge && python -m aigc_demo.checkpoints.catalogue judge-0",
    ):
        store.load("judge-0")


def test_a_changed_byte_is_noticed(tmp_path):
    store, path = shelf(tmp_path), tmp_path / "judge-0.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(UnavailableError, match="damaged.*make judge"):
        store.load("judge-0")


@pytest.mark.parametrize("raw", [b"", b"\x00" * 100, b"half"])
def test_a_truncated_file_without_a_sha256_is_noticed_too(tmp_path, raw):
    store = shelf(tmp_path, sha256="")
    (tmp_path / "judge-0.safetensors").write_bytes(raw)
    with pytest.raises(UnavailableError, match="damaged"):
        store.load("judge-0")


def test_weights_of_another_shape_are_refused(tmp_path):
    store = shelf(tmp_path, sha256="", config="aigc_demo.models.diffusion:DiffusionConfig")
    with pytest.raises(UnavailableError, match="damaged"):
        store.load("judge-0")


def test_an_unknown_id_and_a_good_one_after_it(tmp_path):
    store = shelf(tmp_path)
    with pytest.raises(NotFoundError, match="no checkpoint called"):
        store.load("../../secret")
    assert store.load("judge-0") is not None
    assert store.sha256("judge-0") == describe(tmp_path / "judge-0.safetensors")["sha256"]


def test_a_tiny_model_stands_in_for_every_checkpoint(store):
    for entry in store.catalogue.checkpoints:
        assert store.load(entry.id).config is not None
