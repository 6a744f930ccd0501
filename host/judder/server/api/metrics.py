"""What Prometheus reads at /metrics: how the server and its boards do, counted since the server started."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate

from aiohttp import web
from judder_core.states import OFFLINE
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from judder import __version__
from judder.server.api.keys import STORE
from judder.server.notify.messenger import Messenger
from judder.server.services.alerts import Alerts
from judder.server.services.devices import Devices
from judder.server.services.refusals import Refusals
from judder.server.storage.levels import ALARM, NOTICE

SCORING_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


class Metrics:
    """judging: is told of windows that were judged."""

    def __init__(self, snapshot: "Snapshot", *others: Collector) -> None:
        self.registry = CollectorRegistry()
        self.snapshot = snapshot
        self.judging = Judging()
        for collector in (snapshot, *others, self.judging):
            self.registry.register(collector)

    def names(self) -> list[str]:
        """Return the name of every metric as /metrics shows it, a histogram's without its endings."""
        endings = {"counter": "_total", "info": "_info"}
        return sorted(metric.name + endings.get(metric.type, "") for metric in self.registry.collect())


class Judging(Collector):
    """How long it takes to judge a window; those judged together take as long each."""

    def __init__(self) -> None:
        self._counts = [0] * (len(SCORING_BUCKETS_S) + 1)
        self._sum_s = 0.0

    def took(self, windows: int, each_s: float) -> None:
        self._counts[bisect_left(SCORING_BUCKETS_S, each_s)] += windows
        self._sum_s += windows * each_s

    def collect(self) -> Iterator[Metric]:
        up_to = zip((*map(str, SCORING_BUCKETS_S), "+Inf"), accumulate(self._counts), strict=True)
        yield HistogramMetricFamily(
            "judder_scoring_seconds", "Time to judge a window.", list(up_to), self._sum_s
        )


class Snapshot(Collector):
    """All but times is counted elsewhere already, and read when it is asked for.

    waiting: messages in the outbox by channel, set before: a Collector cannot await the disk.
    """

    def __init__(
        self,
        devices: Devices,
        alerts: Alerts,
        messenger: Messenger,
        refusals: Refusals,
        clock_us: Callable[[], int],
        waiting: Callable[[], int],
    ) -> None:
        self._waiting = waiting
        self._devices = devices
        self._alerts = alerts
        self._messenger = messenger
        self._refusals = refusals
        self._clock_us = clock_us
        self.waiting: dict[str, int] = {}

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("judder", "The server.", {"version": __version__})
        yield from self._of_boards()
        yield from self._of_messages()
        yield GaugeMetricFamily("judder_windows_waiting", "Windows that wait for the disk.", self._waiting())
        for name, what, level in (("alerts", "Alarms", ALARM), ("notices", "Notices", NOTICE)):
            yield CounterMetricFamily(f"judder_{name}", f"{what} that began.", self._alerts.reached[level])
        yield self._of_refusals()

    def _of_boards(self) -> Iterator[Metric]:
        boards, now_us = self._devices.list(), self._clock_us()
        online = [board for board in boards if board.state(now_us) != OFFLINE]
        at = Counter(board.level for board in boards)
        yield GaugeMetricFamily("judder_boards", "Boards this server has ever heard of.", len(boards))
        yield GaugeMetricFamily("judder_boards_online", "Boards heard in the last 30 s.", len(online))
        yield GaugeMetricFamily("judder_boards_alerting", "Boards with an alarm on.", at[ALARM])
        yield GaugeMetricFamily("judder_boards_noticing", "Boards with a notice on.", at[NOTICE])
        windows = CounterMetricFamily("judder_windows", "Windows taken in.", labels=["device"])
        lost = CounterMetricFamily(
            "judder_windows_lost", "Windows missing by their numbers.", labels=["device"]
        )
        for board in boards:
            windows.add_metric([board.id], board.windows)
            lost.add_metric([board.id], board.lost)
        yield from (windows, lost)

    def _of_refusals(self) -> Metric:
        refused = CounterMetricFamily("judder_refused", "Requests refused for who sent them.", labels=["why"])
        for why, count in self._refusals.total.items():
            refused.add_metric([why], count)
        return refused

    def _of_messages(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("judder_outbox_messages", "Messages that wait.", labels=["channel"])
        delivered = CounterMetricFamily(
            "judder_messages_delivered", "Messages delivered.", labels=["channel"]
        )
        given_up = CounterMetricFamily(
            "judder_messages_given_up", "Messages refused for good.", labels=["channel"]
        )
        for courier in self._messenger.couriers:
            labels = [courier.channel.name]
            waiting.add_metric(labels, self.waiting.get(courier.channel.name, 0))
            delivered.add_metric(labels, courier.delivered)
            given_up.add_metric(labels, courier.given_up)
        yield from (waiting, delivered, given_up)


METRICS = web.AppKey("metrics", Metrics)


async def get_metrics(request: web.Request) -> web.Response:
    """Return the figures that Prometheus reads."""
    metrics = request.app[METRICS]
    metrics.snapshot.waiting = await request.app[STORE].read(lambda unit: unit.outbox.waiting())
    return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
