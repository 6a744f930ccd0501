"""README.md's commands: those that need no board are run, all others must at least exist."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from documents import ROOT, commands, section
from judder.cli.app import app

README = (ROOT / "README.md").read_text()
DATA = ROOT.parent / "shared" / "data"


OFFLINE = [
    shlex.join(command)
    for command in commands(section(README, "Data you already have"))
    if command[1] != "fetch-data"  # the network
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder with the recordings and the model file of the reference that the README speaks of."""
    if not DATA.exists():
        pytest.skip("The recordings in ../shared/data are not here.")
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "ceiling-fan.zip").symlink_to(DATA / "ceiling-fan.zip")
    np.savez(folder / "md_model.npz", model_mu=np.zeros(3), model_cov=np.diag([1e-6, 4e-6, 2e-7]))
    return folder


@pytest.mark.parametrize("command", OFFLINE)
def test_a_command_for_data_you_already_have_runs(checkout, command):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        command, shell=True, cwd=checkout, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def test_the_offline_path_is_trained_evaluated_reported_cross_validated_and_imported():
    verbs = [command.split()[1] for command in OFFLINE]
    assert verbs == ["train", "evaluate", "report", "evaluate", "import"]


def test_every_verb_and_option_exists():
    root = typer.main.get_command(app)
    for command in commands(README):
        if command[0] == "judder":
            verb = root if command[1].startswith("--") else root.commands[command[1]]
            known = {name for parameter in verb.params for name in parameter.opts}
            assert {word for word in command if word.startswith("--")} <= known, command


def test_every_make_target_exists():
    makefile = (ROOT / "Makefile").read_text()
    named = {command[1] for command in commands(README) if command[0] == "make"}
    assert named and all(f"\n{target}:" in makefile for target in named)
