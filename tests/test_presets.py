"""Presets change something: at most one of a page is the way back to what it opened with."""

import html
import json
import re
from dataclasses import MISSING, fields

from aigc_demo.services.use_case import request_class
from aigc_demo.ui.app import build

ROW = re.compile(r'class="lx-presets" data-form="(\w+)">(.*?)</div>', re.DOTALL)


ALL_NEW = ("vae_plane",)  # whose presets are places to go to


def test_presets_change_something():
    page = json.dumps(build(None).get_config_file(), ensure_ascii=False, default=str)
    rows = ROW.findall(page.replace('\\"', '"'))
    assert len(rows) > 10
    for form, buttons in rows:
        begun = {one.name: one.default for one in fields(request_class(form)) if one.default is not MISSING}
        same = 0
        for values in re.findall(r'data-values="([^"]*)"', buttons):
            wanted = json.loads(html.unescape(values).replace("\\\\", "\\"))
            same += all(begun[name] == value for name, value in wanted.items())
        assert same <= (form not in ALL_NEW), f"{form}: {same} of its presets change nothing"
