"""Every card of every page in a real browser: "Show me" reacts at once, and nothing jumps when the result comes.

What comes is made up here, as large as results are: what an experiment really shows is in test_cards_claims.py, and one
card from the press to the end in test_browser_questions.py.
"""

import json
import re

import pytest
from browser import FAMILIES, QUICK, TABS, open_tab

REACTION = 300  # milliseconds
SHIFT = 0.05
ASKED = re.compile(r'\bquestion\(\s*"([a-z0-9_]+\.[a-z_]+)"')

# between a card and the server: `trigger` asks nobody, and the value is what the test puts there
HELD = """(() => { let real; window.held = {};
const wrap = (luoxia) => { let begin; Object.defineProperty(luoxia, "question", { configurable: true,
  get: () => begin && ((element, props, watch, trigger, event) => {
    const card = element.querySelector(".lx-predict").dataset.card, own = held[card] = { asked: 0, value: null };
    begin(element, new Proxy(props, { get: (all, name) => name === "value" ? own.value : all[name] }),
      (name, call) => { own.call = call; }, () => { own.asked += 1; }, event); }),
  set: (given) => { begin = given; } }); return luoxia; };
Object.defineProperty(window, "luoxia",
  { configurable: true, get: () => real, set: (given) => { real = wrap(given); } });
})()"""
PRESS = """(card) => new Promise(async (done) => {
  const root = document.querySelector(`[data-card="${card}"]`), own = held[card];
  const frame = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
  const quiet = async () => { // what a tab draws when it is opened has come, also where frames are slow
    const end = performance.now() + 5000;
    let last = performance.now(), frames = 0;
    const moves = new PerformanceObserver(() => { last = performance.now(); frames = 0; });
    moves.observe({ type: "layout-shift" });
    while ((performance.now() - last < 250 || frames < 15) && performance.now() < end) { await frame(); frames += 1; }
    moves.disconnect();
  };
  const show = root.querySelector(".lx-ask .lx-strong"), sides = root.querySelector(".lx-sides");
  root.dataset.sets = "{}"; // the controls stay as they are: their runs are not what is looked at
  root.scrollIntoView({ block: "center" });
  await quiet();
  if (!show.disabled || !sides.hidden) return done({ wrong: "open before there is a guess" });
  root.querySelector(".lx-answer").click();
  const from = performance.now();
  show.click();
  const seen = !sides.hidden && sides.offsetHeight > 0, spent = performance.now() - from;
  await frame(); await frame();
  let jumps = 0;
  const watching = new PerformanceObserver((list) => list.getEntries().forEach((entry) => { jumps += entry.value; }));
  watching.observe({ type: "layout-shift" });
  const canvas = Object.assign(document.createElement("canvas"), { width: 128, height: 32 });
  const look = { text: { text: "words of a result ".repeat(30) },
    lines: { lines: [{ kind: "glow", points: [[0, 1], [1, 3], [2, 2]] }], axes: ["across", "up"] },
    pictures: { sheets: [{ url: canvas.toDataURL() }], w: 32, h: 32, counts: [4], panes: ["picture"], levels: [],
      columns: 4, kind: "colour" } }[root.dataset.kind];
  const named = { name: "What it is called", measures: ["1 % of something", "2 % of something else"], axes: ["", ""] };
  const side = () => ({ ...named, ...look });
  own.value = { done: 1, total: 1, sides: Array.from(sides.children, side) };
  await own.call();
  await frame(); await frame();
  watching.takeRecords().forEach((entry) => { jumps += entry.value; });
  watching.disconnect();
  const reveal = root.querySelector(".lx-reveal");
  const outside = Array.from(sides.querySelectorAll(".lx-side-tiles canvas")).filter((one) => {
    const box = one.closest("figure").firstElementChild.getBoundingClientRect(), own = one.getBoundingClientRect();
    return own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1 || own.width < 8;
  }).length;
  done({ outside, seen, spent, jumps, asked: own.asked, answered: root.dataset.answered, why: reveal.innerText.length,
    wide: root.scrollWidth - root.clientWidth });
})"""


def cards(family):
    """(use case, key) of every card of a page, in the order of its tabs."""
    for name in FAMILIES[family]:
        for key in ASKED.findall((TABS / family / f"{name}.py").read_text("utf-8")):
            yield f"{family}_{name}", key


def found(page, key):
    """What one card did when it was asked."""
    page.wait_for_function("card => window.held[card]?.call", arg=key, timeout=QUICK)
    return page.evaluate(PRESS, key)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_card_reacts_at_once_and_nothing_jumps(visit, app_url, family):
    phone = list(FAMILIES).index(family) % 2 == 0  # every second page on a phone: half of the visits
    page = visit("?lang=en", at="", size=(390, 844) if phone else (1440, 900))
    page.add_init_script(HELD)
    page.goto(f"{app_url}/{family}?lang=en")
    page.locator(".lx-page").wait_for(timeout=QUICK)
    told = {}
    for use_case, key in cards(family):
        open_tab(page, use_case)
        told[key] = found(page, key)
        left = re.findall(r"\{[a-z_]+\}", page.locator(f"#tab-{use_case}").inner_text())
        assert not left, f"{use_case}: words that nothing was filled into: {left}"
    wrong = {
        key: one
        for key, one in told.items()
        if one.get("wrong")
        or not (one["seen"] and one["asked"] == 1 and one["answered"] == "1" and one["why"] > 20)
        or one["spent"] > REACTION
        or one["jumps"] > SHIFT
        or one["wide"] > 0
        or one["outside"]
    }
    assert told and not wrong, json.dumps(wrong, indent=1)
