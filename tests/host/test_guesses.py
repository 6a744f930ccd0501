"""Guesses at tokens and keys: an address that fails often waits; nobody is locked out by others."""

import asyncio
from collections import Counter

import pytest
import structlog.testing
from judder.server.api.keys import GUESSES, REFUSALS, SIGNATURE_GUESSES
from judder.server.services.guesses import FREE, FREE_IN_ALL, LONGEST_S, MOST, Guesses
from judder.server.services.refusals import CALM_S, OTHERS, Refusals
from judder.server.services.refusals import MOST as MOST_RUNS

from tests.host.signing import board_with_key, with_keys
from tests.host.test_rights import token_for


class Ticks:
    now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def guesses(ticks):
    return Guesses(ticks)


def fail(guesses, times, address="10.0.0.1"):
    for _ in range(times):
        guesses.failed(address)


def test_a_few_failures_cost_nothing(guesses):
    fail(guesses, FREE - 1)
    assert guesses.wait_s("10.0.0.1") == 0


def test_each_further_failure_doubles_the_wait_up_to_five_minutes(guesses, ticks):
    waits = []
    fail(guesses, FREE - 1)
    for _ in range(12):
        fail(guesses, 1)
        waits.append(guesses.wait_s("10.0.0.1"))
        ticks.now_s += waits[-1]
    assert waits == [min(2**k, LONGEST_S) for k in range(12)]


def test_a_guess_while_waiting_prolongs_nothing(guesses, ticks):
    fail(guesses, FREE)
    ticks.now_s += 0.9
    fail(guesses, 1000)
    assert guesses.wait_s("10.0.0.1") == pytest.approx(0.1)


def test_an_hour_later_an_address_begins_anew(guesses, ticks):
    fail(guesses, FREE + 5)
    ticks.now_s += 3600
    fail(guesses, FREE - 1)
    assert guesses.wait_s("10.0.0.1") == 0


def test_other_addresses_wait_only_once_all_together_fail_often(guesses):
    fail(guesses, FREE_IN_ALL)
    assert guesses.wait_s("10.0.0.2") == 0  # one address alone was stopped long before
    for k in range(FREE_IN_ALL):
        guesses.failed(f"10.0.1.{k}")
    assert guesses.wait_s("10.0.0.2") > 0


def test_who_was_right_before_does_not_wait_for_all(guesses):
    guesses.right("10.0.0.2")
    for k in range(2 * FREE_IN_ALL):
        guesses.failed(f"10.0.1.{k}")
    assert (guesses.wait_s("10.0.0.2"), guesses.wait_s("10.0.0.3") > 0) == (0, True)


def test_of_ipv6_a_machine_may_choose_64_bits_and_is_one_all_the_same(guesses):
    for k in range(FREE):
        guesses.failed(f"2001:db8::{k:x}")
    assert guesses.wait_s("2001:db8::ffff") > 0 and guesses.wait_s("2001:db8:0:1::1") == 0


def test_no_number_of_addresses_takes_more_memory(guesses, ticks):
    for k in range(5 * MOST):
        ticks.now_s += LONGEST_S  # so that not all together wait
        guesses.failed(f"address {k}")
        guesses.right(f"address {k}")
    assert len(guesses._of) <= MOST and len(guesses._right) <= MOST


def wrong(k):
    return {"Authorization": f"Bearer guess {k}"}


async def test_of_a_thousand_guesses_few_are_looked_at_and_the_rest_told_to_wait(start_server):
    server = await start_server(token="secret")
    answers = await asyncio.gather(
        *(server.client._session.get(f"{server.client.url}/metrics", headers=wrong(k)) for k in range(1000))
    )
    statuses = Counter(answer.status for answer in answers)
    assert statuses[401] <= FREE + 5 and statuses[429] >= 985
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status == 429)


async def test_a_right_guess_of_a_short_token_is_not_looked_at_while_its_address_waits(start_server):
    server = await start_server(token="secret")
    for k in range(FREE):
        await server.ask("GET", "/metrics", headers=wrong(k))
    assert (await server.ask("GET", "/api/v1/alerts"))[0] == 429


async def test_made_tokens_logins_and_boards_are_not_locked_out_by_a_neighbour(start_server):
    server = await with_keys(start_server)
    anna, board = await token_for(server, "look"), await board_with_key(server)
    for k in range(FREE + 20):
        await server.ask("GET", "/metrics", headers=wrong(k))
        await board.send(key="00" * 32)
    assert (await server.ask("GET", "/metrics", headers=wrong(0)))[0] == 429
    assert (await board.send(key="00" * 32))[0] == 429
    assert (await server.ask("GET", "/api/v1/alerts", headers=anna))[0] == 200
    assert (await board.send())[0] == 200


