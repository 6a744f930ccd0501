"""What the evaluation page says of turned sensors: every figure in it is computed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from judder.bench.machines import Machine
from judder.bench.markdown import paragraph, table
from judder.bench.remounts import ANY, AXES, GRAVITY, UNTURNED, Turned, remount


def section(machines: Sequence[Machine]) -> Iterator[str]:
    yield "\n## Remounts"
    yield paragraph(
        "Recordings that the last model of a machine had not seen, turned as a sensor that was hung back",
        f"askew would have made them: NOTICE / ALARM / told as mounting changed, over {AXES} random axes,",
        "and about gravity's own, which no pose can tell.",
    )
    rows = [row for machine in machines for row in remount(machine)]
    turns = list(dict.fromkeys((row.degrees, row.about) for row in rows))
    yield from table(("machine", "asked", *(_turn(*turn) for turn in turns)), _by_label(rows))


def _turn(degrees: int, about: str) -> str:
    return {UNTURNED: "unturned", ANY: f"{degrees} degrees", GRAVITY: f"{degrees} about gravity"}[about]


def _by_label(rows: Sequence[Turned]) -> Iterator[list[str]]:
    cells: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        shares = (row.count.share(name) for name in ("notice", "alarm", "mounting_changed"))
        cells[row.machine, row.label].append(" / ".join(f"{share:.2f}" for share in shares))
    for (machine, label), turned in cells.items():
        yield [machine, label, *turned]
