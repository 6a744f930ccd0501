"""Where the sensor hangs, for as long as the board runs. What finds it there is loaded for that moment."""

from . import forget


class SensorPort:
    """config, signal: the sections "sensor" and "signal", which parts.check_sensor() has passed."""

    def __init__(self, config, signal):
        self._config = config
        self._signal = signal
        self._opened = None

    def open_early(self):
        """Open the sensor while the memory is empty. Where that fails, open() will say why to the server."""
        try:
            self._opened = self.open()
        except Exception as error:
            print("sensor:", error)

    def open(self):
        """Return (driver, pacer), both made anew. Raises what parts.open_sensor() raises."""
        opened, self._opened = self._opened, None
        if opened:
            return opened
        from . import parts

        try:
            return parts.open_sensor(self._config, self._signal)
        finally:
            for name in ("parts", "pins", "sensors"):
                forget("judder_node." + name)
