"""Bounds of request fields: what is taken, what is made of it, and what is said of the rest."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Annotated

import pytest

from aigc_demo.core import errors
from aigc_demo.core.errors import BadRequestError, UserError, sentences
from aigc_demo.core.params import Choice, Range, Text, build, check, rules, short


@dataclass(frozen=True)
class Order:
    count: Annotated[int, Range(1, 9)] = 3
    share: Annotated[float, Range(0, 1, 0.1)] = 0.5
    size: Annotated[int, Choice((1, 2, 4))] = 2
    name: Annotated[str, Text(5)] = "ab"
    fast: bool = False

    def __post_init__(self) -> None:
        check(self)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        *(({"count": value}, "range") for value in (0, 10, -(10**400), 10**400, 9.0e9)),
        *(({"count": value}, "number") for value in (math.nan, math.inf, True, [3], {}, b"3", 3j)),
        *(({"count": value}, "number") for value in ("seven", "1e400", "nan", "inf", "1_0", "0x3", "３", "3 4", "+")),
        *(({"count": value}, "number") for value in ("true", "9" * 5000, "1,5")),
        ({"count": "2.5"}, "whole"),
        *(({"count": value}, "range") for value in ("10", "-1")),
        ({"size": "3"}, "choice"),
        *(({"count": value}, "blank") for value in (None, "", " \n")),
        ({"count": 2.5}, "whole"),
        *(({"share": value}, "range") for value in (-0.1, 1.1, 10**400)),
        *(({"size": value}, "choice") for value in (3, 0)),
        *(({"name": value}, "text") for value in (None, 3, b"ab", ["ab"])),
        ({"name": "abcdef"}, "long"),
        *(({"fast": value}, "flag") for value in (1, 0, None, "true")),
    ],
)
def test_what_does_not_fit_is_a_sentence(values, key):
    with pytest.raises(BadRequestError) as refused:
        Order(**values)
    assert refused.value.key == key
    assert str(refused.value).startswith(next(iter(values)))
    assert len(str(refused.value)) < 150


def test_what_fits_takes_the_type_of_its_field():
    made = Order(count=4.0, share=1, size=1.0)
    assert [type(value) for value in dataclasses.astuple(made)] == [int, float, int, str, bool]
    assert (made.count, made.share, made.size) == (4, 1.0, 1)


@pytest.mark.parametrize(
    ("values", "made"),
    [
        *(({"count": text}, {"count": 7}) for text in ("7", " 7\n", "+7", "7.0", "7.", "70e-1", "07")),
        *(({"share": text}, {"share": 0.002}) for text in ("0.002", ".002", "2e-3", "2E-3")),
        ({"size": "4"}, {"size": 4}),
        ({"name": "7"}, {"name": "7"}),
    ],
)
def test_a_number_may_be_written_as_text_where_one_is_meant(values, made):
    order = Order(**values)
    for name, value in made.items():
        assert getattr(order, name) == value and type(getattr(order, name)) is type(value)


@pytest.mark.parametrize(
    "edge", [{"count": 1}, {"count": 9}, {"share": 0}, {"share": 1}, {"name": ""}, {"name": "七" * 5}]
)
def test_bounds_are_inside(edge):
    order = build(Order, edge)
    assert {name: getattr(order, name) for name in edge} == edge


def test_a_tidy_text_has_one_kind_of_line_end_and_is_measured_after():
    @dataclass(frozen=True)
    class Tidy:
        text: Annotated[str, Text(5, tidy=True)]
        other: Annotated[str, Text(5)] = "a\r\n"

        def __post_init__(self):
            check(self)

    assert (Tidy("a\r\nb\tc").text, Tidy("").other) == ("a\nb c", "a\r\n")
    with pytest.raises(BadRequestError, match="5"):
        Tidy("a\r\nb\tcd")


def test_unknown_names_are_refused():
    for name in ("cuont", "__class__", "check", "x" * 500):
        with pytest.raises(BadRequestError, match="There is no setting called"):
            build(Order, {name: 1})


def test_rules_come_in_the_order_of_the_fields():
    assert list(rules(Order)) == ["count", "share", "size", "name", "fast"]
    assert rules(Order)["share"] == (float, Range(0, 1, 0.1)) and rules(Order)["fast"] == (bool, None)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("seven", "seven"),
        ("a\n b\t c", "a b c"),
        ("", "“”"),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 40, "x" * 40),
        ("\ud800\x00\x1b[31m\u202e", "\ufffd\ufffd\ufffd[31m\ufffd"),
        (None, "None"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_a_value_is_repeated_on_one_short_line(value, words):
    assert short(value) == words


@pytest.mark.parametrize("key", sentences())
def test_sentences_are_sentences(key):
    sentence = sentences()[key]
    assert sentence[0] in "{" or sentence[0].isupper()
    assert sentence.endswith((".", "}")) and "\n" not in sentence


def test_an_error_says_its_sentence():
    error = UserError("range", field="count", low=1, high=9, value=12)
    assert str(error) == "count must be between 1 and 9, got 12."
    assert (error.key, error.values["high"]) == ("range", 9)


def test_a_family_brings_its_own_sentences(tmp_path, monkeypatch):
    (tmp_path / "toy.toml").write_text('too_small = { zh = "太小：{size}。", en = "Too small: {size}." }\n', "utf-8")
    monkeypatch.setattr(errors, "TEXT", tmp_path)
    assert str(BadRequestError("toy.too_small", size=3)) == "Too small: 3."
    with pytest.raises(KeyError):
        BadRequestError("toy.unknown")
    errors.sentences.cache_clear()
