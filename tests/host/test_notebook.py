"""The example notebook runs from top to bottom, and is kept without what it printed."""

import copy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "tools" / "report_figures.ipynb"


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_kept_without_outputs(notebook):
    assert all(not cell.outputs and cell.execution_count is None for cell in cells(notebook))


def test_every_figure_function_draws_in_it(notebook, tmp_path):
    ran = copy.deepcopy(notebook)
    NotebookClient(
        ran, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    drawn = [cell for cell in cells(ran) if cell.source.splitlines()[-1].startswith("figures.")]
    assert len(drawn) == 11
    assert all("image/png" in output.data for cell in drawn for output in cell.outputs[-1:])
