"""The kinds of visit: their file, which of them an office does, and which of them a window calls."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from backend.common.catalogue import Language
from backend.common.shipped import locate
from backend.offices.directory import Directory, OfficesError
from backend.offices.directory_file import load_directory
from backend.offices.drawn_text import DrawnLine
from backend.offices.kind import PICK_UP, Stages
from backend.offices.kinds_file import load_kinds
from backend.offices.office import Window
from backend.wire.codes import WindowKind

KINDS = locate("offices", "kinds.toml")
OFFICES = locate("offices", "shinjuku.toml").read_text("utf-8")
FIRST = '{ label = "1", kind = "reception" }'
SERIES = 'walk_in_series = "W"'


def read(tmp_path: Path, *changes: tuple[str, str]) -> Directory:
    """The shipped offices with changes, each where its text stands first."""
    text = OFFICES
    for before, after in changes:
        text = text.replace(before, after, 1)
    path = tmp_path / "offices.toml"
    path.write_text(text)
    return load_directory(path)


def test_the_shipped_kinds_have_names_in_every_language_and_a_picture() -> None:
    """Protects visitors from a button without words: all five, and people may ask for the usual ones."""
    kinds = load_kinds(KINDS)
    assert list(kinds) == ["pick_up", "certificate_renewal", "pin_reset", "record_change", "consultation"]
    assert all(set(kind.name) == {language.value for language in Language} for kind in kinds.values())
    assert all(kind.icon != "info" for kind in kinds.values())
    assert [code for code, kind in kinds.items() if kind.usual] == ["pick_up", "consultation"]
    assert [kind.code for kind in kinds.values() if not kind.ends_at_reception] == [PICK_UP]
    assert kinds[PICK_UP].stages is Stages.RECEPTION_AND_ISSUANCE


def test_no_shipped_paper_is_told_as_a_fact() -> None:
    """Protects the ward: what nobody has looked at is marked so, and says from where it is."""
    for kind in load_kinds(KINDS).values():
        assert not kind.papers_confirmed
        assert all(paper.source.startswith("unconfirmed") for paper in kind.papers)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('code = "pin_reset"', 'code = "Pin reset"'), r"line \d+: .*kind\.2\.code"),
        (('code = "pin_reset"', 'code = "consultation"'), r"line \d+: .*names the kind consultation twice"),
        (('icon = "pin"', 'icon = "pins"'), r"kind\.2\.icon: .*there is no icon called pins"),
        (('ja = "相談"', ""), r"the kind consultation has no Japanese name"),
        (('ja = "相談"', 'ja = "\u0378"'), r"kind\.4\.name\.ja: .*U\+0378"),
        (('ja = "相談"', 'fr = "conseil"'), r"kind\.4\.name"),
        (("minutes = 15", "minutes = 0"), r"kind\.1\.minutes"),
        (("minutes = 15", "seconds = 15"), r"kind\.1\.seconds"),
        (('stages = "reception_and_issuance"\n', ""), r"the kind pick_up goes to an issuance window"),
        (('code = "pick_up"', 'code = "pick_it_up"'), r"no kind pick_up"),
        (('source = "unconfirmed', 'sauce = "unconfirmed'), r"kind\.1\.papers\.0"),
        (('name = { ja = "マイナンバーカード", en', "name = { en"), r"a paper has no Japanese name"),
    ],
)
def test_a_wrong_file_of_kinds_is_named_with_its_mistake(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    """A mistake in the ward's file stops the start with one sentence that says where."""
    path = tmp_path / "kinds.toml"
    text = KINDS.read_text("utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1))
    with pytest.raises(OfficesError, match=told) as wrong:
        load_kinds(path)
    assert str(wrong.value).startswith(str(path))


def test_pick_up_has_no_papers_of_its_own(tmp_path: Path) -> None:
    """Protects the document rules: nobody lists other papers for a card beside them."""
    path = tmp_path / "kinds.toml"
    paper = '[[kind.papers]]\nname = { ja = "紙" }\nsource = "nobody"\n'
    path.write_text(KINDS.read_text("utf-8").replace("# Its papers: the document rules.", paper))
    with pytest.raises(OfficesError, match="those of the document rules"):
        load_kinds(path)


def test_an_office_does_the_usual_kinds_unless_it_names_its_own(tmp_path: Path) -> None:
    """Protects a ward's older file, which names none, and the order in which an office offers what it names."""
    named = f'{SERIES}\nkinds = ["consultation", "pin_reset", "pick_up"]'
    directory = read(tmp_path, (SERIES, named))
    assert [kind.code for kind in directory["00"].kinds] == ["consultation", "pin_reset", "pick_up"]
    assert [kind.code for kind in directory["01"].kinds] == ["pick_up", "consultation"]
    assert directory["01"].kind("pin_reset") is None
    assert directory.with_special_openings([]).kinds["record_change"].minutes == 10


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([(SERIES, f'{SERIES}\nkinds = ["pick_up", "nothing"]')], "office 00 does nothing, which the file"),
        ([(SERIES, f'{SERIES}\nkinds = ["consultation"]')], "office 00 does not do pick_up"),
        ([(SERIES, f'{SERIES}\nkinds = ["pick_up", "pick_up"]')], "office 00 names a kind of visit twice"),
        (
            [(FIRST, '{ label = "1", kind = "reception", visits = ["pin_reset"] }')],
            "is for pin_reset, which the",
        ),
        (
            [
                (
                    '{ label = "A", kind = "issuance" }',
                    '{ label = "A", kind = "issuance", visits = ["pick_up"] }',
                )
            ],
            "window A of office 00 calls nobody",
        ),
        (
            [
                (
                    f'{{ label = "{label}", kind = "reception" }}',
                    f'{{ label = "{label}", kind = "reception", visits = ["pick_up"] }}',
                )
                for label in "1234"
            ],
            "no window of office 00 calls the visits consultation",
        ),
    ],
)
def test_offices_and_kinds_that_do_not_fit_are_named(
    tmp_path: Path, changes: list[tuple[str, str]], told: str
) -> None:
    """Protects visitors from a number that no window ever calls, and the ward from a slip of the finger."""
    with pytest.raises(OfficesError, match=rf"offices\.toml, line \d+: .*{told}"):
        read(tmp_path, *changes)


