"""Digits changed by chance with Pillow: crop, turn, flip, colour, noise, hole. Run it in the project's folder."""

import random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

REQUEST = {"crop": 0.3, "rotate": 15, "scale": 0.2, "seed": 7}

SIDE, SHOWN = 28, 12
want = {"crop": 0.0, "flip": 0.0, "rotate": 0, "scale": 0.0, "colour": 0.0, "noise": 0.0, "cut": 0.0, **REQUEST}
draws = random.Random(want["seed"])
sheet = Image.open("assets/examples/digits-heldout.png").convert("L")
columns = sheet.width // SIDE


def changed(picture):
    """A picture after one draw of every transform."""
    side = round(SIDE * (1 - draws.uniform(0, want["crop"])) / (1 + draws.uniform(-want["scale"], want["scale"])))
    room = SIDE - side
    left, top = (round(room / 2 + abs(room) / 2 * draws.uniform(-1, 1)) for _ in range(2))
    picture = picture.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    picture = picture.rotate(draws.uniform(-1, 1) * want["rotate"], Image.Resampling.BILINEAR)
    if draws.random() < want["flip"]:
        picture = ImageOps.mirror(picture)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast):
        picture = enhance(picture).enhance(1 + 0.6 * want["colour"] * draws.uniform(-1, 1))
    grain = np.random.default_rng(draws.getrandbits(32)).normal(0, 127.5, (SIDE, SIDE))
    noise = draws.uniform(0, want["noise"]) * grain
    picture = Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))
    hole = round(SIDE * draws.uniform(0, want["cut"]))
    if hole:
        x, y = (draws.randint(0, SIDE - hole) for _ in range(2))
        ImageDraw.Draw(picture).rectangle((x, y, x + hole - 1, y + hole - 1), fill=128)
    return picture


both = Image.new("L", (SHOWN * SIDE, 2 * SIDE))
for place in range(SHOWN):
    row, column = draws.randrange(10), draws.randrange(columns)
    digit = sheet.crop((column * SIDE, row * SIDE, (column + 1) * SIDE, (row + 1) * SIDE))
    both.paste(digit, (place * SIDE, 0))
    both.paste(changed(digit), (place * SIDE, SIDE))
both.save("library.png")
