"""What `judder deploy` is about to copy."""

import json

import pytest
from judder.deploy import stage
from judder.errors import JudderError


def config(path, **changes):
    path.write_text(json.dumps({"wifi": {"ssid": "x"}, "server": {"host": "h"}, **changes}))
    return path


@pytest.mark.parametrize("name", ["m.json", "/m.json", "models/m.json"])
def test_a_model_goes_where_the_config_says(tmp_path, model_data, name):
    (tmp_path / "fan.judder.json").write_bytes(model_data)
    signal = {"window_len": 64}
    stage(
        tmp_path / "board",
        config(tmp_path / "c.json", model=name, signal=signal),
        tmp_path / "fan.judder.json",
    )
    assert (tmp_path / "board" / name.lstrip("/")).read_bytes() == model_data


@pytest.mark.parametrize("which", ["config", "model"])
def test_a_folder_is_no_config_and_no_model(tmp_path, which):
    paths = {"config": config(tmp_path / "c.json"), "model": None, which: tmp_path}
    with pytest.raises(JudderError, match=r"There is no|is a folder"):
        stage(tmp_path / "board", paths["config"], paths["model"])
