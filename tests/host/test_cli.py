"""The smaller verbs, through the command line."""

import json

import numpy as np
import pytest
import typer
from judder.cli.app import app
from judder.data.loading import load_recordings
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder_core import model_file as artefact
from judder_core.errors import ConfigError
from scipy import stats
from scipy.spatial.distance import mahalanobis
from typer.testing import CliRunner


def judder(*arguments):
    """Run a verb; return its result. An expected error is raised as it is."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


VERBS = sorted(typer.main.get_command(app).commands)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_with_an_example(verb):
    result = judder(verb, "--help")
    assert result.exit_code == 0 and ("Example:" in result.stdout or verb in ("config", "alerts"))


def test_a_simulated_fan_is_inspected_exported_and_the_same_again(tmp_path):
    judder("simulate", "--out", tmp_path / "fan.npz", "--seconds", 20, "--condition", "low")
    findings = json.loads(judder("inspect", tmp_path / "fan.npz", "--json").stdout)
    assert findings["conditions"]["low"]["rows"] == 5000 and findings["sample_rate_hz"] == 250
    judder("export", tmp_path / "fan.npz", "--to", "csv", "--out", tmp_path / "csv")
    judder("export", tmp_path / "csv", "--to", "npz", "--out", tmp_path / "again.npz")
    before, after = load_recordings(tmp_path / "fan.npz"), load_recordings(tmp_path / "again.npz")
    assert (before[0].in_g() == after[0].in_g()).all() and after[0].sample_rate_hz == 250


def test_faults_and_speeds_are_conditions_of_their_own(tmp_path):
    out = tmp_path / "fan.npz"
    speeds, faults = ("--speed", "low", "--speed", 3.3), ("--fault", "looseness", "--fault", "rub=0.5+offset")
    judder("simulate", "--out", out, "--seconds", 5, "--machine", "ceiling-fan", *speeds, *faults)
    names = [recording.condition for recording in load_recordings(out)]
    assert names[:3] == ["low/normal", "low/looseness", "low/rub-0.5+offset"]
    assert names[3:] == ["3.3/normal", "3.3/looseness", "3.3/rub-0.5+offset"]


def test_a_quarter_on_a_blade_can_be_said_as_it_is(tmp_path):
    fan = ("--seconds", 60, "--machine", "ceiling-fan", "--speed", "high", "--hum-mg", 0)
    judder("simulate", "--out", tmp_path / "fan.npz", *fan)
    judder("simulate", "--out", tmp_path / "quarter.npz", *fan, "--extra-mass-g", 5.67, "--at-m", 0.5)
    fan, quarter = (load_recordings(tmp_path / f"{n}.npz")[0].in_g()[:, 0].std() for n in ("fan", "quarter"))
    assert quarter > 3 * fan


@pytest.mark.parametrize("fault", ["gremlins", "rub=much"])
def test_a_fault_there_is_not_is_refused(tmp_path, fault):
    with pytest.raises(JudderError) as caught:
        judder("simulate", "--out", tmp_path / "fan.npz", "--fault", fault)
    assert fault in str(caught.value) and caught.value.hint


def test_the_references_model_scores_as_scipy_says(tmp_path):
    rng = np.random.default_rng(1)
    normals = rng.multivariate_normal([0.01, 0.02, 0.005], np.diag([1e-6, 4e-6, 2e-7]), 200)
    mean, covariance = normals.mean(axis=0), np.cov(normals, rowvar=False)
    np.savez(tmp_path / "md.npz", model_mu=mean, model_cov=covariance)
    judder("import", tmp_path / "md.npz", "--out", tmp_path / "old.judder.json")
    model = artefact.load((tmp_path / "old.judder.json").read_bytes(), numeric_numpy)
    (detector,) = model.detectors
    x = mean + [0.001, -0.002, 0.0005]
    expected = mahalanobis(x, mean, np.linalg.inv(covariance))
    assert detector.score(numeric_numpy, x)[()] == pytest.approx(expected, rel=1e-5)  # float32 in the file
    assert detector.threshold == pytest.approx(stats.chi(3).isf(0.001))
    assert detector.calibration.p_value(stats.chi(3).isf(0.03)) == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize(
    "arrays", [{"model_mu": np.zeros(3)}, {"model_mu": np.zeros(3), "model_cov": np.zeros((3, 3))}]
)
def test_an_npz_that_is_no_model_is_refused(tmp_path, arrays):
    np.savez(tmp_path / "md.npz", **arrays)
    with pytest.raises(JudderError) as caught:
        judder("import", tmp_path / "md.npz", "--out", tmp_path / "x.judder.json")
    assert caught.value.hint


def test_doctor_names_what_is_missing_and_how_to_get_it():
    checks = {
        c["name"]: c for c in json.loads(judder("doctor", "--server", "http://127.0.0.1:9", "--json").stdout)
    }
    assert checks["python"]["state"] == "ok"
    assert checks["server"]["state"] == "missing" and "judder serve" in checks["server"]["hint"]


def test_config_show_names_the_source_of_every_value(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "judder.toml").write_text("keep_days = 3\n")
    monkeypatch.setenv("JUDDER_PORT", "1400")
    rows = json.loads(judder("config", "show", "--json").stdout)
    assert rows["port"] == {"value": 1400, "source": "JUDDER_PORT"}
    assert rows["keep_days"] == {"value": 3.0, "source": "judder.toml"}
    assert rows["host"]["source"] == "default"


def test_a_setting_that_does_not_exist_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "judder.toml").write_text("prot = 3\n")
    with pytest.raises(JudderError, match="prot"):
        judder("config", "show")


def test_config_check_names_every_mistake_at_once(tmp_path):
    (tmp_path / "c.json").write_text(
        '{"wifi": {"ssid": ""}, "sensor": {"range_g": 3}, "server": {"port": 0}}'
    )
    with pytest.raises(ConfigError) as caught:
        judder("config", "check", tmp_path / "c.json")
    assert all(word in str(caught.value) for word in ("wifi.ssid", "sensor.range_g", "server.port"))


async def test_a_replayed_recording_is_stored_by_the_server(server, tmp_path):
    import asyncio

    judder("simulate", "--out", tmp_path / "fan.npz", "--seconds", 12, "--condition", "low")
    for protocol in ("judder", "reference"):
        arguments = ("replay", tmp_path / "fan.npz", "--speed", 0, "--protocol", protocol, "--json")
        result = await asyncio.to_thread(judder, *arguments, "--server", server.client.url)
        assert json.loads(result.stdout) == {"windows": 11, "anomalies": 0, "notices": 0, "alerts": 0}
        assert "next: look at" in result.stderr
    assert len(await server.stored()) == 22


async def test_record_waits_for_its_windows_and_names_the_next_verb(server):
    import asyncio

    recording = asyncio.to_thread(judder, "record", "low", "--windows", 3, "--server", server.client.url)
    task = asyncio.create_task(recording)
    for seq in range(20):
        await server.send(seq=seq)
        await asyncio.sleep(0.1)
    result = await task
    assert "3 windows of low recorded" in result.stdout
