"""What a day does to each feature of each set, or an error in words."""

import numpy as np
import pytest
from judder.detectors.days import day_scatter
from judder.errors import JudderError
from judder_core import features


@pytest.mark.parametrize("name", ["directional", "vibration", "statistics", "spectral", "mad"])
def test_a_day_moves_every_feature(name):
    scatter = day_scatter(name, np.ones(len(features.names(name))))
    assert (np.diag(scatter) > 0).all()


def test_a_feature_of_an_unknown_kind_is_named(monkeypatch):
    monkeypatch.setattr(features, "names", lambda _: ["band_00", "tilt_x"])
    with pytest.raises(JudderError, match="feature tilt_x") as caught:
        day_scatter("mine", np.zeros(2))
    assert "band, " in caught.value.hint
