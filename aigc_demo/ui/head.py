"""The two pieces of our own that every page carries: a script before anything else, styles and behaviour after it.

All of it is inside the page: one compressed answer, no further requests, nothing to load before the first paint.
"""

import json

from aigc_demo.ui import needed
from aigc_demo.ui.i18n import texts
from aigc_demo.ui.theme import token_css

LINKS = ".lx-families a:not([aria-current]), a.lx-card, a.lx-strong"
BESIDE = ".lx-families [aria-current] + a, .lx-families a:has(+ [aria-current])"
FIRST = """(()=>{const lang=%s;window.LX_LANG=lang;window.LX_PAGE=%s;
const tag=lang==='zh'?'zh-CN':'en';
for(const[name,value]of[['language',tag],['languages',[tag]]])
Object.defineProperty(navigator,name,{get:()=>value,configurable:true});
let theme=null;try{theme=localStorage.getItem('lx-theme')}catch(e){}
const asked=new URLSearchParams(location.search).get('__theme');if(asked==='dark'||asked==='light')theme=asked;
const real=window.matchMedia.bind(window);
if(theme)window.matchMedia=(query)=>/prefers-color-scheme/.test(query)
?{matches:/dark/.test(query)===(theme==='dark'),media:query,onchange:null,addEventListener(){},removeEventListener(){},
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


def head_html(html: str, lang: str, page: str) -> tuple[str, str]:
    """HTML for right after <head>, and for the start of the body, where styles win over Gradio's.

    html: Gradio's page, whose names tell which of our scripts and styles it needs. page: stem of the family, "" for the
    landing page.
    """
    scripts = needed.scripts(html)
    first = f"<script>{FIRST % (json.dumps(lang), json.dumps(page))}</script><style>{token_css()}{FADE}</style>"
    first += f'<script type="speculationrules">{SOON}</script>'
    first += f"<script>window.LX_TEXT={script_texts(lang)};{scripts}</script>"
    return first, f"<style>{needed.styles(html + scripts)}</style>"
