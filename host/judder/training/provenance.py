"""What a model was trained on: for people, and so that no window is asked of it that it knows."""

from judder import __version__
from judder.data.windows import Windows
from judder.model import document_parts as parts
from judder.training.fitting import Fitted


def provenance_of(fitted: Fitted) -> parts.Training:
    """Return what a model that was fitted so says of its training."""
    windows = fitted.measured.windows
    network = fitted.weigher and fitted.weigher.network()
    return parts.Training(
        judder=__version__,
        conditions=tuple(dict.fromkeys(windows.condition.tolist())),
        recordings=rows_used(windows),
        windows=parts.Shares(fit=int(fitted.used.sum()), calibrate=len(fitted.unseen.window)),
        seed=int(network.training["seed"]) if network else None,
        answers=(),
    )


def rows_used(windows: Windows) -> tuple[parts.Rows, ...]:
    """Return which rows of which recordings were used, with a fingerprint to know them again."""
    used = []
    for recording in windows.recordings:
        mine = (windows.condition == recording.condition) & (windows.recording == recording.name)
        if not mine.any():
            continue
        start = int(windows.start_row[mine].min())
        stop = int(windows.start_row[mine].max()) + windows.window_len
        used.append(
            parts.Rows(
                condition=recording.condition,
                recording=recording.name,
                session=str(windows.group[mine][0]),
                rows=(start, stop),
                fingerprint=recording.fingerprint(start, stop),
            )
        )
    return tuple(used)
