"""What /metrics says, read by Prometheus's own parser."""

from prometheus_client.parser import text_string_to_metric_families

from tests.host.alerting import ALERT, DEVICE, Board, receiving, until


async def read(server):
    """Return {(sample, labels...): value} of /metrics."""
    async with server.client._session.get(server.client.url + "/metrics") as answer:
        assert answer.status == 200 and answer.content_type == "text/plain"
        text = await answer.text()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


async def test_windows_lost_ones_and_scorings_are_counted(server):
    for seq in (0, 1, 5):
        await server.send(seq=seq)
    found = await read(server)
    assert (found["judder_windows_total", DEVICE], found["judder_windows_lost_total", DEVICE]) == (3, 3)
    assert found["judder_scoring_seconds_count",] == 3


async def test_boards_online_and_alerting_are_counted(start_server):
    now = [1_800_000_000.0]
    server = await start_server(clock=lambda: now[0])
    await Board(server).send(alert=True)
    await server.send(device_id=b"\x02\0\0\0\0\x02")
    found = await read(server)
    assert [found[f"judder_boards{kind}",] for kind in ("", "_online", "_alerting")] == [2, 2, 1]
    assert (found["judder_alerts_total",], found["judder_notices_total",]) == (1, 0)
    now[0] += 31
    assert (await read(server))["judder_boards_online",] == 0


async def test_notices_are_counted_apart_from_alarms(server):
    await Board(server).at("notice")
    at_notice = await read(server)
    await server.send(seq=2, flags=ALERT)
    at_alarm = await read(server)
    names = (
        "judder_boards_noticing",
        "judder_boards_alerting",
        "judder_notices_total",
        "judder_alerts_total",
    )
    assert [at_notice[name,] for name in names] == [1, 0, 1, 0]
    assert [at_alarm[name,] for name in names] == [0, 1, 1, 1]


async def test_messages_that_wait_and_arrive_are_counted(start_server):
    async with receiving() as (receiver, url):
        receiver.answers = [503] * 3
        server = await start_server(webhook_url=url)
        await Board(server).send(alert=True)
        await until(lambda: receiver.got)
        assert (await read(server))["judder_outbox_messages", "webhook"] == 1
        receiver.answers = []
        await until(lambda: len(receiver.got) > 1)
        found = {}
        while found.get(("judder_messages_delivered_total", "webhook")) != 1:
            found = await read(server)
    assert found["judder_outbox_messages", "webhook"] == 0


async def test_metrics_ask_for_the_token_too(start_server):
    server = await start_server(token="open sesame")
    assert (await read(server))["judder_info", (await server.client.get("/healthz"))["version"]] == 1
    status, _ = await server.ask("GET", "/metrics", headers={"Authorization": "Bearer wrong"})
    assert status == 401
