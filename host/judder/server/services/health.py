"""One health: all that is wrong now, found by checks that the server's parts register.

    app[HEALTH].register("prune", pruning.problems)   # a check yields Problems, nothing where all is well
    app[HEALTH].set("store", "", "The disk refused: ...", severe=True)   # told by who finds out; None ends it

What is wrong is shown on the page, at /healthz and /metrics, logged once per change, published as a `health`
event, and told to people by notify/troubles.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import structlog

from judder.server.services.events import Events
from judder.server.services.problem import KINDS, STORE, TASK, Problem
from judder.server.storage.rows import as_dict

OK, DEGRADED, BLIND = "ok", "degraded", "blind"
LOOK_EVERY_S = 2.0

Check = Callable[[], Iterable[Problem]]
Key = tuple[str, str]
log = structlog.get_logger()


class Health:
    """What is wrong with one server and its boards. look() finds out; the rest is as it was found last."""

    def __init__(self, events: Events, clock_us: Callable[[], int]) -> None:
        self._events = events
        self._clock_us = clock_us
        self._checks: list[tuple[str, Check]] = []
        self._set: dict[Key, Problem] = {}
        self._found: dict[Key, Problem] = {}

    def register(self, kind: str, check: Check) -> None:
        """Have check called at each look. kind: of what it yields for the most part."""
        self._checks.append((kind, check))

    def set(self, kind: str, about: str, sentence: str | None, *, severe: bool = False) -> None:
        """Say what is wrong from now on, or with sentence None that it is over."""
        if sentence is None:
            self._set.pop((kind, about), None)
        else:
            self._set[kind, about] = Problem(kind, about, sentence, severe=severe)

    def problems(self) -> list[Problem]:
        """Return what is wrong, what is severe first, then by age."""
        return sorted(self._found.values(), key=lambda each: (not each.severe, each.since_us))

    @property
    def status(self) -> str:
        """ok, degraded, or blind: windows cannot be stored."""
        if any(problem.severe and problem.kind == STORE for problem in self._found.values()):
            return BLIND
        return DEGRADED if self._found else OK

    def to_dict(self) -> dict[str, Any]:
        """Return it as the page and /healthz show it."""
        return {"status": self.status, "problems": [as_dict(problem) for problem in self.problems()]}

    def outline(self) -> dict[str, Any]:
        """Return it as strangers may see it: which kinds of problems there are, once each."""
        kinds: dict[str, Problem] = {}
        for problem in self.problems():
            kinds.setdefault(problem.kind, replace(problem, about="", sentence=KINDS[problem.kind]))
        return {"status": self.status, "problems": [as_dict(problem) for problem in kinds.values()]}

    def look(self) -> None:
        """Call every check, and log and publish what changed."""
        before, status, now_us = self._found, self.status, self._clock_us()
        found: dict[Key, Problem] = {}
        for problem in (*self._set.values(), *self._checked()):
            known = before.get(problem.key)
            since_us = problem.since_us or (known.since_us if known else now_us)
            found.setdefault(problem.key, replace(problem, since_us=since_us))
        self._found = found
        _log_changes(before, found)
        if found != before or self.status != status:
            self._events.publish("health", self.to_dict())

    async def watch(self) -> None:
        """Look every two seconds until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def _checked(self) -> list[Problem]:
        """Return what the checks find; one that fails is a problem itself, and hides no other."""
        found: list[Problem] = []
        for kind, check in self._checks:
            try:
                found += check()
            except Exception as error:
                failed = Problem(TASK, f"check of {kind}", f"The check of {kind} failed: {error}")
                if failed.key not in self._found:
                    log.error("health_check_failed", kind=kind, exc_info=error)
                found.append(failed)
        return found


def _log_changes(before: dict[Key, Problem], found: dict[Key, Problem]) -> None:
    for key in found.keys() - before.keys():
        log.warning("health_problem", kind=key[0], about=key[1], why=found[key].sentence)
    for key in before.keys() - found.keys():
        log.info("health_solved", kind=key[0], about=key[1])
