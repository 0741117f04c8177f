#!/usr/bin/env bash
# Gradio: gr.skip() builds the output component again, on every step of a handler that streams.
#
# A handler returns gr.skip() to leave an output as it is, often for most outputs of a step. On the server that is an
# update without values: the component's class is called again with the arguments of the first call, once per skipped
# output per step, and the new object takes the place of the old one for this session. So attributes that were set on
# the object after it was built are gone for whoever met one skip, and are still there for everybody else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile gradio==6.31.0 gradio_client==2.7.2
cd "$folder"
cat > skip.py <<'PYTHON'
import gradio as gr
from gradio_client import Client

STEPS = 20
built = []


class Counted(gr.Number):
    def __init__(self, *arguments, **options):
        built.append(1)
        super().__init__(*arguments, **options)


def steps(number):
    for _ in range(STEPS):
        yield gr.skip()


with gr.Blocks() as demo:
    number = Counted(1, minimum=0)
    number.minimum = -5  # not an argument: set on the object
    gr.Button().click(steps, number, number, api_name="steps")
    gr.Button().click(lambda number: number, number, gr.Number(), api_name="same")
_, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
print("gradio", gr.__version__)
before = len(built)
first, other = (Client(address, verbose=False) for _ in range(2))
assert first.predict(-3, api_name="/same") == -3
first.predict(1, api_name="/steps")
print(f"{STEPS} steps of gr.skip(): the component was built {len(built) - before} more times")
try:
    first.predict(-3, api_name="/same")
    kept = True
except Exception as error:
    kept = False
    print("the session that met a skip:", str(error).splitlines()[0])
print("another session:", other.predict(-3, api_name="/same"))
assert len(built) - before >= STEPS, "gr.skip() leaves the component now"
assert not kept, "attributes survive gr.skip() now"
demo.close()
PYTHON
"$folder/venv/bin/python" skip.py
