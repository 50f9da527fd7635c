"""How much is measured: the full run, and a short one that only shows that everything can be measured."""

from dataclasses import dataclass

from tests.notice_pictures.faults import LEVELS

WARM_UP = 5
"""How many acts of a single client do not count, before the measured ones."""


@dataclass(frozen=True)
class Plan:
    """Numbers of samples of each part.

    Attributes:
        commits: bare commits, and bare requests.
        alone: tickets issued and called by one client.
        tickets: tickets of the load of 4 kiosks and 4 clerks, on each database.
        calls: calls that the stream readers wait for.
        readers: stream readers, in the round with many.
        frames: pictures of each kind that every decoder reads.
        hard: hard pictures of each fault, level and kind of notice.
        levels: the levels at which faults are drawn.
        videos: videos, one fault and level after another; 57 are all of them.
        papers: tickets drawn on each width.
        answers: answers of the checklist, of each kind.
        visits: notices held up to the kiosk's camera.
        desks: clerks at the office with eleven kiosks.
        day: tickets of the small and of the large day.
        grown: tickets issued and called on each of them.
        idle_seconds: how long the idle server is watched.
        restarts: how often the server is started.
        preview_seconds: how long the preview on the kiosk's screen is watched, each time.
        log_in_seconds: how long strangers sign in.
        rounds: rounds in which today's server, an earlier one and others alternate.
        block: acts of one client in its block of a round.
        burst: tickets of four kiosks together, in a round; one and a half times as many with four clerks.
        paced: acts of each kiosk at a fixed rate, in a round.
        stories: visits whose statements are counted.
        imported: rows of the file that is imported beside a kiosk.
        imports: how often it is imported by today's program and by an earlier one, in turns.
        trail: entries of the long trail.
    """

    commits: int = 2000
    alone: int = 300
    tickets: int = 1000
    calls: int = 100
    readers: int = 100
    frames: int = 60
    hard: int = 4
    levels: tuple[int, ...] = LEVELS
    videos: int = 57
    papers: int = 40
    answers: int = 3000
    visits: int = 40
    desks: int = 4
    day: tuple[int, int] = (100, 100_000)
    grown: int = 150
    idle_seconds: int = 10
    restarts: int = 5
    preview_seconds: float = 10.0
    log_in_seconds: float = 10.0
    rounds: int = 5
    block: int = 40
    burst: int = 120
    paced: int = 15
    stories: int = 8
    imported: int = 50_000
    imports: int = 2
    trail: int = 300_000


FULL = Plan()
QUICK = Plan(
    commits=200,
    alone=10,
    tickets=40,
    calls=4,
    readers=10,
    frames=2,
    hard=1,
    levels=(2,),
    videos=1,
    papers=3,
    answers=90,
    visits=1,
    desks=1,
    day=(100, 1000),
    grown=8,
    idle_seconds=1,
    restarts=1,
    preview_seconds=1.0,
    log_in_seconds=0.5,
    rounds=1,
    block=8,
    burst=24,
    paced=3,
    stories=1,
    imported=400,
    imports=1,
    trail=2000,
)
