"""Folded lines: found on a sensor polled wrongly, whatever the speed, and only there."""

import numpy as np
import pytest
from judder.quality import find, survey
from judder.quality.folding import fold
from judder.simulation import FanOptions, simulate

SPEEDS = ([1.2, 2.0, 3.3], [12.0, 17.0, 22.0], [10.0, 20.0, 30.0, 40.0, 50.0])


def aliasing(speeds, **options):
    """Return the sentences on aliasing about fans at speeds, 40 s each."""
    fans = [
        simulate(FanOptions(f"{k}", 40, speed, seed=k, **{"hum_mg": 20.0, **options}))
        for k, speed in enumerate(speeds)
    ]
    return [finding.sentence for finding in find(survey(fans)) if finding.kind == "aliasing"]


@pytest.mark.parametrize(
    "source, rate", [(120, 200), (100, 125), (240, 250), (360, 250), (137, 250), (45, 200)]
)
def test_a_line_folds_to_where_a_fourier_transform_sees_it(source, rate):
    sampled = np.cos(2 * np.pi * source * np.arange(1000) / rate)
    seen_hz = np.abs(np.fft.rfft(sampled)).argmax() * rate / 1000
    assert fold(source, rate) == pytest.approx(seen_hz)


@pytest.mark.parametrize("odr_hz", [500, 1000])
@pytest.mark.parametrize("speeds", [*SPEEDS, [24.7], [17.0, 17.0]], ids=str)
def test_hum_folded_by_a_slow_poll_is_named_with_its_source(speeds, odr_hz):
    (sentence,) = aliasing(speeds, sample_rate_hz=200, odr_hz=odr_hz, hum_hz=120)
    assert "80 Hz" in sentence and "120 Hz mains hum" in sentence and "200 Hz" in sentence


@pytest.mark.parametrize("hum_hz", [100, 120])
@pytest.mark.parametrize("speeds", [*SPEEDS, [20.0], [25.0, 25.0], [50.0], [49.0], [22.0, 22.0]], ids=str)
def test_a_sensor_read_at_its_own_rate_has_none(speeds, hum_hz):
    assert aliasing(speeds, sample_rate_hz=250, hum_hz=hum_hz) == []


@pytest.mark.parametrize("speed", [16.0, 20.0, 26.67, 40.0])
def test_a_shafts_harmonic_at_80_hz_is_no_folded_hum(speed):
    assert aliasing([speed], sample_rate_hz=200, hum_mg=0.0) == []


def test_a_line_that_stays_while_others_move_is_named_where_it_is_no_mains_hum():
    (sentence,) = aliasing([12.0, 17.0, 22.0], sample_rate_hz=200, odr_hz=500, hum_hz=137)
    assert "A line at 63.0 Hz stays" in sentence and "(12.0, 17.0, 22.0 Hz)" in sentence


@pytest.mark.parametrize("speeds", [[17.0], [12.0, 22.0], [17.0, 17.0, 17.0]], ids=str)
def test_a_line_is_not_said_to_stay_where_fewer_than_three_speeds_show_it(speeds):
    assert aliasing(speeds, sample_rate_hz=200, odr_hz=500, hum_hz=137) == []


def test_harmonics_of_shafts_at_different_speeds_that_meet_are_no_staying_line():
    assert aliasing([10.0, 20.0, 30.0], sample_rate_hz=500, hum_mg=0.0) == []  # 60 Hz: 3rd, 3rd and 2nd
