"""Reading a value by its own fields: its kinds decide what may stand in the file, and nothing is guessed."""

import importlib
import pkgutil
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import get_type_hints

import pytest

from backend.documents import model
from backend.documents.files.rule_file import RuleNode
from backend.documents.files.value_reader import keys_of, read_entry, read_value
from backend.documents.model.errors import RuleFileError


class Colour(StrEnum):
    """A closed list of words."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Thing:
    """A value with a field of every kind that is read without being told how."""

    code: str
    colour: Colour
    since: date | None
    sort: str = "usual"
    kept: bool = False
    parts: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    other: Colour | None = None
    usual: Colour | None = Colour.BLUE
    size: int = 0


FULL = "{colour: red, since: 2024-02-29, kind: rare, kept: true, parts: [b, a], places: [c], other: blue, size: 3}"
NAMES = {"sort": "kind"}
HOW = {"size": RuleNode.whole}


def place_of(folder: Path, text: str) -> RuleNode:
    """The one entry of a file."""
    file = folder / "things.yaml"
    file.write_text(f"# things\nthing: {text}\n", encoding="utf-8")
    return RuleNode.of_file(file).entries()["thing"]


def test_every_kind_of_field_is_read(tmp_path: Path) -> None:
    """What stands in the file is what the value holds, in the kind of its field."""
    assert read_entry(Thing, place_of(tmp_path, FULL), names=NAMES, how=HOW) == Thing(
        "thing",
        Colour.RED,
        date(2024, 2, 29),
        sort="rare",
        kept=True,
        parts=("b", "a"),
        places=frozenset({"c"}),
        other=Colour.BLUE,
        size=3,
    )


def test_what_is_left_out_stays_as_the_value_has_it(tmp_path: Path) -> None:
    """A missing field gets the default of the dataclass, or None if it may be None."""
    assert read_entry(Thing, place_of(tmp_path, "{colour: blue}"), names=NAMES) == Thing(
        "thing", Colour.BLUE, None
    )


def test_what_is_given_does_not_stand_in_the_file(tmp_path: Path) -> None:
    """A field whose value is passed in is not a key of the file: a file that has it, too, is refused."""
    place = place_of(tmp_path, "{colour: blue, since: 2020-01-01}")
    with pytest.raises(RuleFileError, match=r"^things\.yaml:2: thing\.since: this key is not known here"):
        read_value(Thing, place, code="a", since=None)
    assert read_value(Thing, place, code="a").since == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "the key 'colour' is missing"),
        ("{colour: green}", "one of red, blue is expected here"),
        (
            "{colour: red, sort: rare}",
            "known are colour, kept, kind, other, parts, places, since, size, usual",
        ),
        ("{colour: red, code: thing}", "this key is not known here"),
        ("{colour: red, since: today}", "a date"),
        ("{colour: red, kept: yes}", "true or false"),
        ("{colour: red, kind: [rare]}", "a single value"),
        ("{colour: red, parts: a}", "a list"),
        ("{colour: red, places: [a, a]}", "stands twice"),
        ("{colour: red, size: '3'}", "a whole number is expected here, without quotes"),
    ],
)
def test_another_kind_is_refused_with_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    """The kinds of the fields are the whole description: whatever they do not allow is told, not passed over."""
    with pytest.raises(RuleFileError, match=rf"^things\.yaml:2: thing.*{problem}"):
        read_entry(Thing, place_of(tmp_path, text), names=NAMES, how=HOW)


def test_a_kind_that_can_be_read_in_several_ways_must_be_told(tmp_path: Path) -> None:
    """A number may be an age or a sum: a field that nobody says how to read is a fault of ours, never left aside."""
    with pytest.raises(TypeError, match=r"thing\.size"):
        read_entry(Thing, place_of(tmp_path, FULL), names=NAMES)


def test_keys_are_those_of_the_file() -> None:
    """The keys of a dataclass are known without reading an entry: by their names in the file, without the code."""
    assert keys_of(Thing, NAMES) == (
        "colour",
        "since",
        "kind",
        "kept",
        "parts",
        "places",
        "other",
        "usual",
        "size",
    )


def test_the_annotations_of_every_value_can_be_read_where_it_stands() -> None:
    """The types of all fields can be resolved at run time, which reading from a file needs."""
    values = [
        value
        for module in pkgutil.iter_modules(model.__path__, f"{model.__name__}.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.name
    ]
    assert {"Document", "Fact", "RecipientType", "RuleSet"} <= {value.__name__ for value in values}
    for value in values:
        assert get_type_hints(value).keys() == {one.name for one in fields(value)}
