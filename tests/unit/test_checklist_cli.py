"""``uketsuke checklist`` as an outsider calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from backend.cli.checklist import command
from backend.common.console import CommandFailedError
from tests.command_support import result_of

KEYS = ["rule_set", "accepted", "complete", "missing", "combinations", "to_return", "notes"]


def run(line: str) -> Result:
    """Run the command on a line of words."""
    return result_of(command, *line.split())


def answer(line: str) -> dict[str, Any]:
    """The JSON that a line prints."""
    result = run(line)
    assert result.exception is None, result.exception
    shape: dict[str, Any] = json.loads(result.stdout_bytes.decode("utf-8"))
    return shape


def refusal(line: str) -> str:
    """The sentence with which a line is refused."""
    result = run(line)
    assert isinstance(result.exception, CommandFailedError)
    return result.exception.format_message()


def test_answer_has_exactly_the_promised_keys() -> None:
    """The JSON has the documented keys, which other programs rely on, even if a visit is refused."""
    line = "--recipient R1 --on 2026-11-24 --born 1990-01-31 --applicant A03,B21 --papers notice"
    assert list(answer(line)) == KEYS
    assert list(answer("--recipient X1 --on 2026-11-24")) == KEYS


@pytest.mark.parametrize(
    "codes", ["A03,B21", "A03 B21", " A03 ,  B21,", "A03、B21", "A03\u3000B21", "A03\tB21"]
)
def test_commas_and_spaces_separate_codes(codes: str) -> None:
    """Codes may be separated by commas, spaces or similar characters."""
    line = ["--recipient", "R1", "--on", "2026-11-24", "--applicant", codes, "--papers", "notice  ininjo"]
    result = result_of(command, *line)
    assert result.exception is None
    apart = answer("--recipient R1 --on 2026-11-24 --applicant A03 --applicant B21 --papers notice,ininjo")
    assert json.loads(result.stdout_bytes.decode("utf-8")) == apart


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--applicant", "An applicant document code is refused"),
        ("--visitor", "A visitor document code is refused"),
        ("--papers", "A paper code is refused"),
        ("--fact", "A fact code is refused"),
    ],
)
def test_a_code_that_is_not_repeated_has_its_article(option: str, words: str) -> None:
    """Error messages have the right English article for every kind of code."""
    assert refusal(f"--recipient R1 --on 2026-11-24 {option} 1234").startswith(words)


def test_complete_visit() -> None:
    """The applicant with a licence and the notice has everything."""
    shape = answer("--recipient R1 --on 2026-11-24 --born 1990-01-31 --applicant A03 --papers notice")
    assert shape == {
        "rule_set": "2024-12-02",
        "accepted": True,
        "complete": True,
        "missing": [],
        "combinations": {"applicant": {"satisfied": ["A1"], "would_do": ["A1", "B2"]}},
        "to_return": ["tsuchi_card", "juki_card", "old_mynumber_card"],
        "notes": [],
    }


def test_missing_things_are_codes_with_a_sentence() -> None:
    """Machines read ``what`` and ``need``, people read ``text``."""
    shape = answer("--recipient R1-NL --on 2026-11-24 --born 1990 --applicant A03 --language en")
    assert shape["complete"] is False
    assert shape["missing"] == [
        {
            "what": "applicant_id",
            "need": ["A2", "A1B1", "TNB2"],
            "add": [{"any": 1}],
            "text": "The applicant’s documents are not enough: 1 from list A or B",
        }
    ]
    assert {"code": "birth_date_incomplete"}.items() <= shape["notes"][0].items()


def test_proxy_with_every_list() -> None:
    """Lists may be given with commas, spaces or several times, and facts one by one."""
    shape = answer(
        "--recipient P5 --on 2026-11-24 --applicant A03,B21 --applicant B21 --visitor A03,,B20 "
        "--papers notice,ininjo,old_card --papers shindansho --fact renewal --fact face_auth_card"
    )
    assert shape["complete"] is True
    assert {"collect_old_card", "face_auth_no_pin"} <= {note["code"] for note in shape["notes"]}


def test_waived_register_certificate() -> None:
    """The fact on the line takes the place of the 戸籍."""
    line = "--recipient R2 --on 2026-11-24 --born 2016-05-01 --applicant A05 --visitor A03 --papers notice"
    assert answer(line)["missing"][0]["need"] == ["koseki"]
    assert answer(f"{line} --fact same_household_parent_child")["complete"] is True


def test_refused_age() -> None:
    """On the day before the fifteenth birthday the applicant cannot come alone."""
    line = "--recipient R1 --on 2026-11-24 --applicant A03 --papers notice --born"
    refused = answer(f"{line} 2011-11-25")
    assert (refused["accepted"], refused["complete"], refused["to_return"]) == (False, False, [])
    assert refused["notes"][0]["code"] == "legal_representative_needed"
    assert answer(f"{line} 2011-11-24")["complete"] is True


def test_today_in_tokyo_is_the_default_day() -> None:
    """Without a date the rules of today judge."""
    assert answer("--recipient R1 --applicant A03 --papers notice")["complete"] is True


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("--recipient R9 --on 2026-11-24", "'R9' is unknown; allowed are R1, R1-NL"),
        ("--recipient R1 --on 2026-11-24 --applicant A03,Z99", "'Z99' is unknown; allowed are A01"),
        ("--recipient R1 --on 2026-11-24 --visitor Q1", "'Q1'"),
        ("--recipient R1 --on 2026-11-24 --papers letter", "'letter'"),
        ("--recipient R1 --on 2026-11-24 --fact rich", "'rich'"),
        ("--recipient R1 --on 2015-12-31", "No rule set is in force on 2015-12-31"),
        ("--recipient R1 --on 2026-11-24 --born 2027-01-01", "after the visit"),
        ("--recipient R1 --on 2199-12-31 --born 2200-01-01", "after the visit"),
    ],
)
def test_wrong_code_or_day_is_one_sentence(line: str, part: str) -> None:
    """The person at the console is told what would be right."""
    result = run(line)
    assert isinstance(result.exception, CommandFailedError)
    message = result.exception.format_message()
    assert part in message
    assert "\n" not in message
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("line", "accepted", "note"),
    [
        ("--recipient P4 --on 2020-04-01", False, "type_not_yet"),
        ("--recipient P1 --on 2016-04-01 --born 2014-05-01", False, "type_not_yet"),
        ("--recipient R1 --on 2026-11-24 --born 2011", False, "age_unclear"),
        ("--recipient R1 --on 2026-11-24 --born 2011-11-00", False, "age_unclear"),
        ("--recipient R1 --on 2026-11-24 --born 2011-00-00", False, "age_unclear"),
        ("--recipient P4 --on 2026-11-24 --born 1951-00-00", False, "age_unclear"),
        (
            "--recipient R1 --on 2026-11-24 --born 1990 --fact renewal --fact reissue",
            True,
            "contradiction",
        ),
        ("--recipient R1 --on 2026-11-24 --born 1990-01-31 --fact adult_ward", False, "guardian_needed"),
        ("--recipient R1 --on 2026-11-24 --born 1990-01-31 --fact moved_out", False, "moved_out"),
        ("--recipient R1 --on 2026-11-24 --card-expires 2026-11-23", False, "card_expired"),
        ("--recipient X1 --on 2026-11-24", False, "never_accepted"),
    ],
)
def test_nothing_doubtful_is_silently_complete(line: str, accepted: bool, note: str) -> None:
    """Even with every paper shown, a visit with something unclear is not complete, and the answer says why."""
    everything = "--applicant A03,A05,B21,B22 --visitor A03,A05 --papers notice,ininjo,koseki"
    shape = answer(f"{line} {everything}")
    assert (shape["accepted"], shape["complete"]) == (accepted, False)
    assert note in {one["code"] for one in shape["notes"]} | {one["what"] for one in shape["missing"]}


@pytest.mark.parametrize("born", ["1990", "1990-01", "1990-01-00", "1990-00-00"])
def test_unknown_day_of_birth_is_told_even_where_it_does_not_matter(born: str) -> None:
    """Somebody born in 1990 is old enough on every day of it; the note says that a part is unknown."""
    shape = answer(f"--recipient R1 --on 2026-11-24 --born {born} --applicant A03 --papers notice")
    assert shape["complete"] is True
    assert [note["code"] for note in shape["notes"]] == ["birth_date_incomplete"]


def test_every_type_has_an_answer_on_every_day() -> None:
    """Whatever type is asked for on whatever day since 2016, the shape is the promised one and the set is named."""
    types = [
        "R1",
        "R1NL",
        "R1-NL",
        "R2",
        "R3",
        "R4",
        "P1",
        "P1i",
        "P2",
        "P3",
        "P4",
        "P5",
        "P6",
        "P7",
        "P8",
        "P9",
        "P10",
        "P11",
        "P12",
        "P13",
        "X1",
    ]
    for day, name in (("2016-01-01", "2016-01"), ("2022-01-01", "2021-01"), ("2023-05-08", "2023-04")):
        for code in types:
            shape = answer(f"--recipient {code} --on {day} --applicant A03,B20x,BP --papers notice")
            assert list(shape) == KEYS
            assert shape["rule_set"] == name


def test_explain_adds_rules_sources_and_next_steps() -> None:
    """--explain adds keys and changes none: each line names its rule and how it is known."""
    line = "--recipient R1-NL --on 2026-11-24 --born 1990-01-31 --applicant A03"
    plain, explained = answer(line), answer(f"{line} --explain")
    assert {key: explained[key] for key in KEYS} == plain
    assert explained["in_short"] == "あと1点：B欄の書類、またはA欄の書類"
    assert [step["code"] for step in explained["next_steps"]] == ["resend_notice", "fetch_today"]
    assert explained["rule_files"][0] == "2024-12-02.yaml"
    rules = {entry["rule"]: entry for entry in explained["explanation"]}
    assert rules["documents.A03"]["evidence"] == "V"
    assert "KUMA" in rules["documents.A03"]["sources"]
    assert {"recipients.R1-NL", "combinations.A2", "policies.lost_notice_self_TN_B2"} <= set(rules)
    assert "区の取扱いを確認" in rules["policies.lost_notice_self_TN_B2"]["text"]


def test_wards_policy_judges(tmp_path: Path) -> None:
    """The file of --policy or of the server's settings names only what differs; a wrong one is one sentence with its line."""
    line = "--recipient R1 --on 2026-11-24 --born 1990-01-31 --applicant A03 --papers notice --policy"
    ward = tmp_path / "ward.yaml"
    ward.write_text("format: 1\npolicies:\n  self_requires_two_docs: {ward: true}\n", encoding="utf-8")
    assert answer(f"{line} {ward}")["complete"] is False
    settings = tmp_path / "uketsuke.toml"
    settings.write_text(f'document_policy_file = "{ward}"\n', encoding="utf-8")
    of_settings = line.removesuffix("--policy")
    assert answer(f"{of_settings} --config {settings}")["complete"] is False
    assert answer(of_settings)["complete"] is True
    ward.write_text("format: 1\npolicies:\n  self_requires_two: {ward: true}\n", encoding="utf-8")
    for wrong in (f"{line} {ward}", f"{of_settings} --config {settings}"):
        assert "ward.yaml:3: policies.self_requires_two" in refusal(wrong)
    settings.write_text("rules = 1\n", encoding="utf-8")
    assert "rules" in refusal(f"{of_settings} --config {settings}")
    assert "does not exist" in refusal(f"{of_settings} --config {tmp_path}/none.toml")


