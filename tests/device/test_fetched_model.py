"""A model that came over the network: what a boot makes of it, and of an order that cannot be met."""

import json
import time

from tests.asking import get, status_of
from tests.board.bench import wait_for
from tests.core.micropython import run_micropython
from tests.host.test_serve_process import serving


def test_a_fetched_model_that_is_refused_leaves_the_one_before(world, run_app, train_fan):
    (world.folder / "model.judder.json").write_bytes(train_fan())
    refused = json.loads(train_fan(features="mad"))
    refused["golden"][0]["score"] *= 1.01
    (world.folder / "new.judder.json").write_text(json.dumps(refused))
    with serving(world.folder / "data") as (port, _):
        world.config(port)
        run_app()
        status = wait_for(lambda: status_of(port))
    assert status["model_id"].startswith("fan-") and "golden" in status["model_error"]
    assert not (world.folder / "new.judder.json").exists()


def test_a_fetched_model_takes_the_place_of_the_one_before(world, run_app, train_fan):
    (world.folder / "model.judder.json").write_bytes(train_fan())
    fetched = train_fan(features="mad")
    (world.folder / "new.judder.json").write_bytes(fetched)
    with serving(world.folder / "data") as (port, _):
        world.config(port)
        run_app()
        status = wait_for(lambda: status_of(port))
        assert status["model_error"] is None
        wait_for(lambda: (world.folder / "model.judder.json").read_bytes() == fetched)


def test_an_ordered_model_is_fetched_at_boot(world, run_app, train_fan):
    (world.folder / "model.judder.json").write_bytes(train_fan())
    ordered = train_fan(features="mad")
    model = write(world.folder / "mad.judder.json", ordered)
    with serving(world.folder / "data", "--model", model) as (port, _):
        (world.folder / "order.txt").write_text(model_id_of(port))
        world.config(port)
        run_app()
        status = wait_for(lambda: status_of(port))
        assert status["model_id"] == model_id_of(port) and status["model_error"] is None
        wait_for(lambda: (world.folder / "model.judder.json").read_bytes() == ordered)


def write(path, data):
    path.write_bytes(data)
    return path


def model_id_of(port):
    return get(port, "/api/v1/model")["model_id"]


def test_a_server_that_is_late_is_waited_for(world, run_app, train_fan):
    world.change(factor=2)  # its minute of patience is half a real one
    model = write(world.folder / "mad.judder.json", train_fan(features="mad"))
    with serving(world.folder / "data", "--model", model) as (port, _):
        (world.folder / "order.txt").write_text(model_id_of(port))
        world.config(port)
    run_app()
    time.sleep(1)
    with serving(world.folder / "data", port=port):
        status = wait_for(lambda: status_of(port))
    assert status["model_id"].startswith("fan-") and status["fetch_error"] is None


def test_a_model_with_which_the_board_did_not_start_is_given_up(world, run_app, train_fan):
    (world.folder / "model.judder.json").write_bytes(train_fan())
    (world.folder / "tried.judder.json").write_bytes(train_fan(features="mad"))
    with serving(world.folder / "data") as (port, _):
        world.config(port)
        run_app()
        status = wait_for(lambda: status_of(port))
    assert "did not start" in status["model_error"] and status["model_id"].startswith("fan-")
    assert not (world.folder / "tried.judder.json").exists()


def test_a_model_the_server_does_not_have_is_given_up_and_said(world, run_app, fan_model):
    (world.folder / "model.judder.json").write_bytes(fan_model)
    (world.folder / "order.txt").write_text("fan-00000000")
    with serving(world.folder / "data") as (port, _):
        world.config(port)
        run_app()
        status = wait_for(lambda: status_of(port))
    assert "was not fetched" in status["fetch_error"] and "404" in status["fetch_error"]
    assert status["model_id"].startswith("fan-") and not (world.folder / "order.txt").exists()


def test_an_order_of_the_longest_name_is_read_whole(tmp_path):
    order = "n" * 100 + "-0123abcd"
    (tmp_path / "order.txt").write_text(order)
    code = f"import os; os.chdir('{tmp_path}')\nfrom judder_node import models\nprint(models.take_order())"
    assert run_micropython("-c", code, path=("shared", "device")).strip() == order
    assert not (tmp_path / "order.txt").exists()
