"""The quick way to a component: in the script of the pinned Gradio, and it finds what the slow one finds."""

import re
from importlib import resources

import pytest

from aigc_demo.ui.lookup import SLOW, quicker

ASSETS = resources.files("gradio") / "templates" / "frontend" / "assets"
TRIAL = """() => {
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
  return found;
}"""


@pytest.fixture(scope="module")
def script():
    """Name and content of Gradio's script that keeps the tree of components."""
    (file,) = [file for file in ASSETS.iterdir() if re.fullmatch(r"core-\w+\.js", file.name)]
    return f"/assets/{file.name}", file.read_bytes()


def test_the_pinned_gradio_gets_the_quick_way_once(script):
    path, slow = script
    assert len(SLOW.findall(slow)) == 1
    quick = quicker(path, slow)
    assert b".ways??=" in quick and not SLOW.search(quick)
    assert quicker("/assets/index-abc.js", slow) == slow
    assert quicker(path, b"function Z(e,t){return 1}") == b"function Z(e,t){return 1}"


def test_both_ways_find_the_same(script, browser):
    path, slow = script
    function = SLOW.search(slow)
    page = browser.new_page()
    found = []
    for source in (function[0], quicker(path, function[0])):
        name = function[1].decode()
        found.append(page.evaluate(TRIAL.replace("FIND", name) % source.decode()))
    page.close()
    assert found[0] == found[1] and found[0][-2:] == ["new", "gone"]
    assert found[0][0] is None and found[0][1] == 0 and len(set(found[0][1:60])) == 59
