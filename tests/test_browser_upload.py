"""Pictures of one's own, at every place that takes one: large photos are made smaller, other files refused."""

import io

import numpy as np
import pytest
from browser import QUICK, open_tab, part, unfold
from PIL import Image, ImageDraw
from playwright.sync_api import expect

PLACES = {
    "clip_classify": ["picture"],
    "cyclegan_translate": ["picture"],
    "dalle_rebuild": ["picture"],
    "diffusion_forward": ["drawing"],
    "diffusion_redraw": ["drawing"],
    "vae_rebuild": ["drawing"],
    "vae_walk": ["drawing_from", "drawing_to"],
    "vae_beta": ["drawing"],
    "vae_anomaly": ["drawing"],
    "vae_beside": ["picture"],
}
SENT = 1_400_000  # bytes


def photo() -> bytes:
    """A photo too large to be sent as it is: noise with a dark bar at its top; it lies on its side, EXIF says so."""
    noise = np.random.default_rng(0).integers(150, 255, (1500, 1200, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    ImageDraw.Draw(picture).rectangle((0, 0, 1199, 299), fill="black")
    tag = Image.Exif()
    tag[0x0112] = 6
    file = io.BytesIO()
    picture.transpose(Image.Transpose.ROTATE_90).save(file, "JPEG", quality=97, exif=tag)
    assert file.tell() > SENT
    return file.getvalue()


@pytest.fixture(scope="module")
def large():
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo()}


def value(page, use_case, name):
    """What the box holds: the picture, read by the browser as rows of mean greys, or nothing."""
    return page.evaluate(
        """async ([id]) => {
          const box = document.querySelector(`#${id} .lx-sketch canvas, #${id} .lx-photo img`);
          if (box.tagName === 'IMG') { if (box.hidden) return null; await box.decode(); }
          const [w, h] = box.tagName === 'IMG' ? [box.naturalWidth, box.naturalHeight] : [box.width, box.height];
          const sheet = new OffscreenCanvas(w, h).getContext('2d');
          sheet.drawImage(box, 0, 0);
          const grey = (y) => sheet.getImageData(w / 2, h * y, 1, 1).data[0];
          return [grey(0.1), grey(0.7)];
        }""",
        [f"{use_case}-{name}"],
    )


def says(page, words):
    """The page's own toast says it, for everybody to see."""
    expect(page.locator(".lx-toasts p").last).to_contain_text(words, timeout=QUICK)
    expect(page.locator(".lx-toasts p").last).to_be_visible()


@pytest.mark.parametrize("use_case", PLACES)
def test_a_large_photo_is_made_smaller_and_seen_upright(visit, large, use_case):
    page = visit(at=use_case.rpartition("_")[0])
    open_tab(page, use_case)
    unfold(page, use_case)
    for name in PLACES[use_case]:
        part(page, use_case, name, "input[type=file]").set_input_files(large)
        says(page, "This picture is large (1200 × 1500); it was made smaller here, to")
        page.wait_for_function(
            "([id]) => document.querySelector(`#${id} .lx-sketch:not(.lx-empty), #${id} .lx-photo img:not([hidden])`)",
            arg=[f"{use_case}-{name}"],
        )
        top, middle = value(page, use_case, name)
        assert top < 60 and middle > 120


def test_what_is_no_picture_is_refused_to_be_seen(visit):
    page = visit(at="diffusion")
    open_tab(page, "diffusion_redraw")
    for kind, content in (("image/heic", b"ftypheic"), ("image/jpeg", bytes(2_000_000))):
        file = {"name": "photo", "mimeType": kind, "buffer": content}
        part(page, "diffusion_redraw", "drawing", "input[type=file]").set_input_files(file)
        says(page, "not a picture that the browser can read")
        expect(part(page, "diffusion_redraw", "drawing", ".lx-sketch")).to_contain_class("lx-empty")
        expect(page.locator(".lx-toasts p")).to_have_count(0, timeout=QUICK)


def test_a_kind_that_only_the_browser_reads_is_taken(visit):
    file = io.BytesIO()
    picture = Image.new("RGB", (120, 120), "white")
    ImageDraw.Draw(picture).rectangle((50, 10, 65, 110), fill="black")
    picture.save(file, "BMP")
    page = visit(at="vae")
    open_tab(page, "vae_rebuild")
    unfold(page, "vae_rebuild")
    box = part(page, "vae_rebuild", "drawing", "input[type=file]")
    box.set_input_files({"name": "bar.bmp", "mimeType": "image/bmp", "buffer": file.getvalue()})
    expect(part(page, "vae_rebuild", "drawing", ".lx-sketch")).not_to_contain_class("lx-empty", timeout=QUICK)
    expect(page.locator(".lx-toasts p")).to_have_count(0)


def test_a_picture_is_dropped_on_the_sheet(visit):
    page = visit(at="vae")
    open_tab(page, "vae_rebuild")
    unfold(page, "vae_rebuild")
    part(page, "vae_rebuild", "drawing", ".lx-sketch").evaluate(
        """async (sheet) => {
          const canvas = new OffscreenCanvas(40, 40);
          canvas.getContext('2d').fillRect(15, 5, 8, 30);
          const basket = new DataTransfer();
          basket.items.add(new File([await canvas.convertToBlob()], 'bar.png', { type: 'image/png' }));
          for (const kind of ['dragover', 'drop'])
            sheet.dispatchEvent(new DragEvent(kind, { dataTransfer: basket, bubbles: true, cancelable: true }));
        }"""
    )
    expect(part(page, "vae_rebuild", "drawing", ".lx-sketch")).not_to_contain_class("lx-empty", timeout=QUICK)
    assert not page.evaluate("document.body.classList.contains('lx-dropping')")
