"""What the server keeps of each visitor, without the copy of the whole page that Gradio makes for its deep links.

That copy is most of what a visitor's first event and a call of the API take, on the thread that serves everyone. Our
links carry their values themselves (restore.py), so nobody reads it. `python -m benchmarks page_load` measures a call.
"""

from types import SimpleNamespace
from typing import Any

from gradio.state_holder import SessionState, StateHolder


class Session(SessionState):
    """State of one visitor; a component's config is made when Gradio first asks for it."""

    def __init__(self, blocks: Any):
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))  # type: ignore[arg-type]


class Sessions(StateHolder):
    """Visitors by the id of their session."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


def install(app: Any) -> None:
    """Let Gradio's app keep its visitors here."""
    app.state_holder = Sessions()  # type: ignore[no-untyped-call]
    app.state_holder.set_blocks(app.get_blocks())
