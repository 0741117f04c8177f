"""Which scripts and style rules a page carries: those whose names it says, and no others."""

import re

import pytest

from aigc_demo.ui import header, needed
from aigc_demo.ui.app import build

SHEET = """/* .lx-comment */
.gradio-container .lx-known { color: red; }
.lx-unknown, .lx-known > b { color: blue; }
.lx-known .lx-unknown { color: green; }
.lx-known:not(.lx-unknown, :has(.lx-other)) { top: 0; }
.lx-way-left { left: 0; }
button { margin: 0; }
@media (max-width: 9px) { .lx-unknown { top: 1px; } .lx-known { top: 2px; } }
@media (max-width: 8px) { .lx-unknown { top: 3px; } }
@view-transition { navigation: auto; }
"""


def test_a_rule_is_carried_where_one_of_its_selectors_can_apply():
    kept = "\n".join(needed.rules(SHEET, frozenset({"lx-known", "lx-way-"})))
    for there in ("red", "blue", "top: 0", "left: 0", "margin", "top: 2px", "auto"):
        assert there in kept, there
    for gone in ("comment", "green", "1px", "3px"):
        assert gone not in kept, gone


def test_a_property_is_no_class():
    assert needed.CLASS.findall("color: var(--lx-ink); class=lx-a `lx-b-${c}` .lx-d_e") == ["lx-a", "lx-b-", "lx-d_e"]


@pytest.fixture(scope="module")
def pages():
    """Text by family of the description of its page, in an app that has rooms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIGC_PRESENTER_KEY", "a passphrase")
        config = build(None).get_config_file()
    parts = {part["id"]: part for part in config["components"]}
    events = {event["id"]: event for event in config["dependencies"]}
    return {
        name: str([[parts[one] for one in page["components"]], [events[one] for one in page["dependencies"]]])
        for name, page in config["page"].items()
    }


def test_every_script_is_carried_by_some_page_and_each_page_has_what_it_says(pages):
    carried = {name: "\n".join(needed.scripts(text)) for name, text in pages.items()}
    for name, text in needed.files(".js").items():
        assert any(text in scripts for scripts in carried.values()), f"no page needs {name}"
    for name, text in pages.items():
        said = set(needed.SAID.findall(text + carried[name]))
        given = set(needed.GIVEN.findall(carried[name])) | shell_names()
        assert said <= given, (name, said - given)


def shell_names():
    """What shell.js gives all at once."""
    return {
        name.strip()
        for name in re.search(r"return \{([^}]*)\};\n\}\)", needed.files(".js")["static/shell.js"])[1].split(",")
    }


def test_a_page_carries_no_script_of_another_family(pages):
    (shared, diffusion), (also, gpt) = needed.scripts(pages["diffusion"]), needed.scripts(pages["gpt"])
    assert shared == also and "luoxia.keepLanguage = " in shared and "luoxia.keepLanguage = " not in diffusion
    assert "luoxia.microscope = " in diffusion and "luoxia.microscope = " not in gpt
    assert "luoxia.surgeryText = " in gpt and "luoxia.surgeryText = " not in diffusion
    assert len(shared + diffusion) < 0.5 * sum(map(len, needed.files(".js").values()))


def test_every_rule_is_carried_by_some_page(pages):
    top = header.markup(["gan"], "")
    every = frozenset(needed.CLASS.findall(top + "".join(pages.values()) + "".join(needed.files(".js").values())))
    for name, text in needed.files(".css").items():
        assert list(needed.rules(text, every)), f"no page needs {name}"


def test_no_two_scripts_give_the_same_name():
    given = [name for text in needed.files(".js").values() for name in needed.names(text)[0]]
    assert sorted(given) == sorted(set(given))


def test_a_script_is_served_without_indents_and_remarks():
    source = "// remark\n(() => {\n  // another\n\n  const x = `a//b`;\n})();\n"
    assert needed.served(source) == "(() => {\nconst x = `a//b`;\n})();\n"


def test_no_text_in_a_script_runs_over_a_line_but_in_a_value():
    for file in needed.FOLDER.rglob("*.js"):  # or serving it would change the text
        for line in file.read_text("utf-8").splitlines():
            assert line.count("`") % 2 == 0 or line.endswith("${") or line.lstrip().startswith("}"), line
