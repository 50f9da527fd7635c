"""Draws faults of a module by a seed and tries them."""

import itertools
import random
import time

from tests.faults.operators import Fault, faults_of, is_valid
from tests.faults.report import Report, Survivor
from tests.faults.trial import Outcome, Room, Trial, UnfitTestsError

Key = tuple[str, str]
"""A fault by its text: the old lines and the new ones, without their indentation."""


def key_of(fault: Fault, source: bytes) -> Key:
    """The key of a fault, which does not depend on its line."""
    lines = fault.diff(source).splitlines()
    old = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    new = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return old, new


def drawn(source: bytes, module: str, count: int, seed: int) -> list[Fault]:
    """The faults to try: the same for the same source, seed and count."""
    faults = list(faults_of(source))
    random.Random(f"{seed}:{module}").shuffle(faults)  # noqa: S311 - draws samples, keeps no secret
    valid = (fault for fault in faults if is_valid(fault.apply(source)))
    return sorted(itertools.islice(valid, count))


def try_module(work: tuple[Room, int, int, frozenset[Key]]) -> Report:
    """Try a sample of one module's faults; those that are equal are not tried."""
    room, count, seed, equal = work
    begun = time.monotonic()
    source = room.path.read_bytes()
    sample = drawn(source, room.module, count, seed)
    path = str(room.path.relative_to(room.root))
    telling = [fault for fault in sample if key_of(fault, source) not in equal]
    try:
        outcomes = Trial(room).outcomes(telling)
    except UnfitTestsError:
        return Report(room.module, path, unfit=True)
    survivors = [
        fault for fault, outcome in zip(telling, outcomes, strict=True) if outcome is Outcome.SURVIVED
    ]
    return Report(
        room.module,
        path,
        sampled=len(sample),
        equal=len(sample) - len(telling),
        noticed=len(telling) - len(survivors),
        survivors=tuple(Survivor(one.line(source), one.kind, one.diff(source)) for one in survivors),
        seconds=time.monotonic() - begun,
    )
