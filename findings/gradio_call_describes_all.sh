#!/usr/bin/env bash
# Gradio: a call of the HTTP API that touches one component makes the description of every component of the app first.
#
# A call that names no session (POST /gradio_api/call/<name>, as the "Use via API" page prints it for a shell) gets a
# session of its own, and a new session describes all components, with the signature of each class read anew. So the
# price of the smallest call grows with all that stands on the pages, it is paid again by every call and by every
# visitor's first event, and on the thread that serves everybody. A call within a known session describes nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile gradio==6.31.0 httpx==0.28.1
cd "$folder"
cat > calls.py <<'PYTHON'
import time

import gradio as gr
import httpx

CALLS = 20
told = {"components": 0}


class Told(gr.Textbox):
    def get_config(self, cls=None):
        told["components"] += 1
        return super().get_config(cls)


def served(others):
    """An app of one function, beside which so many components stand that have nothing to do with it."""
    with gr.Blocks() as app:
        box = Told()
        box.submit(lambda text: text.upper(), box, box, api_name="upper")
        for _ in range(others):
            Told()
    app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    return app


def call(client, **session):
    """One call, and what it ended with."""
    asked = client.post("/gradio_api/call/upper", json={"data": ["abc"], **session})
    with client.stream("GET", f"/gradio_api/call/upper/{asked.json()['event_id']}") as answer:
        assert '["ABC"]' in "".join(answer.iter_text())


def measured(others, session):
    app = served(others)
    with httpx.Client(base_url=app.local_url, trust_env=False, timeout=60) as client:
        call(client, **session)
        told["components"] = 0
        began = time.process_time()
        for _ in range(CALLS):
            call(client, **session)
        spent = (time.process_time() - began) / CALLS
    app.close(verbose=False)
    return told["components"] / CALLS, 1000 * spent


print("gradio", gr.__version__)
for name, session in {"without a session": {}, "within one session": {"session_hash": "mine"}}.items():
    (few, quick), (many, slow) = (measured(others, session) for others in (10, 500))
    print(f"{name}: {few:.0f} descriptions beside 10 components ({quick:.0f} ms of processor time a call),")
    print(f"  {many:.0f} beside 500 ({slow:.0f} ms)")
    if not session:
        assert many > 500 and few < 20, "a call no longer describes all"
    else:
        assert many < 20, "a call within a session describes all"
PYTHON
"$folder/venv/bin/python" calls.py
