"""The two pieces of our own that every page carries: a script before anything else, styles and behaviour after it.

All of it is inside the page: one compressed answer, no further requests, nothing to load before the first paint.
"""

import json
from functools import cache
from importlib import resources

from aigc_demo.ui.i18n import texts
from aigc_demo.ui.theme import token_css

FIRST_FILES = ("shell.js", "views.js", "canvas.js", "shell.css")  # of ui/static; the others follow by name

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


@cache
def static(kind: str) -> str:
    """All files of `ui/static` that end in `kind`, one after the other."""
    files = [file for file in (resources.files("aigc_demo.ui") / "static").iterdir() if file.name.endswith(kind)]
    text = {file.name: file.read_text("utf-8") for file in files}
    order = [name for name in FIRST_FILES if name in text] + sorted(set(text) - set(FIRST_FILES))
    return "\n".join(text[name] for name in order)


def script_texts(lang: str) -> str:
    """The words that scripts show, as JSON: all of shell.toml, and of every text whose name starts with js_."""
    chosen = {
        key.removeprefix("shell."): entry[lang]
        for key, entry in texts().items()
        if key.startswith("shell.") or ".js_" in key
    }
    return json.dumps(chosen, ensure_ascii=False)


@cache
def head_html(lang: str, page: str) -> tuple[str, str]:
    """HTML for right after <head>, and for the start of the body, where styles win over Gradio's.

    page: stem of the family, "" for the landing page.
    """
    first = f"<script>{FIRST % (json.dumps(lang), json.dumps(page))}</script><style>{token_css()}</style>"
    first += f"<script>window.LX_TEXT={script_texts(lang)};{static('.js')}</script>"
    last = f"<style>{static('.css')}</style>"
    return first, last
