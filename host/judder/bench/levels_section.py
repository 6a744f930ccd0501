"""What the evaluation page says of all recorded machines at both levels: every figure in it is computed."""

from collections.abc import Iterator, Sequence

from judder.bench.before import ALERT, COMMAND, COMMIT
from judder.bench.judged import Row, judge
from judder.bench.levels import FIRST
from judder.bench.machines import Machine
from judder.bench.markdown import paragraph, table

HEAD = ("machine", "asked", "windows", "reference", "before", "NOTICE", "ALARM", "lowest", "AUC", "skipped")
SKIPPED = ("disturbed", "standstill", "too early")


def section(machines: Sequence[Machine]) -> Iterator[str]:
    yield "\n## All machines, at both levels"
    yield paragraph(
        "Shares of windows, each machine by the defaults of `judder train`. Healthy first; then its faults.",
        f"A run's first {FIRST} windows cannot be judged yet, so no share reaches 1; nor can the next by a"
        " model that knows the machine at rest.",
    )
    yield from table(HEAD, (_cells(row) for machine in machines for row in judge(machine)))
    yield paragraph(
        "Reference: windows over the threshold of its method, the mean score of healthy windows held out",
        "plus three deviations. Before: windows in alert by the design of one level,",
        f"`{COMMAND}` at {COMMIT}.",
        "Lowest: NOTICE of the condition, such as a speed, that has the least. AUC: of several windows'",
        "evidence.",
        f"Skipped: windows that counted for nothing, {' / '.join(SKIPPED)}.",
    )


def _cells(row: Row) -> Iterator[str]:
    before = ALERT.get(row.machine, {}).get(row.label)
    lowest = min(count.share("notice") for count in row.per_condition.values())
    yield from (row.machine, row.label, f"{row.count.windows}", f"{row.reference:.2f}")
    yield "" if before is None else f"{before:.2f}"
    yield from (f"{row.count.share(level):.2f}" for level in ("notice", "alarm"))
    yield f"{lowest:.2f}" if row.is_fault and len(row.per_condition) > 1 else ""
    yield "" if row.auc is None else f"{row.auc:.3f}"
    yield " / ".join(str(row.count.skipped[why]) for why in SKIPPED)
