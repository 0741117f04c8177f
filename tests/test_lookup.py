"""The quick way to a component: in the script of the pinned Gradio, and it finds what the slow one finds."""

import re
from importlib import resources

import pytest

from aigc_demo.ui.lookup import EVENTS, FIND, quicker

ASSETS = resources.files("gradio") / "templates" / "frontend" / "assets"
TREE = """async () => {
  %s
  let count = 0;
  const node = (depth) => ({ id: count++, children: depth ? [node(depth - 1), node(depth - 1), node(0)] : [] });
  const root = node(5), leaf = { id: 7000 }, found = [];
  const compare = () => { for (let id = -1; id < count + 1; id++) found.push(FIND(root, id)?.id ?? null); };
  compare();
  root.children.reverse(); // every way is another one now
  compare();
  root.children[0].children.push(leaf);
  found.push(FIND(root, 7000) === leaf ? "new" : "lost");
  root.children[0].children.pop();
  found.push(FIND(root, 7000) === null ? "gone" : "kept");
  found.push(FIND(root, 7000) === null ? "gone" : "kept");
  await new Promise((then) => setTimeout(then, 20));
  root.children.unshift(leaf); // an id that was nowhere is somewhere now
  found.push(FIND(root, 7000) === leaf ? "back" : "lost");
  return found;
}"""


LIST = """() => {
  class Page { %s return n; } }
  const page = new Page(), list = [], found = [];
  const ask = () => { for (const id of [1, 2, 3, null, 9]) found.push(page.find_attached_events({ id }, list)); };
  list.push({ targets: [[1, "click"], [1, "change"], [2, "input"]] }, { targets: [] }, { targets: [[null, "load"]] });
  ask();
  list.push({ targets: [[2, "click"], [3, null], [1, "submit"]] });
  ask();
  found[0].push("mine"); // what one component is given is its own
  ask();
  return found;
}"""


@pytest.fixture(scope="module")
def script():
    """Name and content of Gradio's script that keeps the tree of components."""
    (file,) = [file for file in ASSETS.iterdir() if re.fullmatch(r"core-\w+\.js", file.name)]
    return f"/assets/{file.name}", file.read_bytes()


def test_the_pinned_gradio_gets_both_quick_ways_once(script):
    path, slow = script
    assert len(FIND.findall(slow)) == len(EVENTS.findall(slow)) == 1
    quick = quicker(path, slow)
    assert b".ways??=" in quick and b".events??=" in quick and not FIND.search(quick) and not EVENTS.search(quick)
    assert quicker("/assets/index-abc.js", slow) == slow
    assert quicker(path, b"function Z(e,t){return 1}") == b"function Z(e,t){return 1}"


def both(script, pattern, trial, browser):
    """What the slow and the quick function give in a trial."""
    path, slow = script
    function = pattern.search(slow)
    page = browser.new_page()
    found = []
    for source in (function[0], quicker(path, function[0])):
        found.append(page.evaluate(trial.replace("FIND", function[1].decode()) % source.decode()))
    page.close()
    return found


def test_both_ways_find_the_same(script, browser):
    slow, quick = both(script, FIND, TREE, browser)
    assert slow == quick and slow[-4:] == ["new", "gone", "gone", "back"]
    assert slow[0] is None and slow[1] == 0 and len(set(slow[1:60])) == 59


def test_both_ways_find_the_same_events(script, browser):
    slow, quick = both(script, EVENTS, LIST, browser)
    assert slow == quick
    assert slow[1:5] == [["input"], [], ["load"], []] and slow[5] == ["click", "submit"] and slow[10] == slow[5]
