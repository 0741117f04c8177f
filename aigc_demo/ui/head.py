"""What of our own every page carries: a script before anything else, the files it names, and the top of its body.

Scripts that all pages share are one file, those of a page another, its styles a third. Their addresses have a hash of
their content, so a browser keeps them for good. All are named in the head, and run, in this order, once the page is
read and before Gradio begins.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from aigc_demo.ui import header, needed, preload
from aigc_demo.ui.i18n import texts
from aigc_demo.ui.parked import park
from aigc_demo.ui.theme import token_css

LINKS = ".lx-families a:not([aria-current]), a.lx-card, a.lx-strong"
BESIDE = ".lx-families [aria-current] + a, .lx-families a:has(+ [aria-current])"
FIRST = """(()=>{const lang=%s;window.LX_LANG=lang;window.LX_PAGE=%s;
const tag=lang==='zh'?'zh-CN':'en';
for(const[name,value]of[['language',tag],['languages',[tag]]])
Object.defineProperty(navigator,name,{get:()=>value,configurable:true});
let theme=null;try{theme=localStorage.getItem('lx-theme')}catch(e){}
const asked=new URLSearchParams(location.search).get('__theme');if(asked==='dark'||asked==='light')theme=asked;
window.LX_THEME=theme;
const real=window.matchMedia.bind(window);
window.matchMedia=(query)=>window.LX_THEME&&/prefers-color-scheme/.test(query)
?{matches:/dark/.test(query)===(window.LX_THEME==='dark'),media:query,onchange:null,addEventListener(){},removeEventListener(){},
addListener(){},removeListener(){},dispatchEvent(){return true}}:real(query);
document.documentElement.classList.toggle('dark',theme?theme==='dark':real('(prefers-color-scheme: dark)').matches);
})()"""

# One page fades into the next; read before the body, as the browser decides on it before it shows anything.
FADE = (
    "@media (prefers-reduced-motion: no-preference){@view-transition{navigation:auto}"
    "::view-transition-group(root){animation-duration:150ms}}"
)

# The pages beside the open one are fetched at once, one that is pointed at is made ready: no event is sent until it is
# opened, see `luoxia.activated`. Browsers without these rules fetch the one that is pointed at (views.js).
SOON = json.dumps(
    {
        "prefetch": [{"where": {"selector_matches": BESIDE}, "eagerness": "immediate"}],
        "prerender": [{"where": {"selector_matches": LINKS}, "eagerness": "moderate"}],
    }
)


def script_texts(lang: str) -> str:
    """The words that scripts show, as JSON: all of shell.toml, and of every text whose name starts with js_."""
    chosen = {
        key.removeprefix("shell."): entry[lang]
        for key, entry in texts().items()
        if key.startswith("shell.") or ".js_" in key
    }
    return json.dumps(chosen, ensure_ascii=False)


@dataclass(frozen=True)
class Parts:
    """HTML of ours, by its place in a page."""

    first: str  # right after <head>
    files: str  # below <base>
    top: str  # before Gradio's part, and after its styles, so that ours win


def parts(html: str, lang: str, page: str, families: Sequence[str]) -> Parts:
    """What the page of a family, "" for the landing page, carries.

    html: Gradio's page, whose names tell which of our scripts and styles it needs.
    """
    first = f"<script>{FIRST % (json.dumps(lang), json.dumps(page))}</script><style>{token_css()}{FADE}</style>"
    first += f'<script type="speculationrules">{SOON}</script>'
    top = header.markup(families, page)
    shared, own = needed.scripts(html)
    theirs = preload.files(html)
    styles = park(f"{preload.styles(theirs)}\n{needed.styles(html + top + shared + own)}".encode(), "css")
    scripts = [park(text.encode(), "js") for text in (f"window.LX_TEXT={script_texts(lang)};\n{shared}", own) if text]
    files = f'<link rel="preload" as="style" href="{styles}">'
    files += "".join(f'<script defer fetchpriority="high" src="{script}"></script>' for script in scripts)
    files += preload.theme(html) + preload.links(theirs)
    return Parts(first, files, f'<link rel="stylesheet" href="{styles}">{top}')
