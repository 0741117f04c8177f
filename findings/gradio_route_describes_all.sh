#!/usr/bin/env bash
# Gradio: an app of n pages describes the components of all pages 2 n + 5 times until it answers its first request.
#
# Blocks.route opens the Blocks again for every page. Whenever it is left, the description of the whole app (what the
# browser gets as its config) is made twice, with every component of the pages so far, and thrown away. So twice the
# pages are nearly four times the work, though each page is as small as before and only the last description is used.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile gradio==6.31.0
cd "$folder"
cat > pages.py <<'PYTHON'
import gradio as gr

EACH = 20  # components of a page
told = {"app": 0, "components": 0}


class Told(gr.Textbox):
    def get_config(self, cls=None):
        told["components"] += 1
        return super().get_config(cls)


class App(gr.Blocks):
    def get_config_file(self):
        told["app"] += 1
        return super().get_config_file()


def build(pages):
    told.update(app=0, components=0)
    with App() as app:
        gr.Markdown("start")
    for page in range(pages):
        with app.route(f"Page {page}", f"/page{page}"):
            for _ in range(EACH):
                Told()
    app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    app.close(verbose=False)
    return dict(told)


print("gradio", gr.__version__)
found = {pages: build(pages) for pages in (8, 16, 32)}
for pages, counts in found.items():
    each = counts["components"] / (pages * EACH)
    print(f"{pages} pages: the app was described {counts['app']} times, each component {each:.1f} times")
assert all(counts["app"] == 2 * pages + 5 for pages, counts in found.items()), "another number of descriptions"
growth = found[32]["components"] / found[16]["components"]
print(f"twice the pages: {growth:.1f} times the descriptions of components")
assert growth > 3, "no longer nearly with the square"
PYTHON
"$folder/venv/bin/python" pages.py
