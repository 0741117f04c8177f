"""Denoising in a real browser: frames stream, the scrubber needs no server, Stop stops, seeds lock and roll."""

import re
import statistics
import time

from browser import (
    QUICK,
    RUN,
    badge_of,
    begin,
    changed,
    ended,
    number,
    open_tab,
    part,
    pick,
    pixels,
    put,
    run,
    scope,
    settled,
    still,
)
from playwright.sync_api import expect

PAGE = "diffusion"
DRAW = "diffusion_draw"
PANES = f"#{DRAW}-scope .lx-panes"


def test_a_run_streams_and_is_scrubbed_without_the_server(visit):
    page = visit()
    open_tab(page, DRAW)
    expect(badge_of(page, DRAW)).to_have_attribute("data-state", "cached", timeout=QUICK)
    expect(badge_of(page, DRAW)).to_contain_text("made beforehand")
    expect(scope(page, DRAW)).to_have_attribute("data-count", "21", timeout=QUICK)
    assert len(pixels(page, PANES)) >= 3, "a shipped run is there before the first click"

    put(page, DRAW, "steps", 100)
    seen = page.evaluate_handle(
        """() => {
          const seen = [], root = document.querySelector('#diffusion_draw-scope .lx-microscope');
          new MutationObserver(() => seen.push(+root.dataset.count)).observe(root, { attributeFilter: ['data-count'] });
          return seen;
        }"""
    )
    run(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-count", "101", timeout=QUICK)
    counts = seen.json_value()
    assert len(counts) > 2, counts
    assert counts == sorted(counts), counts
    expect(badge_of(page, DRAW)).to_contain_text(re.compile(r"live.*CPU.*\d+ (ms|s).*1\.\d M parameters.*seed 7", re.S))
    expect(page.locator("#lx-live")).to_contain_text("Done")

    settled(page)
    before, asked = pixels(page, PANES), len(page.notes.requests)
    scrubber = scope(page, DRAW).locator("input[type=range]")
    scrubber.focus()
    scrubber.press("ArrowLeft")
    expect(scope(page, DRAW)).to_have_attribute("data-frame", "99")
    assert pixels(page, PANES) != before
    scrubber.press("Shift+ArrowLeft")
    expect(scope(page, DRAW)).to_have_attribute("data-frame", "89")
    scrubber.press("Home")
    expect(scope(page, DRAW)).to_have_attribute("data-frame", "0")
    expect(scope(page, DRAW).locator("output")).to_contain_text("1 / 101 · t = ")
    start = pixels(page, PANES)
    assert all(old != new for old, new in zip(before, start, strict=True)), "every pane moves"
    box = scrubber.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert 40 <= int(scope(page, DRAW).get_attribute("data-frame")) <= 60
    assert all(old != new for old, new in zip(start, pixels(page, PANES), strict=True))
    assert page.notes.requests[asked:] == [], "scrubbing asked the server"
    strip = scope(page, DRAW).locator(".lx-strips canvas")
    expect(strip).to_have_count(9)
    strip.last.click()
    expect(scope(page, DRAW)).to_have_attribute("data-frame", "100")
    expect(strip.last).to_have_class("lx-now")


def test_a_thousand_frames_scrub_at_sixty_a_second(visit):
    page = visit()
    open_tab(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-ready", "1", timeout=QUICK)
    page.evaluate(
        """async () => {
          // a run of 1,000 frames, made in the page: nine sheets of up to 120 columns
          const sheet = async (columns) => {
            const canvas = new OffscreenCanvas(32 * columns, 96), context = canvas.getContext('2d');
            const pixels = context.createImageData(canvas.width, canvas.height);
            for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = (i * 2654435761) >>> 24;
            context.putImageData(pixels, 0, 0);
            return { url: URL.createObjectURL(await canvas.convertToBlob()) };
          };
          const counts = [120, 120, 120, 120, 120, 120, 120, 120, 40];
          const value = { sheets: await Promise.all(counts.map(sheet)), counts, panes: ['x', 'x0', 'eps'], w: 32, h: 32,
            levels: Array.from({ length: 1000 }, (_, i) => 999 - i), signals: Array(1000).fill(0.5) };
          const host = document.createElement('div');
          host.innerHTML = document.querySelector('#diffusion_draw-scope .lx-microscope').outerHTML;
          host.querySelector('.lx-panes').replaceChildren();
          host.id = 'thousand';
          document.body.append(host);
          luoxia.microscope(host, { value }, () => {});
        }"""
    )
    expect(page.locator("#thousand .lx-microscope")).to_have_attribute("data-count", "1000", timeout=QUICK)
    times = page.evaluate(
        """() => {
          const root = document.querySelector('#thousand .lx-microscope'), times = [];
          for (let i = 0; i < 200; i++) {
            const began = performance.now();
            root.scrub((i * 379) % 1000);
            times.push(performance.now() - began);
          }
          return times;
        }"""
    )
    assert statistics.median(times) < 16, statistics.median(times)


def test_stop_keeps_what_arrived_and_frees_the_machine(visit):
    page = visit()
    open_tab(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-ready", "1", timeout=QUICK)
    page.get_by_role("button", name="1,000 steps of DDPM").click()
    expect(number(page, DRAW, "steps")).to_have_value("1000")
    began = time.monotonic()
    begin(page, DRAW)
    expect(badge_of(page, DRAW)).to_have_attribute("data-state", "live", timeout=RUN)
    expect(page.locator(f"#tab-{DRAW} .lx-progress output")).to_contain_text(re.compile(r"Step \d+ of 1000"))
    page.locator(f"#{DRAW}-stop").click()
    ended(page, DRAW, QUICK)
    expect(page.locator("#lx-live")).to_contain_text("Stopped")
    kept = int(scope(page, DRAW).get_attribute("data-count"))
    assert 1 <= kept < 1001
    rest = (time.monotonic() - began) / kept * (1001 - kept)  # seconds that the run would still take
    began = time.monotonic()
    put(page, DRAW, "steps", 2)
    run(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-count", "3", timeout=QUICK)
    assert time.monotonic() - began < 0.7 * rest, "the stopped run went on"


def test_seeds_lock_and_roll_and_presets_set_controls(visit):
    page = visit()
    open_tab(page, DRAW)
    put(page, DRAW, "steps", 2)
    run(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-count", "3", timeout=QUICK)
    expect(number(page, DRAW, "seed")).to_have_value("7")
    locked = still(page, PANES)
    run(page, DRAW)
    expect(number(page, DRAW, "seed")).to_have_value("7")
    expect(scope(page, DRAW)).to_have_attribute("data-count", "3", timeout=QUICK)
    assert still(page, PANES) == locked

    part(page, DRAW, "seed-lock").click()
    run(page, DRAW)
    expect(number(page, DRAW, "seed")).not_to_have_value("7")
    drawn = number(page, DRAW, "seed").input_value()
    expect(badge_of(page, DRAW)).to_contain_text(f"seed {drawn}", timeout=QUICK)
    changed(page, PANES, locked)

    page.locator(f"#tab-{DRAW} .lx-dice").click()
    expect(number(page, DRAW, "seed")).not_to_have_value(drawn)
    assert 0 <= int(number(page, DRAW, "seed").input_value()) < 2**32

    page.get_by_role("button", name="too much guidance").click()
    expect(number(page, DRAW, "steps")).to_have_value("20")
    page.locator(f"#tab-{DRAW} .lx-drawer > button").click()
    expect(number(page, DRAW, "guidance")).to_have_value("8")
    page.get_by_role("button", name="3 steps only").click()
    expect(number(page, DRAW, "steps")).to_have_value("3")
    expect(part(page, DRAW, "sampler", "input")).to_have_value("DPM-Solver++ 2M")


def test_guided_runs_show_both_noises_and_classes_are_chosen(visit):
    page = visit()
    open_tab(page, DRAW)
    put(page, DRAW, "steps", 2)
    pick(page, DRAW, "digit", "any")
    run(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-count", "3", timeout=QUICK)
    pick(page, DRAW, "digit", "3")
    put(page, DRAW, "steps", 3)
    run(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-count", "4", timeout=QUICK)
    panes = page.eval_on_selector_all(f"{PANES} [data-pane]", "all => all.map((one) => one.dataset.pane)")
    assert panes == ["x", "x0", "eps", "eps_null", "eps_class"]


def test_python_comes_in_two_scripts(visit):
    page = visit()
    open_tab(page, DRAW)
    put(page, DRAW, "steps", 5)
    page.get_by_role("button", name="Copy as Python").click()
    scripts = page.locator(f"#tab-{DRAW} .lx-scripts")
    expect(scripts.locator("code")).to_contain_text("aigc_demo", timeout=QUICK)
    expect(scripts.locator("code")).to_contain_text("'steps': 5")
    ours = scripts.get_by_role("tab", name="With this project")
    ours.focus()
    ours.press("ArrowRight")
    expect(scripts.locator("code")).to_contain_text("diffusers")
    expect(scripts.locator("code")).not_to_contain_text("import aigc_demo")
