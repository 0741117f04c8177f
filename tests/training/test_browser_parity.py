"""The parity lab in a real browser: a mistake that is chosen colours the layers from its place on."""

from browser import QUICK, open_tab, part
from playwright.sync_api import expect

PAGE = "training"


def test_a_mistake_colours_the_layers_from_its_place_on(visit):
    page = visit()
    open_tab(page, "training_parity")
    root = part(page, "training_parity", "view", ".lx-parity")
    expect(root).to_have_attribute("data-ready", "1", timeout=QUICK)
    network = root.locator("details").first
    expect(root.locator("details[open]")).to_have_count(1)
    bars, wrong = network.locator(".lx-skyline i"), network.locator(".lx-skyline i.lx-over")
    expect(bars).to_have_count(37)
    expect(wrong).to_have_count(0)
    network.get_by_role("button", name="attention scaled without the root").click()
    expect(network.locator(".lx-says")).to_contain_text("down.1.attentions.0")
    over = wrong.count()
    assert 10 < over < 37 and "lx-over" not in (bars.first.get_attribute("class") or "")
    network.get_by_role("button", name="as it is").click()
    expect(wrong).to_have_count(0)
