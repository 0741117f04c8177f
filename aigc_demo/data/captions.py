"""Sentences that say what a scene shows, in Chinese and in English, in many ways.

`caption` says a scene by chance, as people do: sometimes in passing, with words for the same thing, or leaving the
background out. What it left out is not claimed: it gives the sentence and the claims, a Scene with gaps. `sentence`
says a scene in the usual way.
"""

import random
from dataclasses import replace

from aigc_demo.data import scene_words as words
from aigc_demo.data.scenes import OPPOSITE, Scene

LANGUAGES = ("en", "zh")


def english_thing(name: str, count: int, size: str, chance: random.Random | None) -> str:
    """ "two big dogs": the usual way, or one of chance."""
    ways = words.ENGLISH[name]
    one, many = chance.choice(ways) if chance else ways[0]
    article, _, noun = one.partition(" ")
    adjective = (chance.choice(words.SIZES[size][:-1]) if chance else words.SIZES[size][0]) + " " if size else ""
    if count > 1:
        number = words.NUMBERS[count][1] if chance and chance.random() < 0.2 else words.NUMBERS[count][0]
        return f"{number} {adjective}{many}"
    if adjective:
        return f"a {adjective}{noun}"
    return f"one {noun}" if chance and article != "some" and chance.random() < 0.1 else one


def chinese_thing(name: str, count: int, size: str, chance: random.Random | None) -> str:
    """ "两只很大的狗": the usual way, or one of chance."""
    measure, *names = words.CHINESE[name]
    noun = chance.choice(names) if chance else names[0]
    number = chance.choice(words.NUMBERS[count][1:3]) if chance and chance.random() < 0.3 else words.NUMBERS[count][-1]
    number = words.NUMBERS[2][2] if count == 2 and number == words.NUMBERS[2][3] else number
    if not chance and count == 2:
        number = words.NUMBERS[2][2]
    return f"{number}{measure}{words.SIZES[size][-1] if size else ''}{noun}"


def pick(options: tuple[str, ...], chance: random.Random | None) -> str:
    """One of them by chance; without chance the first."""
    return chance.choice(options) if chance else options[0]


def of_language(ways: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Those of the words that are of the language."""
    return tuple(way for way in ways if words.is_chinese(way) == (language == "zh"))


def in_english(scene: Scene, chance: random.Random | None = None) -> str:
    """The scene in English; what is open in it is not said."""
    first, *second = [english_thing(name, scene.count, scene.size, chance) for name in scene.objects]
    colour = pick(of_language(words.COLOURS[scene.background], "en"), chance) if scene.background else ""
    if second:
        core = english_relation(first, second[0], scene.relation, chance)
    elif scene.place:
        core = f"{first} {pick(of_language(words.PLACES[scene.place], 'en'), chance)}"
    else:
        core = first
    if not colour:
        return pick((core, f"a picture of {core}"), chance)
    if scene.place:
        first = f"{core} of a {colour} background"
        return pick((first, f"{core}, {colour} background", f"a {colour} background with {core}"), chance)
    options = (f"{core} on a {colour} background", f"{core}, {colour} background", f"a {colour} background with {core}")
    more = (f"{core} on {colour}", f"a picture of {core} on a {colour} background")
    return pick((*options, *more), chance)


def english_relation(first: str, second: str, relation: str, chance: random.Random | None) -> str:
    """ "a dog above a cat", or sometimes from the other side: "below a dog is a cat" never changes what is claimed."""
    if not relation:
        return f"{first} and {second}"
    way = pick(of_language(words.RELATIONS[relation], "en"), chance)
    if chance and chance.random() < 0.15 and relation != "beside":
        return f"{way} {second} is {first}"
    return f"{first} {'is ' if chance and chance.random() < 0.15 else ''}{way} {second}"


def in_chinese(scene: Scene, chance: random.Random | None = None) -> str:
    """The scene in Chinese; what is open in it is not said."""
    first, *second = [chinese_thing(name, scene.count, scene.size, chance) for name in scene.objects]
    colour = pick(of_language(words.COLOURS[scene.background], "zh")[:2], chance) if scene.background else ""
    full = colour if colour.endswith("色") or not colour else f"{colour}色"
    ground = f"{full}背景"
    options: tuple[str, ...]
    if second:
        core = chinese_relation(scene, first, second[0], chance)
        options = (f"{ground}上，{core}", f"{core}，{ground}", f"{full}的画里，{core}")
    elif scene.place:
        place = pick(of_language(words.PLACES[scene.place], "zh"), chance)
        core = pick((f"{place}有{first}", f"{first}在{place}"), chance) if not colour else ""
        options = (f"{ground}的{place}有{first}", f"{first}在{place}，{ground}", f"{ground}，{place}是{first}")
    else:
        core, short = first, full.removesuffix("色")
        options = (f"{ground}上的{first}", f"{ground}上有{first}", f"{first}，{ground}", f"{full}的画里有{first}")
        options += (f"{short}底，{first}",)
    return pick(options, chance) if colour else core


def chinese_relation(scene: Scene, first: str, second: str, chance: random.Random | None) -> str:
    """ "狗在猫的左边", or from the other side: "猫的左边有一只狗"."""
    if not scene.relation:
        return f"{first}和{second}"
    if not chance or chance.random() < 0.6:
        first, second = (words.CHINESE[name][1] for name in scene.objects)
    way = pick(of_language(words.RELATIONS[scene.relation], "zh"), chance)
    options = (
        f"{first}在{second}的{way}",
        f"{first}在{second}{way}",
        f"{second}的{way}有{first}",
        f"{second}{way}是{first}",
    )
    return pick(options, chance)


def sentence(scene: Scene, language: str) -> str:
    """The scene in the usual words of "en" or "zh"; what is open in it is not said."""
    return in_english(scene) if language == "en" else in_chinese(scene)


def caption(scene: Scene, chance: random.Random, language: str | None = None) -> tuple[str, Scene]:
    """A sentence about a complete scene, and what it claims: the scene with gaps where nothing is said.

    One sentence in ten leaves the background out, as many the place or the relation; a relation is told from either of
    its sides.
    """
    claimed = scene
    if scene.relation and chance.random() < 0.5:
        claimed = replace(scene, objects=scene.objects[::-1], relation=OPPOSITE[scene.relation])
    if scene.relation in ("left", "right") and chance.random() < 0.15:
        claimed = replace(claimed, relation="beside")
    elif scene.relation and chance.random() < 0.08:
        claimed = replace(claimed, relation="")
    elif scene.place and chance.random() < 0.25:
        claimed = replace(claimed, place="")
    if chance.random() < 0.08:
        claimed = replace(claimed, background="")
    chosen = language or chance.choice(LANGUAGES)
    return (in_english if chosen == "en" else in_chinese)(claimed, chance), claimed
