"""A board's config.json as the host reads it: checked as the board will, and by what only the host knows."""

import contextlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judder_core.config import PINS, parse_config
from judder_core.errors import ConfigError
from judder_node.sensors import KINDS, load
from judder_node.sensors.checking import AUTO, check, check_driver

from judder.boards import chips
from judder.boards.chips import Chip
from judder.errors import JudderError
from judder.text import rate

MOST_SSID_BYTES = 32
"""Of a network's name, IEEE 802.11."""
HINT = "device/README.md has every key, and the pins of each chip."


@dataclass(frozen=True)
class BoardConfig:
    """text: as it goes to the board. sections: {section: {key: value}} with the defaults filled in."""

    text: str
    sections: dict[str, dict[str, Any]]

    @property
    def pins(self) -> list[int]:
        """The pins it uses."""
        pins = [self.sections[section][key] for section, key in PINS]
        return [pin for pin in pins if pin is not None]

    @property
    def warning(self) -> str | None:
        """What is no mistake yet: which sensors that "auto" may find do not offer its rate. Or None."""
        sensor, signal = self.sections["sensor"], self.sections["signal"]
        drivers = [load(kind) for kind in KINDS if load(kind).ADDRESSES] if sensor["kind"] == AUTO else []
        names = [
            driver.NAME
            for driver in drivers
            if any(m.startswith("signal.sample_rate_hz") for m in check_driver(driver, sensor, signal))
        ]
        return f"{rate(signal['sample_rate_hz'])} is not offered by {', '.join(names)}" if names else None


def read_config(path: Path, chip: Chip | None = None, missing: Collection[int] = ()) -> BoardConfig:
    """Return the config in path, with the chip's usual pins where it names none.

    chip: None where it is not known. missing: pins that the board says it has not. Raises JudderError where
    path cannot be read, ConfigError that lists every mistake in it.
    """
    text = _read(path)
    document = _parse(text)
    if chip and document is not None and chips.fill_in(document, chip):
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    sections = parse_config(text, path.name)
    mistakes = [*_mistakes(sections), *chips.mistakes(sections, chip, missing)]
    mistakes += check(sections["sensor"], sections["signal"])
    if mistakes:
        raise ConfigError(f"{path.name}: {'; '.join(mistakes)}.", HINT)
    return BoardConfig(text, sections)


def read_for_some_chip(path: Path) -> BoardConfig:
    """Return the config in path where it is right for a chip: for which one it is meant, its board will say.

    Raises as read_config() does without a chip where it is right for none.
    """
    for chip in (None, *chips.CHIPS.values()):
        with contextlib.suppress(ConfigError):
            return read_config(path, chip)
    return read_config(path)


def _read(path: Path) -> str:
    if not path.is_file():
        raise JudderError(f"There is no file {path}.", hint="device/config.example.json shows a config.")
    try:
        return path.read_text("utf-8-sig")  # some editors begin a file with a byte-order mark
    except UnicodeDecodeError as error:
        raise JudderError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from error


def _parse(text: str) -> dict[str, Any] | None:
    """Return the object in text, or None where there is none: parse_config says what is wrong."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _mistakes(sections: dict[str, dict[str, Any]]) -> Iterator[str]:
    for section, settings in sections.items():
        for key, value in settings.items():
            if isinstance(value, str) and not _is_text(value):
                yield f"{section}.{key} is {value!r}, which no file can hold".lstrip(".")
    ssid = sections["wifi"]["ssid"]
    if len(ssid.encode(errors="replace")) > MOST_SSID_BYTES:
        yield f"wifi.ssid is {ssid!r}, more than {MOST_SSID_BYTES} bytes"


def _is_text(value: str) -> bool:
    """Return whether value is Unicode: half of a surrogate pair, which JSON can hold, is not."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)
