"""A link to a state of a page: which inner tab, and what its controls are set to."""

from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import clean, rules, short, spelled
from aigc_demo.services.use_case import requests_of, split

LONGEST = 2000  # characters of a link
PLACES = ("lock", "hide")  # entries that name fields
ASIDE = frozenset({"tab", "task", "lang", "room", "view", "__theme"})  # entries that set no control


def query(link: str) -> dict[str, str]:
    """The entries of a link: "gpt?tab=gpt_write&seed=7", with whatever stands in front of the page's name."""
    try:
        return dict(parse_qsl(urlsplit(link).query, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}


def canonical(link: str, tabs: Set[str]) -> str:
    """The link as "./gpt?tab=gpt_write&seed=7", every value inside the bounds of its request.

    tabs: the inner tabs of all pages. BadRequestError says what is wrong.
    """
    entries = query(link) if len(link) <= LONGEST else {}
    tab = entries.get("tab", "")
    if not tab:
        raise BadRequestError("room.link", link=short(link))
    if tab not in tabs:
        raise BadRequestError("unknown_family", name=short(tab))
    values = {name: value for name, value in entries.items() if name not in ASIDE | set(PLACES)}
    kept: dict[str, Any] = {"tab": tab, **fitted(tab, values)}
    for place in PLACES:
        names = [name for name in entries.get(place, "").split(",") if name]
        fitted(tab, dict.fromkeys(names), named=True)
        if names:
            kept[place] = ",".join(names)
    return f"./{split(tab)[0]}?{urlencode(kept)}"


def fitted(tab: str, values: Mapping[str, Any], *, named: bool = False) -> dict[str, Any]:
    """Values of an inner tab inside the bounds of its request, or BadRequestError; named: only the names are judged."""
    family, use_case = split(tab)
    request = requests_of(family).get(use_case)
    known = rules(request) if request else {}
    found = {}
    for name, value in values.items():
        if name not in known:
            raise BadRequestError("field_unknown", field=short(name))
        if not named:
            kind, rule = known[name]
            found[name] = clean(name, kind, rule, spelled(kind, value))
    return found


def address(tab: str, values: Mapping[str, Any]) -> str:
    """The link to a tab with the values that fit into one, the others left out."""
    short_ones = {name: value for name, value in values.items() if len(str(value)) <= 400}
    return f"./{split(tab)[0]}?{urlencode({'tab': tab, **short_ones})}"
