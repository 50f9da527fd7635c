"""What the ward may set about the reception: what holds where nothing is set, and when to be back."""

from datetime import timedelta

import pytest

from backend.bootstrap import policy_of
from backend.reception.deciding.queue_policy import Policies, QueuePolicy
from backend.settings import Settings
from tests.support import MORNING

POLICY = QueuePolicy(
    early=timedelta(minutes=10), back_before=timedelta(minutes=15), away_from=timedelta(minutes=20)
)


def test_a_ward_that_sets_nothing_has_the_policy_of_the_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the defaults: the queue uses the values that the docs list."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"UKETSUKE_{name.upper()}", raising=False)
    assert policy_of(Settings()) == QueuePolicy()


def test_an_office_without_rules_of_its_own_has_the_wards() -> None:
    """Protects an office's own minutes from the ward's, and every other office from having none."""
    policies = Policies(own={"05": POLICY})
    assert (policies.of("05"), policies.of("00")) == (POLICY, QueuePolicy())


def test_a_reserved_time_has_come_so_long_before_it() -> None:
    """Protects the moment from which an early visitor counts as on time."""
    assert POLICY.due(MORNING) == MORNING + timedelta(minutes=10)


@pytest.mark.parametrize(("reserved_in", "back_in"), [(34, None), (35, 20), (90, 75), (-10, None)])
def test_who_is_far_too_early_is_told_when_to_be_back(reserved_in: int, back_in: int | None) -> None:
    """Protects an hour outside from being an hour in the hall, and nobody is sent away for less than it takes."""
    at = POLICY.be_back_at(MORNING + timedelta(minutes=reserved_in), MORNING)
    assert at == (None if back_in is None else MORNING + timedelta(minutes=back_in))


@pytest.mark.parametrize(("seconds", "told"), [(59, False), (60, True)])
def test_a_moment_that_has_all_but_come_is_not_told(seconds: int, told: bool) -> None:
    """Protects from "be back at 9:30" being printed at 9:29:30, in a ward without a minimum time."""
    policy = QueuePolicy(early=timedelta(0), back_before=timedelta(0), away_from=timedelta(0))
    assert (policy.be_back_at(MORNING + timedelta(seconds=seconds), MORNING) is not None) is told


def test_an_office_has_the_rules_of_the_ward_or_its_own() -> None:
    """What one office sets holds there and nowhere else."""
    own = QueuePolicy(absent_after_calls=3)
    policies = Policies(POLICY, {"03": own})
    assert policies.of("03") is own
    assert policies.of("00") is POLICY
