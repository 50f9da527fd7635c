"""The arithmetic of the measurements: percentiles, ratios, mistakes of the queue, arrival of events."""

import json
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from rich.console import Console

from tests.bench import eleven_offices
from tests.bench.measurement import BenchError, Figure, Measurement, percentile
from tests.bench.report import by_area, print_table, write_json
from tests.bench.stream_readers import calls_in
from tests.bench.tally import Stored, count

COMMIT = Measurement.of("references", "bare commit", [2.0, 2.0, 4.0])


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0)])
def test_percentiles_are_samples_of_that_rank(share: float, expected: float) -> None:
    """Of 1 to 100 in any order, the 95th percentile is 95."""
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_a_sample_and_covers_its_share(samples: list[float], share: float) -> None:
    """Percentiles are not interpolated: at least that share of the samples is not above the result."""
    found = percentile(samples, share)
    assert found in samples
    assert sum(1 for sample in samples if sample <= found) >= share * len(samples) * 0.999999


def test_nothing_measured_is_an_error_and_no_zero() -> None:
    """A part that produced no sample cannot look fast."""
    with pytest.raises(BenchError, match="nothing was measured"):
        Measurement.of("area", "name", [])


def test_a_measurement_is_told_as_a_multiple_of_another() -> None:
    """Ratios are of the medians, under the other's name; units must be alike."""
    told = Measurement.of("area", "name", [5.0, 6.0, 7.0], against=(COMMIT,))
    assert dict(told.ratios) == {"bare commit": 3.0}
    with pytest.raises(BenchError, match="multiple"):
        Measurement.of("area", "name", [5.0], unit="%", against=(COMMIT,))


@pytest.mark.parametrize(("limit", "share"), [(10.0, 0.7), (3.5, 2.0)])
def test_a_figure_is_compared_with_its_own_percentile(limit: float, share: float) -> None:
    """A figure about p95 is judged by p95, and 1 is the border."""
    told = Measurement.of("area", "name", [1.0, 2.0, 7.0], figure=Figure("p95", limit, "words"))
    assert told.share_of_figure == share


STORED = Stored({"t1": "M-001", "t2": "M-002"}, ("t1", "t2"))
ISSUED = [("t1", "M-001"), ("t2", "M-002")]


def test_a_clean_run_has_no_mistakes() -> None:
    """Everybody received once, called once, stored: all four counts are 0."""
    assert set(count(ISSUED, ["t2", "t1"], STORED).facts().values()) == {0}


@pytest.mark.parametrize(
    ("issued", "called", "stored", "mistake"),
    [
        ([("t1", "M-001"), ("t2", "M-001")], ["t1", "t2"], Stored({"t1": "M-001", "t2": "M-001"}, ("t1", "t2")), "duplicates"),
        (ISSUED, ["t1", "t2", "t1"], STORED, "double calls"),
        (ISSUED, ["t1", "t2"], Stored(STORED.numbers, ("t1", "t2", "t2")), "double calls"),
        (ISSUED, ["t1"], STORED, "lost"),
        (ISSUED, ["t1", "t2"], Stored({"t1": "M-001"}, ("t1", "t2")), "lost"),
        (ISSUED, ["t1", "t2"], Stored({**STORED.numbers, "t3": "M-003"}, ("t1", "t2")), "ghosts"),
        (ISSUED, ["t1", "t2", "t3"], STORED, "ghosts"),
    ],
)  # fmt: skip
def test_every_kind_of_mistake_is_counted(
    issued: list[tuple[str, str]], called: list[str], stored: Stored, mistake: str
) -> None:
    """A shared number, a second call, a lost and an invented ticket each show under their own name, once."""
    facts = count(issued, called, stored).facts()
    assert {name for name, number in facts.items() if number} == {mistake}
    assert facts[mistake] == 1


