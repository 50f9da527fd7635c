"""How long to wait after wrong passwords: the rule alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from backend.protection.waits import NO_WAIT, TryScope, Waits, WrongTries

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FAILURES = st.integers(0, 10**6)
SETTINGS = st.builds(
    Waits.of, st.integers(1, 100), st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes))
)
KINDS = st.sampled_from(TryScope)


@given(SETTINGS, KINDS, FAILURES, FAILURES)
def test_a_wait_never_gets_shorter_with_more_failures_and_never_longer_than_its_limit(
    waits: Waits, kind: TryScope, some: int, more: int
) -> None:
    """Every wrong password makes the wait longer or equal, up to a limit."""
    rule = waits.rules[kind]
    fewer, further = rule.wait_after(min(some, more)), rule.wait_after(max(some, more))
    assert NO_WAIT <= fewer <= further <= rule.longest


@given(SETTINGS, KINDS)
def test_the_first_mistakes_cost_nothing_and_the_wait_then_begins_small(waits: Waits, kind: TryScope) -> None:
    """Whoever mistypes a few times does not notice the rule."""
    rule = waits.rules[kind]
    assert rule.wait_after(rule.free - 1) == NO_WAIT
    assert NO_WAIT < rule.wait_after(rule.free) <= timedelta(seconds=10)


@given(SETTINGS)
def test_what_others_can_do_to_somebody_is_small(waits: Waits) -> None:
    """An office behind one address waits seconds; a name that is attacked from everywhere a minute at most."""
    assert waits.rules[TryScope.ADDRESS].longest <= timedelta(seconds=5)
    assert waits.rules[TryScope.NAME].longest <= timedelta(minutes=1)
    assert waits.rules[TryScope.BROWSER].longest <= timedelta(minutes=1)
    assert waits.rules[TryScope.ADDRESS].free > waits.rules[TryScope.PLACE].free
    assert waits.rules[TryScope.NAME].free > waits.rules[TryScope.PLACE].free


def test_the_waits_of_the_shipped_settings_are_those_of_the_papers() -> None:
    """Five mistakes are free, then 10 s, 20 s, 40 s and so on up to a quarter of an hour."""
    rule = Waits.of(5, timedelta(minutes=15)).rules[TryScope.PLACE]
    seconds = [rule.wait_after(failures).total_seconds() for failures in range(1, 14)]
    assert seconds == [0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@given(SETTINGS, KINDS, FAILURES)
def test_a_right_password_takes_back_its_own_try_and_no_other(
    waits: Waits, kind: TryScope, failures: int
) -> None:
    """Somebody with an account of their own cannot wipe out the wrong passwords that they try for others."""
    before = WrongTries(failures, NOW, NOW)
    counted = waits.after_try(kind, before, NOW)
    back = waits.taken_back(counted, NOW)
    assert back.failures == failures
    assert back.free_at <= NOW
    again = waits.after_try(kind, back, NOW)
    assert again.free_at == counted.free_at


@given(SETTINGS, st.integers(0, 10**6))
def test_a_count_is_forgotten_after_quiet_and_not_before(waits: Waits, seconds: int) -> None:
    """Mistakes of yesterday do not slow anybody today; and waiting out the longest wait does not wipe the count."""
    count = WrongTries(7, NOW, NOW)
    later = NOW + timedelta(seconds=seconds)
    assert waits.current(count, later).failures == (0 if timedelta(seconds=seconds) >= waits.memory else 7)
    assert all(waits.memory > rule.longest for rule in waits.rules.values())


@pytest.mark.parametrize(("failures", "tries"), [(5, 160), (1, 130)])
def test_guesses_in_a_day_are_few(failures: int, tries: int) -> None:
    """Whoever tries all day long at the earliest moment gets through some hundred passwords, not millions."""
    rule = Waits.of(failures, timedelta(minutes=15)).rules[TryScope.PLACE]
    passed, count = timedelta(0), 0
    while passed < timedelta(days=1):
        count += 1
        passed += rule.wait_after(count)
    assert count < tries
