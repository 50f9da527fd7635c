"""The house stays in order: arrows, sizes, words in catalogues, nothing in the files that does not belong there."""

import ast
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import ROOT as ASSETS
from tests.architecture.papers import PRODUCT, ROOT, docstrings_of, modules, shown, tracked_files
from tests.catalogue_support import own_keys, places

SOFT_LIMIT, HARD_LIMIT, TEST_LIMIT = 300, 400, 600
LONGER_FOR_A_REASON = {
    "backend/reception/commands.py": "one list of what may be asked of the counter; what is asked about checks stands apart",
    "backend/client/fake.py": "one server in memory: a method for each route",
    "backend/wire/codes.py": "every closed list of the wire on one page",
    "backend/sealing/key_store.py": "one store: made, compared, read, swept; each a few lines of one file",
    "backend/settings.py": "one table of every setting of the server",
    "backend/exchange/mapping.py": "one file: the form of each of its tables, and what it comes to",
    "backend/exchange/matching.py": "one question: what is stored of a row's card and booking, looked up, compared and looked up anew",
    "backend/exchange/record.py": "one row: how each of its columns is read, a line or a short method each",
    "backend/wire/messages.py": "one list of every message of the wire",
    "backend/exchange/sample.py": "one generator; most of it says what makes exports hard",
    "kiosk/virtual/escpos_reader.py": "one reader: how long each command is, and what printers do otherwise",
    "kiosk/visit/presentation.py": "one table of what each screen shows",
    "kiosk/visit/outcome_presenter.py": "one outcome: a short method for each of its screens",
    "kiosk/visit/scenes.py": "one table of every state of the screens",
    "kiosk/visit/flow.py": "the rules of a visit: one method per input, on one page",
    "kiosk/paper/printer.py": "one printer: every step of a job from the connection to its result",
    "kiosk/session/session.py": "what every effect of the flow does; short methods",
    "queue_display/hall_screen.py": "one picture: each state of the hall is decided on one page",
    "kiosk/virtual/virtual_printer.py": "one machine with its modes",
}
"""Modules over the soft limit, each with the reason why it is not cut in two."""

JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]")
PRODUCT_NAME = "受付"
JAPANESE_FOR_A_REASON = {
    "backend/common/tokyo.py": "the names of eras and weekdays",
    "backend/common/readings.py": "the signs of words and of their readings",
    "backend/cli/sample.py": "help that shows which character an encoding lacks",
    "backend/client/fake.py": "the name of the fake's office",
    "backend/client/fake_situations.py": "two invented situations",
    "backend/demo/expected.py": "rows of an invented export, in the words of the ward's system",
    "backend/documents/saying/handbook.py": "the field's words in a paper for developers and auditors",
    "backend/offices/office.py": "two forms of one character in office names",
    "backend/protection/login_names.py": "letters of names, and kanji that look like kana",
    "backend/protection/passwords.py": "the counter's own words, which a password must not be made of",
    "backend/exchange/dates.py": "how dates are written in Japan",
    "backend/exchange/mapping.py": "characters that are left out when names of columns are compared",
    "backend/exchange/person_names.py": "half-width katakana and what stands between names",
    "backend/cards/numbers.py": "hyphens as people type them",
    "backend/exchange/sample.py": "columns and words of the ward's export",
    "backend/exchange/sample_people.py": "parts of invented names and addresses",
    "backend/exchange/cells.py": "how dates are written in Japan",
    "backend/exchange/cell_text.py": "characters that CP932 lacks, and what stands for them",
    "backend/exchange/spreadsheet.py": "damage as Japanese spreadsheets write it",
    "backend/cards/tables.py": "comments of columns: the ward's own names of the items",
    "backend/reservations/tables.py": "the same",
    "backend/exchange/times.py": "how times are written in Japan",
    "backend/exchange/weekdays.py": "weekdays and holidays as they stand beside dates",
    "backend/storage/migrations/versions/0001_first_tables.py": "the same comments",
    "backend/storage/migrations/tables_of_0009.py": "the same comments",
    "backend/office_settings.py": "the field's word beside the English one",
    "backend/settings.py": "the field's word beside the English one",
    "backend/web/desk/pages.py": "names of languages, each in its own",
    "queue_display/scenes.py": "an invented message, in an office's own words",
    "backend/wire/code_shape.py": "hyphens as people type them",
    "backend/wire/digits.py": "a digit of deeds and hyphens as people write them",
    "backend/wire/field_shape.py": "dates, hours and telephone numbers as people write them",
    "backend/common/line_breaks.py": "characters that must not begin or end a line",
    "kiosk/cli/ticket.py": "the sample ticket's office",
    "kiosk/visit/scenes.py": "an office, as the server tells it",
}
"""Modules with Japanese in their values, each with the reason why it is no text of a screen."""

OF_ONE_LANGUAGE = ("calendar.", "date.", "birth.era", "reading.")
"""Keys that languages need not share: each writes days and eras in its own way, and only Japanese has readings."""

