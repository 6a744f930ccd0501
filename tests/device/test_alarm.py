"""What a board shows, says and sends at each level: LED, buzzer, words, flags."""

import json

import pytest
from judder.data import frames
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_MOUNTING, FLAG_NOTICE

LED, BUZZER = 13, 26
SOUNDS = 32768
NORMAL, NOTICE, ALARM = 0, 1, 2


@pytest.fixture
def decide(world):
    """Return a function that lets a board decide on (level, state, mounting changed) of each window.

    It returns what the board says after each, see board_scripts/decide.py, or what is `told` of it.
    """

    def run(outcomes, told=None, m=1, n=1):
        world.config(alarm={"led_pin": LED, "buzzer_pin": BUZZER})
        whole = [(*outcome, False)[:3] for outcome in outcomes]
        output = world.run("decide.py", m, n, json.dumps(whole))
        said = json.loads(output.splitlines()[-1])
        return [each[told] for each in said] if told else said

    return run


def of(pin, world):
    return [value for number, value in world.pins() if number == pin]


def test_an_alarm_lights_the_led_and_sounds_until_it_is_over(decide, world):
    decide([(ALARM, "alarm"), (ALARM, "alarm"), (NORMAL, "normal")])
    assert (of(LED, world), of(BUZZER, world)) == ([1, 0], [SOUNDS, 0])


def test_a_notice_blinks_with_each_window_and_never_sounds(decide, world):
    decide([(NOTICE, "notice")] * 5)
    assert (of(LED, world), of(BUZZER, world)) == ([1, 0, 1, 0, 1], [])


def test_the_led_is_off_after_a_notice_that_is_over(decide, world):
    decide([(NOTICE, "notice"), (NORMAL, "normal")])
    assert of(LED, world) == [1, 0]


def test_an_alarm_that_sinks_to_a_notice_falls_silent(decide, world):
    decide([(ALARM, "alarm"), (NOTICE, "notice")])
    assert of(BUZZER, world) == [SOUNDS, 0]


def test_a_notice_that_rises_to_an_alarm_stops_blinking(decide, world):
    decide([(NOTICE, "notice"), (NOTICE, "notice"), (ALARM, "alarm"), (ALARM, "alarm")])
    assert of(LED, world) == [1, 0, 1] and of(BUZZER, world) == [SOUNDS]


def test_a_standstill_leaves_an_alarm_on(decide, world):
    told = decide([(ALARM, "alarm"), (NORMAL, "standstill"), (NORMAL, "standstill")], "level")
    assert told == [ALARM] * 3 and of(LED, world) == [1]


@pytest.mark.parametrize(
    "outcome, word",
    [
        ((NORMAL, "normal"), "normal"),
        ((NOTICE, "notice"), "notice"),
        ((ALARM, "alarm"), "alarm"),
        ((NORMAL, "mounting changed", True), "mounting changed"),
        ((NORMAL, "disturbed"), "disturbed"),
        ((NORMAL, "standstill"), "standstill"),
        ((ALARM, "unknown mode"), "unknown mode"),
    ],
)
def test_the_word_for_people_is_the_windows(decide, outcome, word):
    assert decide([outcome], "state") == [word]


@pytest.mark.parametrize("level, word", [(NOTICE, "notice"), (ALARM, "alarm")])
@pytest.mark.parametrize("state", ["normal", "mounting changed"])
def test_a_level_that_lasts_outweighs_a_quiet_window(decide, level, word, state):
    assert decide([(level, word), (NORMAL, state)], "state", n=5)[-1] == word


def test_no_alarm_is_said_before_it_is_one(decide):
    assert decide([(ALARM, "alarm")] * 2, "state", m=2, n=3) == ["normal", "alarm"]


def test_the_report_tells_the_level_and_whether_the_mounting_changed(decide):
    reports = decide([(NORMAL, "normal"), (NOTICE, "notice", True), (ALARM, "alarm")], "report")
    told = ("level", "alert", "state", "mounting_changed")
    assert [tuple(report[key] for key in told) for report in reports] == [
        ("normal", False, "normal", False),
        ("notice", False, "notice", True),
        ("alarm", True, "alarm", False),
    ]


@pytest.mark.parametrize(
    "outcome, flags",
    [
        ((NORMAL, "normal"), 0),
        ((NOTICE, "notice"), FLAG_NOTICE),
        ((ALARM, "alarm"), FLAG_NOTICE | FLAG_ALERT),
        ((NORMAL, "mounting changed", True), FLAG_MOUNTING),
        ((ALARM, "alarm", True), FLAG_NOTICE | FLAG_ALERT | FLAG_MOUNTING),
    ],
)
def test_a_frame_tells_the_boards_verdict(decide, outcome, flags):
    (frame,) = decide([outcome], "frame")
    (window,) = frames.decode_windows(bytes.fromhex(frame))
    level, state, mounting_changed = (*outcome, False)[:3]
    assert window.flags == FLAG_LOCAL_SCORE | flags
    assert (window.level, window.verdict.state) == (level, state)
    assert (window.local_score, window.verdict.threshold) == (1.5, 2.5)
    assert window.verdict.mounting_changed == mounting_changed and window.model_hash == b"abcd"


def test_a_frame_of_a_window_that_was_not_judged_tells_that_the_alarm_is_still_on(decide):
    (frame,) = decide([(ALARM, "alarm")], "frame not judged")
    (window,) = frames.decode_windows(bytes.fromhex(frame))
    assert (window.level, window.verdict, window.flags) == (None, None, FLAG_NOTICE | FLAG_ALERT)
