"""What a server has loaded when it answers: nothing that only others need, since it takes time and memory."""

import json
import os
import subprocess
import sys

START = """
import asyncio, json, sys
from pathlib import Path
from judder.cli.verbs import load
from judder.server.running import running
from judder.settings import Settings

async def start():
    load("serve")
    async with running(Settings(data_dir=Path(sys.argv[1]), host="127.0.0.1", port=0)):
        await asyncio.sleep(0)
        print(json.dumps(sorted(sys.modules)))

asyncio.run(start())
"""
OF_OTHERS = {
    "scipy": "training and tests of recordings",
    "pandas": "notebooks",
    "matplotlib": "reports",
    "jinja2": "reports",
    "tensorflow": "training networks",
    "ai_edge_litert": "a .tflite in service",
    "zeroconf": "servers that other machines reach, and then after the first answer",
    "aiomqtt": "servers with a broker",
    "aiosmtplib": "servers that send mail",
    "multiprocessing": "learning, in a process of its own",
    "judder.training.train": "learning, in a process of its own",
    "judder.report": "judder report",
    "judder.simulation": "judder simulate",
    "judder.bench": "judder bench",
    "judder.server.api.openapi": "whoever asks for the description",
}


def test_a_server_that_answers_has_loaded_nothing_that_only_others_need(tmp_path):
    bare = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}  # it loads modules
    command = [sys.executable, "-c", START, tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=bare)
    loaded = set(json.loads(run.stdout))
    assert {"numpy", "aiohttp", "judder.server.services.ingest"} <= loaded  # or the rest proves nothing
    assert {name: why for name, why in OF_OTHERS.items() if name in loaded} == {}
