"""The page of video in a real browser: two sliders over a clip that is drawn, stops walked, frames continued."""

import re

import pytest
from browser import QUICK, RUN, open_tab, part, put, untranslated
from playwright.sync_api import expect

PAGE = "video"
DRAW, WALK, FORECAST, BESIDE = "video_draw", "video_walk", "video_forecast", "video_beside"


@pytest.fixture
def video(visit):
    """Open an inner tab as a new visitor; page and clip."""

    def open_video(tab, **options):
        page = visit(**options)
        open_tab(page, tab)
        clip = part(page, tab, "view", ".lx-clip")
        expect(clip).to_have_attribute("data-ready", re.compile(r"\d"), timeout=QUICK)
        return page, clip

    return open_video


def moved(slider, value):
    """Set a slider as a hand would."""
    slider.evaluate(
        "(at, value) => { at.value = value; at.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )


def test_time_and_noise_are_two_sliders_and_a_clip_is_drawn(video):
    page, clip = video(DRAW)
    assert not untranslated(page)
    expect(clip).to_have_attribute("data-count", "11")
    time, noise = clip.locator("input[type=range]").all()
    pixels = "() => document.querySelector('#video_draw-view canvas').toDataURL()"
    expect(clip).to_have_attribute("data-level", "3")  # opens in noise
    expect(clip.locator(".lx-clip-motion")).to_be_hidden()
    moved(noise, 10)
    moved(time, 3)
    expect(clip).to_have_attribute("data-frame", "3")
    end = page.evaluate(pixels)
    expect(clip.locator(".lx-clip-motion")).to_contain_text("judge reads")
    moved(noise, 2)
    expect(clip).to_have_attribute("data-level", "2")
    assert page.evaluate(pixels) != end, "the noisy clip is another picture"
    expect(clip.locator(".lx-clip-motion")).to_be_hidden()
    moved(noise, 10)
    moved(time, 9)
    assert page.evaluate(pixels) != end, "the digit has moved"
    before = clip.get_attribute("data-ready")
    page.locator(f"#{DRAW}-run").click()
    expect(clip).not_to_have_attribute("data-ready", before, timeout=RUN)
    expect(clip).to_have_attribute("data-done", "1", timeout=RUN)
    clip.locator(".lx-clip-film button").nth(15).click()
    expect(clip).to_have_attribute("data-frame", "15")


def test_stops_have_a_slider_and_the_clip_plays(video):
    page, clip = video(WALK)
    expect(clip).to_have_attribute("data-count", "6")
    moved(clip.locator("input[type=range]").nth(1), 2)
    expect(clip.locator(".lx-clip-levels output")).to_have_text("stop 3 of 6")
    expect(clip.locator(".lx-clip-motion")).to_contain_text("pixels a frame")
    moved(clip.locator("input[type=range]").first, 0)
    clip.locator(".lx-play").click()
    expect(clip).not_to_have_attribute("data-frame", "0", timeout=QUICK)


def test_given_frames_are_continued_as_the_sliders_move(video):
    page, clip = video(FORECAST)
    assert not untranslated(page)
    frames, given = clip.locator(".lx-clip-film button"), clip.locator(".lx-clip-given")
    expect(frames).to_have_count(16)
    expect(given).to_have_count(4)
    expect(clip.locator("figcaption").nth(2)).to_contain_text("ConvLSTM")
    expect(clip.locator(".lx-clip-motion")).to_contain_text("true way")
    expect(clip.locator(".lx-chart path.lx-line-glow")).to_have_count(1)
    put(page, FORECAST, "given", 6)
    expect(given).to_have_count(6, timeout=RUN)
    expect(frames).to_have_count(18)
    put(page, FORECAST, "speed", 0)
    expect(clip.locator(".lx-clip-motion")).to_contain_text("No edge is reached", timeout=RUN)
    moved(clip.locator("input[type=range]").first, 10)
    expect(clip.locator(".lx-chart circle")).to_have_count(2)


def test_both_networks_are_compared_layer_by_layer(video):
    page, clip = video(BESIDE)
    expect(clip.locator(".lx-clip-levels")).to_be_hidden()
    assert clip.locator("figure").count() == 3
    expect(part(page, BESIDE, "verdict", ".lx-verdict")).to_contain_text("nn.Conv3d")
    expect(part(page, BESIDE, "layers", "table")).to_contain_text("middle.3")
