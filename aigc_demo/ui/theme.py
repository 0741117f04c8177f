"""Colours and type, once: the Gradio theme and the CSS tokens come from the same two palettes.

Contrast is at least 4.5 : 1 for text and 3 : 1 for controls, in both.
"""

from typing import Any

import gradio as gr

LIGHT = {
    "paper": "#FBF8F3",
    "ink": "#1F2430",
    "surface": "#FFFFFF",
    "line": "#E6DFD3",
    "edge": "#938A78",  # borders of controls, 3 : 1 on surface
    "glow": "#C8452B",
    "glow_deep": "#A93620",
    "on_glow": "#FFFFFF",
    "wash": "#FBEDE6",  # a breath of glow behind something chosen
    "water": "#1F6F8B",
    "reed": "#5C6B2E",
    "mist": "#6C675B",
    "plum": "#7B3F78",  # with ochre: curves beside fields in which glow and water mean something
    "ochre": "#A66A00",
}
DARK = {
    "paper": "#12151C",
    "ink": "#ECE7DE",
    "surface": "#1A1F2A",
    "line": "#2C3342",
    "edge": "#6C768B",
    "glow": "#F0795A",
    "glow_deep": "#F59478",
    "on_glow": "#12151C",
    "wash": "#2C211F",
    "water": "#5FB3CE",
    "reed": "#A9BA6B",
    "mist": "#9A968C",
    "plum": "#C993C6",
    "ochre": "#E0A84A",
}
TEXT_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Helvetica Neue",
    "Arial",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)
CODE_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")

VARIABLES = {  # theme variable of Gradio -> token of ours
    "body_background_fill": "paper",
    "body_text_color": "ink",
    "body_text_color_subdued": "mist",
    "background_fill_primary": "surface",
    "background_fill_secondary": "paper",
    "block_background_fill": "surface",
    "block_border_color": "line",
    "block_label_background_fill": "surface",
    "block_label_border_color": "line",
    "block_label_text_color": "mist",
    "block_title_text_color": "ink",
    "block_info_text_color": "mist",
    "border_color_primary": "line",
    "border_color_accent": "glow",
    "border_color_accent_subdued": "line",
    "color_accent_soft": "wash",
    "panel_background_fill": "surface",
    "panel_border_color": "line",
    "accordion_text_color": "ink",
    "input_background_fill": "surface",
    "input_background_fill_focus": "surface",
    "input_background_fill_hover": "surface",
    "input_border_color": "edge",
    "input_border_color_focus": "glow",
    "input_border_color_hover": "ink",
    "input_placeholder_color": "mist",
    "checkbox_background_color": "surface",
    "checkbox_background_color_focus": "surface",
    "checkbox_background_color_hover": "surface",
    "checkbox_background_color_selected": "glow",
    "checkbox_border_color": "edge",
    "checkbox_border_color_focus": "glow",
    "checkbox_border_color_hover": "ink",
    "checkbox_border_color_selected": "glow",
    "checkbox_label_background_fill": "surface",
    "checkbox_label_background_fill_hover": "paper",
    "checkbox_label_background_fill_selected": "wash",
    "checkbox_label_border_color": "edge",
    "checkbox_label_border_color_hover": "ink",
    "checkbox_label_border_color_selected": "glow",
    "checkbox_label_text_color": "ink",
    "checkbox_label_text_color_selected": "ink",
    "button_primary_background_fill": "glow",
    "button_primary_background_fill_hover": "glow_deep",
    "button_primary_border_color": "glow",
    "button_primary_border_color_hover": "glow_deep",
    "button_primary_text_color": "on_glow",
    "button_primary_text_color_hover": "on_glow",
    "button_secondary_background_fill": "surface",
    "button_secondary_background_fill_hover": "paper",
    "button_secondary_border_color": "edge",
    "button_secondary_border_color_hover": "ink",
    "button_secondary_text_color": "ink",
    "button_secondary_text_color_hover": "ink",
    "button_cancel_background_fill": "surface",
    "button_cancel_text_color": "ink",
    "slider_color": "glow",
    "loader_color": "glow",
    "link_text_color": "water",
    "link_text_color_active": "water",
    "link_text_color_hover": "ink",
    "link_text_color_visited": "water",
    "code_background_fill": "paper",
    "error_background_fill": "surface",
    "error_border_color": "glow",
    "error_text_color": "ink",
    "error_icon_color": "glow",
    "table_border_color": "line",
    "table_even_background_fill": "surface",
    "table_odd_background_fill": "paper",
    "table_text_color": "ink",
    "stat_background_fill": "glow",
}
SIZES = {
    "block_border_width": "1px",
    "block_radius": "10px",
    "block_shadow": "none",
    "block_padding": "12px",
    "block_label_radius": "10px",
    "block_label_text_size": "13px",
    "block_title_text_size": "15px",
    "block_title_text_weight": "500",
    "block_info_text_size": "13px",
    "button_border_width": "1px",
    "button_large_radius": "10px",
    "button_medium_radius": "10px",
    "button_small_radius": "8px",
    "button_large_text_size": "15px",
    "button_medium_text_size": "15px",
    "button_small_text_size": "13px",
    "button_large_text_weight": "600",
    "button_medium_text_weight": "500",
    "button_small_text_weight": "400",
    "button_primary_shadow": "none",
    "button_secondary_shadow": "none",
    "button_transform_active": "none",
    "button_transform_hover": "none",
    "checkbox_label_text_size": "15px",
    "checkbox_label_shadow": "none",
    "checkbox_label_padding": "6px 12px",
    "checkbox_shadow": "none",
    "container_radius": "10px",
    "input_radius": "8px",
    "input_border_width": "1px",
    "input_padding": "6px 12px",
    "checkbox_label_border_width": "1px",
    "checkbox_border_width": "1px",
    "checkbox_label_gap": "8px",
    "input_text_size": "15px",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "layout_gap": "12px",
    "form_gap_width": "0px",
    "section_header_text_size": "15px",
    "prose_text_size": "15px",
    "prose_header_text_weight": "600",
    "shadow_drop": "none",
    "shadow_drop_lg": "0 6px 24px rgb(31 36 48 / 10%)",
    "shadow_spread": "0px",
}


def tokens(palette: dict[str, str]) -> str:
    """The palette as CSS custom properties."""
    return "".join(f"--lx-{name.replace('_', '-')}:{colour};" for name, colour in palette.items())


def token_css() -> str:
    """Custom properties of both themes; the dark ones hold wherever Gradio or the head script has set `dark`."""
    fonts = ",".join(f"'{name}'" if " " in name else name for name in TEXT_FONTS)
    light = f":root{{--lx-fonts:{fonts};{tokens(LIGHT)}color-scheme:light}}"
    return f"{light}:root.dark,.dark{{{tokens(DARK)}color-scheme:dark}}"


def theme() -> gr.themes.Base:
    """Gradio's Base theme in our colours; `serving` adds the custom properties and the style sheet."""
    base: Any = gr.themes.Base(font=TEXT_FONTS, font_mono=CODE_FONTS)
    known = set(vars(base))
    values = {name: f"var(--lx-{mine.replace('_', '-')})" for name, mine in VARIABLES.items()}
    values |= {f"{name}_dark": value for name, value in values.items() if f"{name}_dark" in known}
    return base.set(**values, **SIZES)
