"""The tab of sound in a real browser: a click plays from there, steps are heard, a file is judged."""

import base64

import numpy as np
import pytest
from browser import QUICK, RUN, badge_of, open_tab, part, toast, untranslated
from playwright.sync_api import expect

from aigc_demo.data import sound_files
from aigc_demo.data.spoken_files import RATE

PAGE = "audiogan"
DRAW, PAD, JUDGE, BOTH = "audiogan_draw", "audiogan_pad", "audiogan_judge", "audiogan_both"
SHUFFLE = "audiogan_shuffle"


@pytest.fixture
def sound(visit):
    """Open an inner tab as a new visitor; page and player."""

    def open_sound(tab, **options):
        page = visit(**options)
        open_tab(page, tab)
        player = part(page, tab, "view", ".lx-sound-player")
        expect(player).to_have_attribute("data-ready", "1", timeout=QUICK)
        return page, player

    return open_sound


def test_a_click_plays_from_there_and_every_step_can_be_heard(sound):
    page, player = sound(DRAW)
    assert not untranslated(page)
    expect(player).to_have_attribute("data-count", "13")
    face = player.locator(".lx-heard").first
    box = face.bounding_box()
    face.click(position={"x": box["width"] * 0.6, "y": 40})
    expect(player).to_have_attribute("data-heard", f"x {player.get_attribute('data-frame')}")
    assert float(face.get_attribute("aria-valuenow")) >= 0.55 * 768
    slider = player.locator("input[type=range]")
    slider.focus()
    slider.press("End")
    expect(player).to_have_attribute("data-heard", "x 12")
    page.locator(f"#{DRAW}-digit input[value='3']").check(force=True)
    page.locator(f"#{DRAW}-run").click()
    expect(badge_of(page, DRAW)).to_have_attribute("data-state", "live", timeout=RUN)
    expect(player).to_have_attribute("data-frame", "12", timeout=QUICK)


def test_gan_and_diffusion_stand_side_by_side_and_each_says_what_is_heard(sound):
    page, player = sound(BOTH)
    assert not untranslated(page)
    expect(player.locator(".lx-heard")).to_have_count(8)
    page.locator(f"#{BOTH}-digit input[value='9']").check(force=True)
    page.locator(f"#{BOTH}-run").click()
    expect(badge_of(page, BOTH)).to_have_attribute("data-state", "live", timeout=RUN)
    expect(page.locator(f"#{BOTH}-verdict")).to_contain_text("/ 4", timeout=QUICK)
    expect(player.locator("figure p").last).to_contain_text("9 ·", timeout=QUICK)
    player.locator(".lx-heard").first.click()
    expect(player).to_have_attribute("data-heard", "picture 0")


def test_phase_shuffle_is_switched_off_and_on(sound):
    page, player = sound(SHUFFLE)
    assert not untranslated(page)
    chart, maps = part(page, SHUFFLE, "chart", "svg"), part(page, SHUFFLE, "maps", ".lx-mosaic")
    expect(chart.locator(".lx-line-glow, .lx-line-water, .lx-line-range")).to_have_count(3)
    expect(maps.locator("canvas")).to_have_count(6)
    expect(player.locator("figcaption").last).to_have_text("+41 samples")
    page.locator(f"#{SHUFFLE}-shuffle input").uncheck(force=True)
    expect(badge_of(page, SHUFFLE)).to_have_attribute("data-state", "live", timeout=RUN)
    expect(chart.locator(".lx-line-glow, .lx-line-water, .lx-line-range")).to_have_count(1, timeout=QUICK)
    expect(part(page, SHUFFLE, "verdict")).not_to_contain_text("shuffles")
    page.locator(f"#{SHUFFLE}-shuffle input").check(force=True)
    expect(chart.locator(".lx-line-range")).to_have_count(1, timeout=RUN)


def test_keys_of_the_pad_are_heard_one_after_the_other(sound):
    _, player = sound(PAD)
    faces = player.locator(".lx-heard")
    expect(faces).to_have_count(10)
    faces.nth(4).focus()
    faces.nth(4).press("Enter")
    expect(player).to_have_attribute("data-heard", "picture 4")
    player.locator(".lx-play").click()  # stops
    expect(player.locator(".lx-heard-now")).to_have_count(0)
    player.locator(".lx-play").click()
    expect(player).to_have_attribute("data-heard", "picture 5", timeout=QUICK)
    expect(player).to_have_attribute("data-heard", "picture 6", timeout=QUICK)


def test_a_file_is_judged_and_a_text_is_refused_in_one_sentence(sound, tmp_path):
    page, player = sound(JUDGE)
    verdict = part(page, JUDGE, "verdict")
    expect(verdict).to_contain_text("The classifier hears a 7")
    chooser = part(page, JUDGE, "recording", "input[type=file]")
    tone = (0.5 * np.sin(np.arange(2 * RATE) * 2 * np.pi * 300 / RATE)).astype(np.float32)
    own = tmp_path / "tone.flac"
    own.write_bytes(sound_files.encoded(tone, "flac"))
    before = verdict.text_content()
    chooser.set_input_files(str(own))
    expect(verdict).not_to_have_text(before, timeout=RUN)
    expect(player.locator("figcaption").first).to_have_text("your recording")
    chooser.set_input_files({"name": "diary.wav", "mimeType": "audio/wav", "buffer": b"Dear diary"})
    expect(toast(page)).to_contain_text("not a sound", timeout=RUN)
    assert base64.b64encode(b"Dear diary").decode() not in page.content()