VECTORS = {
    "123456789018": "the My Number of the tests; invented, its check digit is right",
    "012345678901": "twelve digits in other scripts, and the digits in order",
    "012345678909": "the same with a change",
    "123456789012": "with a wrong check digit",
    "987654321093": "for the check digit",
    "111111111118": "for the check digit",
    "202611241030": "a date with a time, 24 November 2026 10:30",
}
"""Twelve digits in a row that may stand in our files."""
TWELVE = re.compile(r"(?<!\d)(?!0{11}\d)\d{12}(?!\d)")
"""Twelve digits that are not the end of an invented UUID."""

FOREIGN = re.compile(
    r"/(?:root|home)/\w|/work/(?:main|shared)|pythonhosted|pypi\.org/simple|index-url|registry\.npmjs|crates\.io/api"
)


def texts() -> list[tuple[str, str]]:
    """Every text file of the project, as path and content."""
    found = []
    for path in tracked_files():
        try:
            found.append((shown(path), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_the_import_contracts_hold() -> None:
    """Arrows between the rooms go one way; what CI checks is what a developer's test run checks."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_is_too_long() -> None:
    """A module is about one noun; a long one says why it is not two."""
    lengths = {
        shown(path): len(path.read_text("utf-8").splitlines())
        for path in tracked_files()
        if path.suffix in {".py", ".kv"}
    }
    product = {name: length for name, length in lengths.items() if name.partition("/")[0] in PRODUCT}
    assert {name for name, length in product.items() if length > HARD_LIMIT} == set()
    long = {name for name, length in product.items() if length > SOFT_LIMIT}
    assert long == set(LONGER_FOR_A_REASON)
    assert {name for name, length in lengths.items() if length > TEST_LIMIT} == set()


def test_texts_for_people_stand_in_catalogues() -> None:
    """Japanese in code is a table or a comment, never a sentence of a screen."""
    found: dict[str, list[str]] = {}
    for path, tree in modules(*PRODUCT).items():
        documentation = docstrings_of(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if id(node) not in documentation and JAPANESE.search(node.value.replace(PRODUCT_NAME, "")):
                found.setdefault(shown(path), []).append(node.value[:40])
    assert {name: values for name, values in found.items() if name not in JAPANESE_FOR_A_REASON} == {}
    assert set(JAPANESE_FOR_A_REASON) <= set(found)


def catalogues() -> list[tuple[str, Language]]:
    """Every area and language that has a file."""
    return [(path.parent.name, Language(path.stem)) for path in sorted((ASSETS / "texts").glob("*/*.toml"))]


def own(area: str, language: Language) -> dict[str, str]:
    """The texts that a language has words of its own for, what need not be shared aside."""
    catalogue = Catalogue(area, language)
    return {key: catalogue.text(key) for key in own_keys(catalogue) if not key.startswith(OF_ONE_LANGUAGE)}


@pytest.mark.parametrize(("area", "language"), catalogues(), ids=str)
def test_every_language_says_the_same_things(area: str, language: Language) -> None:
    """No visitor falls back to Japanese in the middle of a screen, or reads a sentence with a hole in it."""
    source, texts_of_language = own(area, Language.JAPANESE), own(area, language)
    assert set(texts_of_language) == set(source)
    assert {key for key, text in texts_of_language.items() if places(text) != places(source[key])} == set()


def test_no_file_holds_twelve_digits_in_a_row() -> None:
    """Nothing that could be somebody's My Number is ever kept, not even here."""
    found: dict[str, set[str]] = {}
    for name, content in texts():
        folded = "".join(char if char.isascii() else str(unicodedata.decimal(char, char)) for char in content)
        for digits in set(TWELVE.findall(folded)) - set(VECTORS):
            found.setdefault(name, set()).add(digits)
    assert found == {}


def test_no_file_names_a_registry_or_a_developers_machine() -> None:
    """The project is the same on every machine, and asks nobody by name."""
    here = shown(Path(__file__).resolve())
    assert [name for name, content in texts() if name != here and FOREIGN.search(content)] == []


def test_opencv_opens_no_windows() -> None:
    """The builds of OpenCV with and without windows stay interchangeable (adr/0014)."""
    for path, tree in modules(*PRODUCT).items():
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not names & {"imshow", "namedWindow", "waitKey", "destroyAllWindows"}, shown(path)


def test_a_helper_of_three_tests_lives_in_one_place() -> None:
    """What three files of tests say in the same words stands in one of them or in what they share, and changes once."""
    named: dict[str, list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]] = {}
    for path, tree in modules("tests").items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                named.setdefault(node.name, []).append((shown(path), node))
    places: dict[tuple[str, str], list[str]] = {}
    for name, found in named.items():
        for file, node in found if len(found) >= 3 else ():
            said = node.body[1:] if ast.get_docstring(node) is not None else node.body
            same = ast.dump(ast.Module(said, [])) + ast.dump(node.args)
            places.setdefault((name, same), []).append(file)
    assert {name: found for (name, _), found in places.items() if len(found) >= 3} == {}
