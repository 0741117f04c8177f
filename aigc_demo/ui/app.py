"""The app: a landing page, one page per family of the catalogue, and how they are served."""

from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.replicas import Replicas
from aigc_demo.services.service import Service
from aigc_demo.ui import (
    api,
    events,
    family_page,
    flood,
    gradio_private,
    instruments,
    metrics,
    restore,
    rooms,
    seat,
    serving,
    tools,
)
from aigc_demo.ui.i18n import t
from aigc_demo.ui.page import Page
from aigc_demo.ui.tabs import home, room
from aigc_demo.ui.theme import theme

CACHE = (600, 7200)  # seconds: how often the cache is swept, and how old a file may become; longer than a lesson


def build(store: Store | None, replicas: Replicas | None = None) -> Page:
    """All pages in one Blocks: one queue, one API.

    A family is `services/<stem>/`, the module `ui/tabs/<stem>` and the page /<stem>; torch comes with its first use.
    """
    families = catalogue.families()
    demo = Page(title=t("shell.title"), analytics_enabled=False, delete_cache=CACHE, fill_width=True)
    for family in families:
        demo.route(t(f"{family.stem}.title"), family.stem, show_in_navbar=False)
    demo.route(t("room.title"), rooms.PAGE, show_in_navbar=False)
    demo.route("API", api.PATH, show_in_navbar=False)
    service = Service(store, replicas)
    demo.kept = service.kept
    known: set[str] = set()  # use cases of all pages: a run card may be opened on any of them
    demo.being_built = True
    with demo:  # once for all: whenever it is left, Gradio makes its app anew
        demo.current_page = ""
        seat.build()
        home.build(families)
        restore.build(known)
        for family in families:
            demo.current_page = family.stem
            seat.build()
            with gr.Column(elem_id=f"page-{family.stem}", elem_classes="lx-page"):
                forms = family_page.build(family.stem, service)
            known.update(form.use_case for form in forms)
            restore.build(known, forms)
        demo.current_page = rooms.PAGE
        seat.build()
        room.build()
        demo.current_page = api.PATH
        api.build(service, [family.stem for family in families])
    demo.queue(default_concurrency_limit=4, max_size=200, api_open=False)
    demo.being_built = False
    gradio_private.rest(demo)
    gradio_private.take_turns(demo)
    return demo


def serve(demo: Page, host: str | None, port: int | None) -> tuple[Any, str]:
    """Start the server behind this thread; returns the ASGI app and the address."""
    app, address, _ = demo.launch(
        server_name=host,
        server_port=port,
        prevent_thread_lock=True,
        theme=theme(),
        footer_links=[],
        quiet=True,
        share=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,  # ours, see tools.py, gives JSON, steps and sentences
        show_error=False,
        max_file_size="50mb",
        enable_monitoring=False,
        run_history=False,
        max_threads=events.THREADS,
        state_session_capacity=400,  # a tenth of a megabyte each, more for a GAN or a GPT that a person trains
        strict_cors=True,
        _frontend=False,  # no look at the page before the start: it gives up after 3 s, which a busy machine may take
        app_kwargs={
            "middleware": [
                *([Middleware(metrics.Metrics, demo=demo, kept=demo.kept)] if metrics.offered() else []),
                Middleware(serving.Assets),
                Middleware(serving.Limits),
                Middleware(flood.Flood, heavy=events.heavy(demo), most=flood.limits()),
                Middleware(instruments.Instruments),
                Middleware(rooms.RoomCalls, rooms=rooms.service()),
                *([Middleware(tools.Tools)] if tools.offered() else []),
                Middleware(serving.Pages, families=tuple(family.stem for family in catalogue.families())),
            ],
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
    )
    gradio_private.keep_sessions(app)
    return app, address
