"""Messages on an MQTT broker, and the connection that `mqtt_boards` uses too.

A broker that is away is tried again for ever; messages wait in the outbox until it is back.
"""

import asyncio
import json
import secrets

import aiomqtt
import structlog

from judder.server.notify.channel import DeliveryError, tls_context
from judder.server.notify.home_assistant import SERVER, safe
from judder.server.notify.house import House
from judder.server.notify.message import OF_BOARDS, Message
from judder.server.notify.mqtt_boards import AWAY, REACHED, Boards
from judder.settings import Settings

RETRY_S = 2.0
ANSWER_S = 5.0
GOODBYE_S = 1.0

log = structlog.get_logger()


class Mqtt:
    name = "mqtt"

    def __init__(self, settings: Settings) -> None:
        self.target = f"{settings.mqtt_host}:{settings.mqtt_port}"
        self._settings = settings
        self._prefix = settings.mqtt_prefix
        # The same in each connection: a broker then ends the dead one, and tells its will, before the next.
        self._identifier = f"judder-{secrets.token_hex(4)}"
        self._client: aiomqtt.Client | None = None
        self._connected: asyncio.Event | None = None

    async def deliver(self, message: Message) -> None:
        """Return once the broker has confirmed message; while run() runs, wait for one that is away."""
        try:
            if self._connected is None:
                async with self._connect() as client:
                    await self._publish_alert(client, message)
            else:
                await self._connected.wait()
                assert self._client
                await self._publish_alert(self._client, message)
        except aiomqtt.MqttError as error:
            raise DeliveryError(
                f"{self.target} took no message: {error}.", hint="Compare mqtt_* with the broker's settings."
            ) from error

    async def _publish_alert(self, client: aiomqtt.Client, message: Message) -> None:
        board = safe(message.device_id) if message.kind in OF_BOARDS else SERVER
        body = json.dumps({"event_type": message.kind, **message.to_dict()})
        await client.publish(f"{self._prefix}/{board}/alert", body, qos=1)

    async def run(self, house: House) -> None:
        """Stay connected, and show house there, for ever. An outage is said once."""
        self._connected, said = asyncio.Event(), False
        while True:
            try:
                async with self._connect() as client:
                    log.info("mqtt_connected", broker=self.target)
                    said = False
                    await self._live(client, house)
            except aiomqtt.MqttError as error:
                if _is_cancelled():  # and the goodbye failed
                    return
                if not said:
                    log.warning("mqtt_away", broker=self.target, why=str(error))
                said = True
            finally:
                self._connected.clear()
            await asyncio.sleep(RETRY_S)

    async def _live(self, client: aiomqtt.Client, house: House) -> None:
        """Work on one connection until it breaks. Raises MqttError."""
        await client.publish(f"{self._prefix}/{SERVER}", REACHED, qos=1, retain=True)
        self._client = client
        if self._connected:
            self._connected.set()
        boards = Boards(client, house, self._settings)
        tasks = [asyncio.create_task(boards.show_forever()), asyncio.create_task(boards.listen_forever())]
        try:
            await asyncio.gather(*tasks)
        except asyncio.CancelledError:
            await client.publish(f"{self._prefix}/{SERVER}", AWAY, qos=1, retain=True, timeout=GOODBYE_S)
            raise
        finally:
            for task in tasks:
                task.cancel()

    def _connect(self) -> aiomqtt.Client:
        settings = self._settings
        return aiomqtt.Client(
            settings.mqtt_host,
            settings.mqtt_port,
            identifier=self._identifier,
            username=settings.mqtt_user or None,
            password=settings.mqtt_password or None,
            tls_context=tls_context(settings) if settings.mqtt_tls else None,
            will=aiomqtt.Will(f"{self._prefix}/{SERVER}", AWAY, qos=1, retain=True),
            timeout=ANSWER_S,
        )


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
