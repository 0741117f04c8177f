#!/usr/bin/env bash
# Pillow: the histogram of a grey picture of 16 bits counts the bytes of its left half, and never sees the right one.
#
# A grey PNG of 16 bits opens in the mode "I;16". histogram() is documented to sort the levels into 256 bins also where
# there are more than 8 bits to a band, as it does in "I" and "F", between the least and the greatest. For "I;16" it
# takes a row for bytes instead, as many as there are pixels: the lower and upper bytes of the left half, each as a
# level of its own. A picture that is black at the left has a histogram, an entropy() and ImageStat's mean, median and
# deviation of nothing but black, whatever the right half shows, and no error is raised. With a mask the same happens.
# getextrema() is right, and so is all else after convert("I"), within 256 bins. Depth maps and scans, which are kept in
# 16 bits, are touched.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile pillow==13.0.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy
import PIL
from PIL import Image, ImageStat

print("Pillow", PIL.__version__)
print("promised:", "256 bins for each band, even if" in " ".join(Image.Image.histogram.__doc__.split()))
levels = numpy.zeros((32, 64), dtype="<u2")
levels[:, 32:] = numpy.random.default_rng(0).integers(20_000, 65_536, (32, 32))
Image.fromarray(levels).save("grey.png")


def used(histogram):
    return {level: count for level, count in enumerate(histogram) if count}


with Image.open("grey.png") as picture:
    assert picture.mode == "I;16" and (numpy.asarray(picture) == levels).all(), "it is read otherwise now"
    everything = Image.new("L", picture.size, 255)
    theirs, masked = picture.histogram(), picture.histogram(everything)
    wider = picture.convert("I")
    print("black at the left, noise at the right; levels from", *picture.getextrema())
    print("histogram:", used(theirs), "; with a mask of everything:", used(masked))
    print("as whole numbers of 32 bits:", len(used(wider.histogram())), "bins used")
    print(f"entropy: {abs(picture.entropy()):.3f}; as whole numbers of 32 bits {wider.entropy():.3f}")
    mean, median, deviation = (getattr(ImageStat.Stat(picture), name)[0] for name in ("mean", "median", "stddev"))
    print(f"mean {mean}, median {median}, deviation {deviation}; mean of the upper bytes {(levels >> 8).mean():.1f}")
    assert picture.getextrema() == (levels.min(), levels.max())
    assert used(theirs) == used(masked) == {0: 32 * 64}, "the right half is counted now"
    assert picture.entropy() == 0 and ImageStat.Stat(picture).mean == [0]
    bins = numpy.histogram(levels, 256, (int(levels.min()), int(levels.max())))[0]
    assert len(used(wider.histogram())) == (bins > 0).sum() > 100
noise = numpy.random.default_rng(1).integers(0, 65_536, (32, 64)).astype("<u2")
bytes_of_left = numpy.ascontiguousarray(noise[:, :32]).view(numpy.uint8)
same = Image.fromarray(noise).histogram() == numpy.bincount(bytes_of_left.ravel(), minlength=256).tolist()
print("noise everywhere: the histogram is that of the bytes of the left half:", same)
assert same, "levels are counted now"
PYTHON
