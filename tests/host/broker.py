"""A real Mosquitto on a free port of this machine, that can be killed and started again."""

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess

import aiomqtt
import pytest

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Broker:
    """more: further lines of its configuration."""

    def __init__(self, folder, *more):
        if MOSQUITTO is None:
            pytest.skip("No MQTT broker to test against: apt install mosquitto")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n" + "\n".join(more)
        )
        self._process = None

    async def start(self):
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._config], stderr=subprocess.DEVNULL)
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(OSError):
                    return socket.create_connection(("127.0.0.1", self.port)).close()
                await asyncio.sleep(0.05)

    def send(self, signal_number):
        self._process.send_signal(signal_number)

    def kill(self):
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class Listener:
    """What anybody on the broker hears. retained: the newest payload by topic. heard: all of them."""

    def __init__(self, client):
        self.client = client
        self.retained = {}
        self.heard = []

    async def listen(self):
        with contextlib.suppress(aiomqtt.MqttError):
            async for message in self.client.messages:
                payload = message.payload.decode()
                self.heard.append((message.topic.value, payload))
                if payload:
                    self.retained[message.topic.value] = payload

    def alerts(self):
        """Return the kinds and keys of the alerts heard."""
        bodies = [json.loads(payload) for topic, payload in self.heard if topic.endswith("/alert")]
        return [(body["event_type"], body["key"]) for body in bodies]


@contextlib.asynccontextmanager
async def listening(port):
    """Yield a Listener to every topic of the broker at port."""
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("#", qos=1)
        listener = Listener(client)
        task = asyncio.create_task(listener.listen())
        try:
            yield listener
        finally:
            task.cancel()
