"""The law of names: <family>/<use case> is the same two words in every layer."""

import ast
import json
import re
from pathlib import Path

import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.use_case import find, requests_of
from aigc_demo.ui.i18n import has

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "aigc_demo"
FAMILIES = [family.stem for family in catalogue.families() if requests_of(family.stem)]
NAMES = [(family, use_case) for family in FAMILIES for use_case in requests_of(family)]


@pytest.mark.parametrize(("family", "use_case"), NAMES)
def test_one_name_leads_to_all_of_a_use_case(family, use_case):
    made = find(f"{family}_{use_case}")
    tab = ast.parse((PACKAGE / "ui" / "tabs" / family / f"{use_case}.py").read_text())
    assert any(isinstance(node, ast.FunctionDef) and node.name == "build" for node in tab.body)
    assert has(f"{family}.tab_{use_case}")
    if made.first is not None:
        first = json.loads((ROOT / "assets" / "examples" / f"{family}_{use_case}.json").read_text())
        assert type(made.first)(**first["values"]) == made.first


def test_every_program_is_of_a_use_case():
    programs = {path.stem for path in (PACKAGE / "examples").glob("*_library.py")}
    assert programs <= {f"{family}_{use_case}_library" for family, use_case in NAMES}


def test_every_first_result_is_of_a_use_case():
    shipped = {re.sub(r"-\d+$", "", path.stem) for path in (ROOT / "assets" / "examples").glob("*.json")}
    mine = {name for name in shipped if name.startswith(tuple(f"{family}_" for family in FAMILIES))}
    assert mine <= {f"{family}_{use_case}" for family, use_case in NAMES}