def test_tickets_of_before_do_not_count() -> None:
    """Tickets that earlier measurements left in the database are not counted as mistakes."""
    before = Stored({"t0": "M-000"}, ("t0",))
    after = Stored({**before.numbers, **STORED.numbers}, ("t0", *STORED.calls))
    assert after.since(before) == STORED


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"00": {"t1": "W-001"}, "01": {"t2": "W-001"}}, {}),
        ({"00": {"t1": "W-001", "t2": "W-001"}, "01": {}}, {"lost": 1, "ghosts": 1}),
        ({"00": {"t1": "W-001"}, "01": {}}, {"lost": 1}),
        ({"00": {"t1": "W-001"}, "01": {"t2": "W-002"}}, {"lost": 1}),
    ],
)
def test_every_office_is_counted_by_itself(
    stored: dict[str, dict[str, str]], expected: dict[str, int]
) -> None:
    """Two offices may give the same number; a ticket that landed at the other office is lost here and a ghost there."""
    given = {"00": [("t1", "W-001")], "01": [("t2", "W-001")]}
    calls = {"00": ["t1"], "01": ["t2"]}
    known = {office: Stored(numbers, tuple(numbers)) for office, numbers in stored.items()}
    found = eleven_offices.mistakes(given, calls, known)
    assert {name: number for name, number in found.items() if number} == expected


def test_a_number_that_one_office_gave_twice_is_a_duplicate() -> None:
    """A number that one office gave twice is counted, even if another office gave the same number, too."""
    given = {"00": [("t1", "W-001"), ("t2", "W-001")], "01": [("t3", "W-002")]}
    calls = {"00": ["t1", "t2"], "01": ["t3"]}
    known = {office: Stored(dict(tickets), tuple(calls[office])) for office, tickets in given.items()}
    assert eleven_offices.mistakes(given, calls, known) == {
        "duplicates": 1, "double calls": 0, "lost": 0, "ghosts": 0,
    }  # fmt: skip


def event(kind: str, ticket: str) -> bytes:
    """One event as the server writes it."""
    data = json.dumps({"seq": 1, "kind": kind, "ticket_id": ticket})
    return f"event: event\nid: 1\ndata: {data}\n\n".encode()


def test_a_call_has_arrived_with_its_last_byte() -> None:
    """An event in two pieces counts from the second; other kinds, beats and snapshots are no calls."""
    whole = event("ticket_called", "t1")
    chunks = [
        (1, b"HTTP/1.1 200 OK\r\n\r\n" + b'event: snapshot\nid: 0\ndata: {"seq": 0, "calls": []}\n\n'),
        (2, event("ticket_issued", "t1") + whole[:30]),
        (3, whole[30:] + b": beat\n\n" + event("ticket_called", "t2")),
    ]
    assert calls_in(chunks) == [("t1", 3), ("t2", 3)]


def test_the_table_and_the_file_tell_the_same(tmp_path: Path) -> None:
    """Table and JSON file contain every measurement, grouped by area, with ratios, figures and facts."""
    slow = Measurement.of(
        "queue", "issue", [5.0, 6.0, 7.0], against=(COMMIT,), facts={"lost": 0}, figure=Figure("p50", 3.0, "8 ms")
    )  # fmt: skip
    paper = Measurement.of("paper", "ticket", [1.0])
    late = Measurement.of("queue", "call", [1.0])
    assert [one.name for one in by_area([COMMIT, slow, paper, late])] == [
        "bare commit", "issue", "call", "ticket",
    ]  # fmt: skip
    printed = StringIO()
    print_table([COMMIT, slow, paper, late], Console(file=printed))
    file = tmp_path / "deep" / "bench.json"
    write_json([COMMIT, slow, paper, late], file, quick=True, seconds=1.0)
    told = json.loads(file.read_text("utf-8"))
    assert told["quick"] is True
    issue = next(one for one in told["measurements"] if one["name"] == "issue")
    assert (issue["n"], issue["p50"], issue["ratios"], issue["facts"]) == (
        3,
        6.0,
        {"bare commit": 3.0},
        {"lost": 0},
    )
    assert issue["figure"] == {
        "statistic": "p50", "limit": 3.0, "at_least": False, "words": "8 ms", "share": 2.0, "reached": False,
    }  # fmt: skip
    for words in ("issue", "3.00 × bare commit", "missed", "lost: 0", "ticket", "call"):
        assert words in printed.getvalue()
