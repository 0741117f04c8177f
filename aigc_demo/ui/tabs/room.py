"""The page /room: the desk of who presents, and for everyone else a door and the hall with step and wall.

Fixed markup; `room.js` shows the face that fits and fills it. The bar of who has joined is on every page, see seat.py.
"""

import gradio as gr

from aigc_demo.ui import header
from aigc_demo.ui.i18n import t
from aigc_demo.ui.rooms import passphrase
from aigc_demo.ui.widgets import heading, view


def build() -> None:
    with gr.Column(elem_id="page-room", elem_classes="lx-page"):
        heading("room.title", "room.lead")
        if passphrase():
            view("room", f'<div class="lx-room">{door()}{hall()}{desk()}</div>', elem_id="lx-room")
        else:
            gr.HTML(f'<p class="lx-verdict">{t("room.off")}</p>')
        header.footer()


def button(do: str, key: str, kind: str = "") -> str:
    """A button of the desk: what it does in room.js, and the key of its words."""
    return f'<button type="button" class="lx-button {kind}" data-room="{do}">{t(key)}</button>'


def box(name: str, key: str, more: str = "") -> str:
    """A line to type into, with its label."""
    return f'<label><span>{t(key)}</span><input name="{name}" autocomplete="off" {more}></label>'


def door() -> str:
    """Join by code, or open a room."""
    join = (
        f'<form data-form-of="join"><h3>{t("room.join_title")}</h3><p class="lx-small">{t("room.join_lead")}</p>'
        f"{box('room', 'room.code', 'maxlength=12 required class=lx-room-letters')}"
        f'<button class="lx-button lx-strong">{t("room.join")}</button><output role="alert"></output></form>'
    )
    lesson = f'<label><span>{t("room.lesson")}</span><select name="lesson"></select></label>'
    opened = (
        f'<form data-form-of="open"><h3>{t("room.open_title")}</h3><p class="lx-small">{t("room.open_lead")}</p>'
        f"{box('passphrase', 'room.passphrase', 'type=password required')}{lesson}"
        f"{box('again', 'room.again', 'maxlength=12')}"
        f'<button class="lx-button lx-strong">{t("room.open")}</button><output role="alert"></output></form>'
    )
    return f'<section class="lx-room-door" data-face="door">{join}{opened}</section>'


def step() -> str:
    """Where the lesson stands, in large type."""
    return '<p class="lx-room-where"></p><h2 class="lx-room-name"></h2><p class="lx-room-task"></p>'


def wall() -> str:
    """Results that people have posted, and the presenter has shown."""
    return (
        f'<section class="lx-room-wall"><h3>{t("room.wall")}</h3><p class="lx-small">{t("room.no_wall")}</p>'
        f"<div></div></section>"
    )


def hall() -> str:
    """What people see who have joined."""
    return f'<section data-face="hall" hidden><article class="lx-room-step">{step()}</article>{wall()}</section>'


def desk() -> str:
    """What the presenter sees, and the class on the projector."""
    counts = "".join(
        f'<li data-count="{name}"><b>0</b> {t(f"room.{name}")}</li>'
        for name in ("people", "following", "exploring", "hands")
    )
    come = (
        f'<div class="lx-room-come"><div><p class="lx-room-how">{t("room.come")}</p><p class="lx-room-address"></p>'
        f'<p class="lx-room-code"></p><p class="lx-small" data-loopback hidden>{t("room.loopback")}</p></div>'
        f'<figure class="lx-room-qr"></figure></div><ul class="lx-room-counts">{counts}</ul>'
    )
    moves = (
        f'<div class="lx-line">{button("back", "room.back")}{button("next", "room.next", "lx-strong")}'
        f'<a class="lx-button" data-room="stage" target="lx-stage">{t("room.show_step")}</a>'
        f"{button('gather', 'room.gather')}{button('lower', 'room.lower')}</div>"
    )
    lesson = f'<article class="lx-room-step">{step()}{moves}<output role="alert"></output></article>'
    strip = f'<ol class="lx-room-strip" aria-label="{t("room.steps")}"></ol>'
    votes = (
        f'<section class="lx-room-votes"><h3>{t("room.votes")}</h3><p class="lx-small">{t("room.no_votes")}</p>'
        f"<div></div></section>"
    )
    waiting = (
        f'<details class="lx-room-waiting" hidden><summary>{t("room.waiting")} <b></b></summary><div></div></details>'
    )
    words = (
        f'<span hidden data-words data-begin="{t("room.begin")}" data-next="{t("room.next")}" '
        f'data-show="{t("room.put_up")}" data-hide="{t("room.take_down")}" data-reveal="{t("room.reveal")}" '
        f'data-closing="{t("room.closing")}"></span>'
    )
    return (
        f'<section data-face="desk" hidden>{words}<div class="lx-room-top">{come}</div>{strip}{lesson}'
        f'<div class="lx-room-below">{votes}<div>{wall()}{waiting}</div></div>{editor()}</section>'
    )


def editor() -> str:
    """Another lesson: chosen, loaded, written, saved."""
    return (
        f'<details class="lx-room-edit"><summary>{t("room.edit")}</summary>'
        f'<p class="lx-small">{t("room.edit_lead")}</p><select aria-label="{t("room.lesson")}"></select>'
        f'<textarea spellcheck="false" aria-label="{t("room.file")}"></textarea>'
        f'<input type="file" accept=".yaml,.yml" hidden aria-label="{t("room.load")}"><div class="lx-line">'
        f"{button('use', 'room.use', 'lx-strong')}{button('load', 'room.load')}{button('save', 'room.save')}</div>"
        f'<output role="alert"></output></details>'
        f'<p class="lx-room-end">{button("close", "room.close")}<span></span></p>'
    )
