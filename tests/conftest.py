"""Settings of all tests: a busy machine is no failure. What `make quick` leaves out is named here."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("judder", deadline=None)
settings.load_profile("judder")
os.environ.pop("COLUMNS", None)  # of pytest-xdist; a console takes its width from it for good

TESTS = Path(__file__).parent
SLOW = [
    "test_readme.py",
    "core/test_golden.py",
    "host/test_autoencoder.py",
    "host/test_bench.py",
    "host/test_cli_manners.py",
    "host/test_fan_data.py",
    "host/test_learning.py",
    "host/test_levels_of_machines.py",
    "host/test_library.py",
    "host/test_modes.py",
    "host/test_mqtt.py",
    "host/test_names.py",
    "host/test_notebook.py",
    "host/test_openapi.py",
    "host/test_report.py",
    "host/test_report_figures.py",
    "host/test_secrets.py",
    "host/test_serve_process.py",
    "host/test_simulate_sensor.py",
    "host/test_statistics.py",
    "host/test_tflite.py",
    "host/test_trainer.py",
    "host/test_webhook.py",
    "host/test_without_tensorflow.py",
]
"""Files that train for long, start many processes, or need what only the whole suite installs."""


def pytest_collection_modifyitems(items):
    slow = {TESTS / name for name in SLOW}
    for item in items:
        if item.path in slow:
            item.add_marker(pytest.mark.slow)
