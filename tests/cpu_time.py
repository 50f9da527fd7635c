"""CPU time of a test process, and of what works for it: children it waits for, and programs that another process forked."""

import resource

_elsewhere = [0.0]


def cpu_seconds(*, children: bool = True) -> float:
    """User and system time of this process, of every one that it started and waited for, and of what was reported."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) if children else (resource.RUSAGE_SELF,)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose)) + _elsewhere[0]


def report(seconds: float) -> None:
    """Count what a process took that worked for this one without being its child."""
    _elsewhere[0] += seconds