@pytest.mark.parametrize(
    "line",
    [
        "--recipient R1 --card-expires soon",
        "--recipient R1 --policy /nowhere",
        "--recipient R1 --on 2026-13-01",
        "--recipient R1 --on 20261124",
        "--recipient R1 --on today",
        "--recipient R1 --on 9999-12-31",
        "--recipient R1 --on 0001-01-01",
        "--recipient R1 --on 1899-12-31",
        "--recipient R1 --on 2026_11_24",
        "--recipient R1 --on +026-11-24",
        "--recipient R1 --born 1990-02-30",
        "--recipient R1 --born 90",
        "--on 2026-11-24",
        "--recipient R1 --rules /nowhere",
        "--recipient R1 --language fr",
        "--recipient R1 --aplicant A03",
    ],
)
def test_wrong_use_is_a_usage_error(line: str) -> None:
    """A malformed line is refused before anything is judged."""
    result = run(line)
    assert isinstance(result.exception, click.UsageError)
    assert result.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ["--recipient", "123456789018"],
        ["--recipient", "R1", "--applicant", "A03,123456789018"],
        ["--recipient", "R1", "--applicant", "1234,5678,9018"],
        ["--recipient", "R1", "--visitor", "１２３４５６７８９０１８"],
        ["--recipient", "R1", "--papers", "1234 5678 9018"],
        ["--recipient", "R1", "--fact", "x123456789018x"],
        ["--recipient", "R1", "--born", "123456789018"],
        ["--recipient", "R1", "--on", "1234-5678-9018"],
        ["--recipient", "R1", "1234", "5678", "9018"],
        ["--123456789018"],
    ],
)
def test_my_number_is_refused_and_never_repeated(words: list[str]) -> None:
    """A 12-digit number on the line, in any form, comes out nowhere."""
    result = result_of(command, *words)
    assert isinstance(result.exception, CommandFailedError)
    shown = result.output + str(result.exception) + result.exception.format_message()
    assert not any(part in shown for part in ("5678", "9018", "５６７８"))