def test_a_kiosk_is_asked_for_no_more_kinds_than_its_screen_holds(tmp_path: Path) -> None:
    """Protects visitors from buttons that are too small: at most five kinds are offered at a kiosk."""
    kinds = tmp_path / "kinds.toml"
    sixth = '\n[[kind]]\ncode = "sixth"\nusual = true\n[kind.name]\nja = "六つ目"\n'
    kinds.write_text(
        KINDS.read_text("utf-8")
        .replace("minutes = 15", "minutes = 15\nusual = true")
        .replace("minutes = 10", "minutes = 10\nusual = true")
        + sixth
    )
    with pytest.raises(OfficesError, match="office 00 offers more than 5 kinds"):
        load_directory(locate("offices", "shinjuku.toml"), kinds)


def test_a_series_of_a_kind_is_one_of_the_office(tmp_path: Path) -> None:
    """Protects the numbers: a kind takes its own from a range that the office has."""
    kinds = tmp_path / "kinds.toml"
    kinds.write_text(KINDS.read_text("utf-8").replace('icon = "chat"', 'icon = "chat"\nseries = "C"'))
    with pytest.raises(OfficesError, match="office 00 has no series C, from which consultation takes"):
        load_directory(locate("offices", "shinjuku.toml"), kinds)
    kinds.write_text(KINDS.read_text("utf-8").replace('icon = "chat"', 'icon = "chat"\nseries = "M"'))
    office = load_directory(locate("offices", "shinjuku.toml"), kinds)["00"]
    assert [office.series_of(kind).code for kind in office.kinds] == ["W", "M"]


@pytest.mark.parametrize("kind", list(WindowKind))
def test_a_combined_window_is_one_of_both_kinds(kind: WindowKind) -> None:
    """Protects branches: at such a window people receive and hand out; at others only the one."""
    window = Window("1", kind, frozenset({"pick_up"}))
    both = kind is WindowKind.COMBINED
    assert window.serves_as(WindowKind.RECEPTION) is (both or kind is WindowKind.RECEPTION)
    assert window.serves_as(WindowKind.ISSUANCE) is (both or kind is WindowKind.ISSUANCE)


def test_who_waits_with_a_kind_follows_from_the_windows() -> None:
    """Protects waiting times: ahead of me are those whom my windows call; one window for all makes that everybody."""
    office = load_directory(locate("offices", "shinjuku.toml"))["00"]

    def called_with(*visits: frozenset[str] | None) -> frozenset[str] | None:
        windows = tuple(Window(str(n), WindowKind.RECEPTION, one) for n, one in enumerate(visits))
        return replace(office, windows=windows).called_with("pick_up")

    cards, advice, both = (
        frozenset({"pick_up"}),
        frozenset({"consultation"}),
        frozenset({"pick_up", "consultation"}),
    )
    assert called_with(cards, advice) == cards
    assert called_with(cards, both) == both
    assert called_with(cards, None) is None
    assert called_with(advice) is None
    assert office.called_with("pick_up") is None


@pytest.mark.parametrize("text", ["", "  ", "相談\u0378"])
def test_a_text_on_a_button_is_there_and_can_be_drawn(text: str) -> None:
    """Protects screens: names of kinds are checked by the rule of names of offices."""
    with pytest.raises(ValidationError):
        TypeAdapter(DrawnLine).validate_python(text)
    assert TypeAdapter(DrawnLine).validate_python(" 相談 ") == "相談"
