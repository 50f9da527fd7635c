"""What visitors may type: the ward's setting, checked where it would keep visitors out or let a 12-digit number in."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from backend.cards.numbers import fold_number, grouped
from backend.common.settings_files import SettingsError
from backend.common.shipped import locate
from backend.exchange.sample import HEADER, SampleExport
from backend.offices.directory_file import load_directory
from backend.reservations.code_patterns import CodePattern, load_patterns
from backend.settings import NumberForm, Settings, load_settings
from backend.wire.check_digit import damm_is_right

SHIPPED = load_patterns(locate("mappings", "codes.toml"))
FORMS = Settings.model_fields["number_shapes"].get_default()


def can_be_typed(number: str) -> bool:
    """Whether a shipped shape lets a number through."""
    return any(form.lets_through(number) for form in FORMS)


@given(data=st.data(), pattern=st.sampled_from(SHIPPED.patterns))
def test_the_shipped_shapes_let_through_what_the_shipped_patterns_read(
    data: st.DataObject, pattern: CodePattern
) -> None:
    """A number that the camera may find can be typed as well."""
    assert can_be_typed(fold_number(data.draw(st.from_regex(pattern.regex, fullmatch=True))))


def test_every_number_of_a_sample_can_be_typed() -> None:
    """The numbers that a demonstration prints pass, with and without the check digit that they have."""
    rows = SampleExport(load_directory(locate("offices", "shinjuku.toml")), 1, date(2026, 11, 25)).rows(300)
    checked = NumberForm(length=8, check="damm")
    for row in rows:
        number = fold_number(row[HEADER.index("予約番号")])
        assert can_be_typed(number)
        assert can_be_typed(fold_number(row[HEADER.index("製造管理番号")]))
        assert checked.lets_through(number)
        assert damm_is_right(number)


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        ("{ length = 8 }", False),
        ('{ length = 8, check = "damm" }', False),
        ("{ length = 12, letters = true }", False),
        ("{ length = 4, letters = true }", False),
        ("{ length = 8, groups = [3, 5] }", False),
        ("{ length = 8, groups = [4, 5] }", True),
        ("{ length = 8, groups = [8, 0] }", True),
        ("{ length = 12 }", True),
        ("{ length = 20 }", True),
        ("{ length = 4 }", True),
        ("{ length = 0 }", True),
        ("{ length = 21, letters = true }", True),
        ('{ length = 9, letters = true, check = "damm" }', True),
        ('{ length = 8, check = "mod11" }', True),
        ("{ letters = true }", True),
        ("{ length = 8, digits = true }", True),
        ("8", True),
    ],
)
def test_a_shape_that_cannot_be_is_refused_at_the_start(tmp_path: Path, form: str, refused: bool) -> None:
    """A PIN, a 12-digit number, a check that letters cannot have, or a slip in the setting: one sentence, no start."""
    path = tmp_path / "server.toml"
    path.write_text(f"number_shapes = [{form}]\n", "utf-8")
    if refused:
        with pytest.raises(SettingsError, match="number_shapes"):
            load_settings(path)
    else:
        assert len(load_settings(path).number_shapes) == 1


@pytest.mark.parametrize("form", [form for form in FORMS if not form.letters])
def test_a_reservation_number_is_grouped_as_the_notice_prints_it(form: NumberForm) -> None:
    """What a visitor compares with the paper looks like the paper."""
    assert [len(part) for part in grouped("1" * form.length).split("-")] == list(form.groups)


def test_a_ward_may_let_anything_be_typed(tmp_path: Path) -> None:
    """No shape at all is a choice too."""
    path = tmp_path / "server.toml"
    path.write_text("number_shapes = []\n", "utf-8")
    assert load_settings(path).number_shapes == ()