def test_program_speaks_utf8_and_exits_by_outcome() -> None:
    """The installed program answers in UTF-8 whatever the locale, 0 for an answer and not 0 for an error."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    program = [sys.executable, "-m", "backend", "checklist", "--recipient"]
    good = subprocess.run(
        [*program, "R1", "--on", "2026-11-24"], env=environment, capture_output=True, check=False
    )
    assert good.returncode == 0
    assert "交付通知書" in good.stdout.decode("utf-8")
    assert good.stderr == b""
    bad = subprocess.run([*program, "R9"], env=environment, capture_output=True, check=False)
    assert bad.returncode == 1
    assert bad.stdout == b""
    assert bad.stderr.decode("utf-8").count("\n") == 1


def test_help_explains_every_option_with_an_example() -> None:
    """--help suffices."""
    result = run("--help")
    for option in command.params:
        assert isinstance(option, click.Option)
        assert option.help
        assert option.opts[0] in result.output
    assert "uketsuke checklist --recipient P5" in " ".join(result.output.split())


def test_ward_rules_judge_instead_of_the_shipped_ones() -> None:
    """--rules takes a ward's own folder; one without rules is an error."""
    result = run("--recipient R1 --rules docs")
    assert isinstance(result.exception, CommandFailedError)
    assert "no rule file" in result.exception.format_message()