async def test_a_board_that_needs_the_time_is_told_it_behind_an_address_that_waits(start_server):
    server = await with_keys(start_server)
    board = await board_with_key(server)
    for _ in range(FREE + 1):
        await board.send(key="00" * 32)
    status, answer = await board.send(time_us=0)
    assert status == 401 and answer["signing_time_us"] > 0


async def test_a_long_token_of_the_settings_is_not_locked_out(start_server):
    server = await start_server(token="thirty-two characters or more ...")
    for k in range(FREE + 5):
        await server.ask("GET", "/metrics", headers=wrong(k))
    assert (await server.ask("GET", "/api/v1/alerts"))[0] == 200


async def test_a_page_that_has_no_token_yet_makes_no_guess(start_server):
    server = await start_server(token="secret")
    del server.client._session.headers["Authorization"]
    statuses = {(await server.ask("GET", "/api/v1/alerts"))[0] for _ in range(3 * FREE)}
    assert statuses == {401} and not server.app[REFUSALS].total["token"]


async def test_logins_are_guesses_too(start_server):
    server = await start_server(token="secret")
    statuses = [
        (await server.ask("POST", "/api/v1/session", json={"token": f"guess {k}"}))[0]
        for k in range(FREE + 1)
    ]
    assert statuses == [401] * FREE + [429]


async def test_guesses_at_tokens_and_at_keys_are_counted_apart(start_server):
    server = await with_keys(start_server)
    board = await board_with_key(server)
    for _ in range(FREE):
        await board.send(key="00" * 32)
    assert server.app[SIGNATURE_GUESSES].wait_s("127.0.0.1") and not server.app[GUESSES].wait_s("127.0.0.1")


def test_what_repeats_is_logged_once_a_minute_with_how_often_it_came(ticks):
    refusals = Refusals(ticks)
    with structlog.testing.capture_logs() as logged:
        for _ in range(150):
            refusals.note("forged", "10.0.0.1", "020000000001")
            ticks.now_s += 1
    assert [(line["why"], line["device"], line["times"]) for line in logged] == [
        ("forged", "020000000001", 1),
        ("forged", "020000000001", 60),
        ("forged", "020000000001", 60),
    ]


def test_each_kind_and_each_sender_is_logged_by_itself(ticks):
    refusals = Refusals(ticks)
    with structlog.testing.capture_logs() as logged:
        for why, address in (("forged", "a"), ("forged", "b"), ("stale", "a"), ("forged", "a")):
            refusals.note(why, address)
    assert len(logged) == 3


def test_many_senders_take_no_more_lines_or_memory_than_some(ticks):
    refusals = Refusals(ticks)
    with structlog.testing.capture_logs() as logged:
        for k in range(5000):
            refusals.note("token", f"address {k}")
    assert len(refusals._runs) <= MOST_RUNS + 1 and len(logged) <= MOST_RUNS + 1
    assert refusals.total["token"] == 5000 and ("token", OTHERS) in refusals._runs


def test_what_lasts_is_told_until_it_has_been_calm(ticks):
    refusals = Refusals(ticks)
    for _ in range(3):
        refusals.note("unsigned", "10.0.0.1", "020000000001")
        assert list(refusals.problems()) == []
        ticks.now_s += 20
    refusals.note("unsigned", "10.0.0.1", "020000000001")
    (told,) = refusals.problems()
    assert (told.kind, told.about) == (
        "refused",
        "020000000001",
    ) and "refused 4 times" in told.sentence
    ticks.now_s += CALM_S + 1
    assert list(refusals.problems()) == []


def test_one_board_that_starts_anew_is_no_lasting_refusal(ticks):
    refusals = Refusals(ticks)
    for _ in range(5):
        refusals.note("stale", "10.0.0.1", "020000000001")
        ticks.now_s += CALM_S + 1
    assert list(refusals.problems()) == []


async def test_a_refusal_that_lasts_is_told_by_health(start_server, ticks):
    server = await with_keys(start_server)
    server.app[REFUSALS]._ticks = ticks
    board = await board_with_key(server)
    for _ in range(4):
        await board.send(key="00" * 32)
        ticks.now_s += 30
    (told,) = [p for p in (await server.client.get("/api/v1/health"))["problems"] if p["kind"] == "refused"]
    assert told["about"] == board.device and "no key of its makes" in told["sentence"]
