"""Which page an address means.

/                            the landing page
/gpt                         the page of a family
/gpt?tab=gpt_write&seed=7    an inner tab of it, with values
/?tab=gpt_write&seed=7       the same, as links were when all families shared one page: redirected
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode


def path(scope: Mapping[str, Any]) -> str:
    """The path of a request, below the prefix that the server was told it stands under."""
    whole, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return whole.removeprefix(root) or "/" if f"{whole}/".startswith(f"{root}/") else whole


def moved(path: str, query: str, families: Sequence[str]) -> str | None:
    """Where the page of an address is, relative to it; None where the address is right.

    A tab is `home`, a family, or `<family>_<use case>`; one that no family has stays where it is, for the page to say
    so. Relative, as what a proxy takes away in front of the path need not be known.
    """
    here = path.strip("/")
    if here and here not in families:
        return None
    values = parse_qsl(query, keep_blank_values=True)
    tab = dict(values).get("tab", "")
    page = max((stem for stem in families if f"{tab}_".startswith(f"{stem}_")), key=len, default=here)
    if tab == "home":
        page = ""
    whole = tab in ("home", *families)  # no inner tab: the page says it all
    slash = bool(here) and path.endswith("/")
    if page == here and not whole and not slash:
        return None
    if whole:
        query = urlencode([(name, value) for name, value in values if name != "tab"])
    return f"{'../' if slash else './'}{page}{'?' if query else ''}{query}"
