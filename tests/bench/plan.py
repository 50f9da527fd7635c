"""How much is measured: the full run, and a short one that only shows that everything can be measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Numbers of samples of each part.

    Attributes:
        commits: bare commits, and bare requests.
        alone: tickets issued and called by one client.
        tickets: tickets of the load of 4 kiosks and 4 clerks, on each database.
        calls: calls that the stream readers wait for.
        readers: stream readers, besides one.
        frames: pictures of each kind that every decoder reads.
        papers: tickets drawn on each width.
        answers: answers of the checklist, of each kind.
        visits: notices held before the kiosk's camera.
        day: tickets of the small and of the large day.
        grown: tickets issued and called on each of them.
        idle_seconds: how long the idle server is watched.
        restarts: how often the server is started.
    """

    commits: int = 2000
    alone: int = 300
    tickets: int = 1000
    calls: int = 100
    readers: int = 100
    frames: int = 60
    papers: int = 40
    answers: int = 3000
    visits: int = 40
    day: tuple[int, int] = (100, 100_000)
    grown: int = 150
    idle_seconds: int = 10
    restarts: int = 5


FULL = Plan()
QUICK = Plan(
    commits=200,
    alone=20,
    tickets=60,
    calls=8,
    readers=20,
    frames=4,
    papers=3,
    answers=90,
    visits=5,
    day=(100, 2000),
    grown=15,
    idle_seconds=2,
    restarts=1,
)
