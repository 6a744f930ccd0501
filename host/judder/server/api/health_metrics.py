"""What Prometheus reads of health: how many problems of each kind, and what was started again."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from judder.server.services.health import BLIND, Health
from judder.server.services.problem import KINDS
from judder.server.services.supervise import Tasks


class HealthFigures(Collector):
    """As health found it last."""

    def __init__(self, health: Health, tasks: Tasks) -> None:
        self._health = health
        self._tasks = tasks

    def collect(self) -> Iterator[Metric]:
        found = Counter(problem.kind for problem in self._health.problems())
        problems = GaugeMetricFamily("judder_problems", "What is wrong now.", labels=["kind"])
        for kind in KINDS:
            problems.add_metric([kind], found[kind])
        yield problems
        is_blind = int(self._health.status == BLIND)
        yield GaugeMetricFamily("judder_blind", "Whether windows cannot be stored.", is_blind)
        restarts = self._tasks.restarts
        yield CounterMetricFamily("judder_task_restarts", "Background tasks that began again.", restarts)
