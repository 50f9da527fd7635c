"""The server judges by the ward's own policy file and folder of rules."""

from datetime import date
from pathlib import Path

from backend.documents.judging.checklist import judge
from backend.documents.model.visit import Visit
from tests.shipped_rules import DAY
from tests.support import HandClock, make_house


def test_the_server_judges_as_the_ward_settled(tmp_path: Path, clock: HandClock) -> None:
    """What stands in the ward's files is what its clerks see; before its first rule file the shipped rules judge."""
    policy, rules = tmp_path / "ours.yaml", tmp_path / "rules"
    policy.write_text("format: 1\npolicies:\n  self_requires_two_docs: {ward: true}\n", encoding="utf-8")
    rules.mkdir()
    (rules / "2027-04-01.yaml").write_text(
        'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\nremove: {documents: [B31]}\n',
        encoding="utf-8",
    )
    house = make_house(
        f"sqlite:///{tmp_path}/uketsuke.db", tmp_path, clock, rules_dir=rules, document_policy_file=policy
    )
    book = house.graph.rules
    one, two = (
        Visit.of("R1", DAY, applicant=shown, papers=["notice"]) for shown in (["A03"], ["A03", "B31"])
    )
    assert not judge(book.on(DAY), one).complete
    assert judge(book.on(DAY), two).complete
    assert "B31" not in book.on(date(2027, 4, 1)).document_table
    house.database.dispose()
