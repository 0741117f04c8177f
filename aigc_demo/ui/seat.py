"""The bar of somebody who has joined a room, on every page, and the small control by which one joins."""

from aigc_demo.ui.i18n import t
from aigc_demo.ui.rooms import passphrase
from aigc_demo.ui.widgets import view


def door() -> str:
    """The control in the header, to join from any page."""
    return (
        f'<button type="button" class="lx-round lx-seat-door" aria-label="{t("room.join_title")}" '
        f'title="{t("room.join_title")}"></button>'
    )


def build() -> None:
    """Bar and dialogs where there are rooms; `luoxia.seat` gives life to them and to the control in the header."""
    if passphrase():
        view("seat", f"{bar()}{join()}{post()}", elem_id="lx-seat")


def button(do: str, key: str, more: str = "") -> str:
    return f'<button type="button" class="lx-button" data-seat="{do}" {more}>{t(key)}</button>'


def bar() -> str:
    """The bar at the lower edge."""
    pressed = 'aria-pressed="false"'
    return (
        f'<aside class="lx-seat" aria-label="{t("room.bar")}" hidden><details><summary><b></b> <span></span></summary>'
        f'<p class="lx-seat-task"></p></details>'
        f'<button type="button" class="lx-seat-leave" data-seat="leave" aria-label="{t("room.leave")}" '
        f'title="{t("room.leave")}">×</button><div class="lx-seat-tools"><div class="lx-seat-ways" role="group">'
        f"{button('follow', 'room.follow', pressed)}{button('explore', 'room.explore', pressed)}</div>"
        f"{button('hand', 'room.hand', pressed)}{button('post', 'room.post')}"
        f'<a class="lx-button" href="./room">{t("room.wall")} <b></b></a></div></aside>'
    )


def join() -> str:
    """The dialog to join by a code."""
    return (
        f'<dialog class="lx-dialog lx-seat-join" aria-label="{t("room.join_title")}"><form method="dialog">'
        f"<h2>{t('room.join_title')}</h2><label><span>{t('room.code')}</span>"
        f'<input name="room" autocomplete="off" maxlength="12" class="lx-room-letters"></label>'
        f"{ending('room.join')}</form></dialog>"
    )


def post() -> str:
    """The dialog to post a result."""
    return (
        f'<dialog class="lx-dialog lx-seat-post" aria-label="{t("room.post_title")}"><form method="dialog">'
        f'<h2>{t("room.post_title")}</h2><p class="lx-small">{t("room.post_lead")}</p><canvas hidden></canvas>'
        f'<label><span>{t("room.post_words")}</span><input name="words" autocomplete="off" maxlength="120"></label>'
        f"{ending('room.send')}</form></dialog>"
    )


def ending(key: str) -> str:
    """The end of a dialog's form: what is wrong, the button that does it, the one that does not."""
    return (
        f'<output role="alert"></output><div class="lx-line"><button class="lx-button lx-strong">{t(key)}</button>'
        f"{button('close', 'room.cancel')}</div>"
    )
