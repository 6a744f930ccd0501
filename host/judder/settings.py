"""The server's settings: judder.toml, then JUDDER_* variables, then the command line; the last wins."""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from judder.errors import JudderError
from judder.text.addresses import is_loopback, of_the_web, without_path

CONFIG_FILE = Path("judder.toml")
SECRETS = ("token", "webhook_secret", "mqtt_password", "smtp_password")
"""Settings that are never printed."""
ADDRESSES = ("webhook_url",)
"""Addresses that often are a secret themselves: of these the part that names the host is printed."""
EVERYWHERE = "0.0.0.0"
MOST = 1e6
"""Of GB, MB or days: what is more was mistyped, and would be no number of the database's."""
LONGEST_S = 366 * 86_400.0
Url = Annotated[str, AfterValidator(of_the_web)]


class Settings(BaseSettings):
    """judder.example.toml shows every setting with its default."""

    model_config = SettingsConfigDict(
        env_prefix="JUDDER_", toml_file=CONFIG_FILE, extra="forbid", allow_inf_nan=False
    )

    data_dir: Path = Field(Path("judder-data"), description="Where windows, recordings and models are kept.")
    host: str = Field(
        "127.0.0.1", min_length=1, description="The address to listen on; 127.0.0.1 keeps others out."
    )
    open: bool = Field(
        False, description="Listen to the network: on 0.0.0.0, unless host names another of its addresses."
    )
    port: int = Field(1337, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    model: Path | None = Field(None, description="The model that scores windows boards ask about.")
    require_keys: bool | None = Field(
        None,
        description="Whether boards need keys and people tokens; if left out, where others can reach it.",
    )
    unsigned_boards: bool | None = Field(
        None, description="Whether boards without a key are taken; if left out, where no keys are required."
    )
    allowed_hosts: list[str] = Field(
        [],
        description="Names, beside addresses and this machine's own, by which browsers may call the server.",
    )
    token: str = Field(
        "", description="An administrator's token, made up by hand; with one set, everybody needs a token."
    )
    reference_rate_hz: float = Field(
        200.0, gt=0, description="Sample rate of boards that run the reference's sketch, which do not say it."
    )
    max_body_bytes: int = Field(262_144, ge=2048, description="Larger request bodies are refused (413).")
    tls_cert: Path | None = Field(
        None, description="The server's certificate (PEM) for TLS; with it there is https alone."
    )
    tls_key: Path | None = Field(None, description="The key of that. judder cert make makes both.")
    base_path: str = Field(
        "",
        pattern=r"^(/[\w.~-]+)*$",
        description="What the path begins with behind a proxy that leaves it on, such as /judder; one that "
        "takes it off needs nothing here.",
    )
    trusted_proxies: list[str] = Field(
        [],
        description="Addresses and networks of proxies whose X-Forwarded-For, -Proto and -Host are believed.",
    )
    frame_ancestors: str = Field(
        "none",
        pattern=r"^(none|self|https?://[\w.:*-]+( https?://[\w.:*-]+)*)$",
        description="Which sites may show the page in a frame: none, self, or their addresses with spaces "
        "between.",
    )
    max_connections: int = Field(
        2000,
        ge=16,
        description="Connections at once, less where the system has no files for them; when it gets full, "
        "those that only wait make room.",
    )
    max_connections_per_address: int = Field(
        512, ge=1, description="Connections of one address at once; trusted proxies may have all."
    )
    max_pages: int = Field(200, ge=1, description="Open pages that follow the events at once.")
    max_boards: int = Field(1000, ge=1, description="Boards to know; further ones are refused (429).")
    max_board_mb_per_minute: float = Field(
        120.0, gt=0, le=MOST, description="Megabytes of windows to take of one board each minute, before 429."
    )
    max_recordings: int = Field(1000, ge=1, description="Recordings to keep; no further one is started.")
    max_waiting: int = Field(2000, ge=1, description="Windows waiting for the disk before 503 is answered.")
    keep_gb: float | None = Field(
        None,
        gt=0,
        le=MOST,
        description="GB that windows may take, the oldest go first; None for all that the disk has.",
    )
    keep_days: float = Field(7.0, gt=0, le=MOST, description="Days to keep windows of no recording.")
    keep_minutes_days: float = Field(
        90.0,
        ge=0,
        le=MOST,
        description="Days to keep one window a minute of them, and those that began an alert.",
    )
    mdns: bool = Field(
        True, description="Announce judder.local and _judder._tcp, so that boards find the server."
    )

    alert_least_level: Literal["notice", "alarm"] = Field(
        "notice", description="What people are told of: every notice and alarm, or only each alarm."
    )
    alert_cooldown_s: float = Field(
        300.0,
        ge=0,
        le=LONGEST_S,
        description="Calm that ends an incident; an alert that comes sooner is part of it, told once.",
    )
    alert_repeat_s: float = Field(
        3600.0,
        ge=0,
        le=LONGEST_S,
        description="Between reminders of an alarm that nobody acknowledged; 0 for none.",
    )
    health_messages: bool = Field(
        True, description="Tell people of silent boards, a full disk and the like, not only of machines."
    )
    public_url: Url = Field("", description="Where people find the page; messages end with it.")
    ca_file: Path | None = Field(
        None,
        description="Certificates (PEM) that webhook, broker and mail server may show, beside the system's.",
    )
    webhook_url: Url = Field("", description="Where alerts are posted as JSON; empty for nowhere.")
    webhook_secret: str = Field("", description="Signs them: X-Judder-Signature, HMAC-SHA256.")
    mqtt_host: str = Field("", description="The MQTT broker, Home Assistant's for instance; empty for none.")
    mqtt_port: int = Field(1883, ge=1, le=65535, description="Its port; 8883 with TLS, as a rule.")
    mqtt_user: str = Field("", description="Its login, where it asks for one.")
    mqtt_password: str = Field("", description="The password of that.")
    mqtt_tls: bool = Field(False, description="Talk to the broker through TLS.")
    mqtt_prefix: str = Field("judder", min_length=1, description="What the server's own topics start with.")
    mqtt_discovery_prefix: str = Field(
        "homeassistant", min_length=1, description="Where Home Assistant looks for new devices."
    )
    smtp_host: str = Field("", description="The mail server that takes alerts; empty for none.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port; 465 with tls, as a rule.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls or none."
    )
    smtp_user: str = Field("", description="Its login, where it asks for one.")
    smtp_password: str = Field("", description="The password of that.")
    mail_from: str = Field("", description="The sender's address.")
    mail_to: str = Field("", description="Who gets the mail; several with commas between them.")

    @property
    def listens_on(self) -> str:
        """The address to listen on."""
        return EVERYWHERE if self.open and is_loopback(self.host) else self.host

    @cached_property
    def needs_keys(self) -> bool:
        """Whether boards need keys and people tokens."""
        if self.require_keys is None:
            return bool(self.token) or not is_loopback(self.listens_on)
        return self.require_keys or bool(self.token)

    @cached_property
    def takes_unsigned(self) -> bool:
        """Whether boards are taken that have no key, and send no token."""
        return not self.needs_keys if self.unsigned_boards is None else self.unsigned_boards

    @property
    def is_unguarded(self) -> bool:
        """Whether anybody in the network may do anything."""
        return not self.needs_keys and not is_loopback(self.listens_on)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: list[str]) -> list[str]:
        for text in given:
            ipaddress.ip_network(text, strict=False)
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; the first wins."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def shown_value(settings: Settings, name: str) -> object:
    """Return a setting as it may be printed."""
    value = getattr(settings, name)
    if name in ADDRESSES and value:
        return without_path(value)
    return "(set)" if name in SECRETS and value else value


def load_settings(**given: object) -> Settings:
    """Return the settings; given, where not None, comes before file and environment.

    Raises JudderError that names every wrong setting.
    """
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise JudderError(
            f"{CONFIG_FILE} cannot be read: {error}.", hint="Compare it with judder.example.toml."
        ) from error
    except ValidationError as error:
        wrong = "; ".join(_sentence(".".join(map(str, e["loc"])), e) for e in error.errors())
        raise JudderError(
            f"The settings are wrong: {wrong}.",
            hint="Compare judder.toml and the JUDDER_ variables with judder.example.toml.",
        ) from error


def _sentence(name: str, error: ErrorDetails) -> str:
    return f"{name} is no setting" if error["type"] == "extra_forbidden" else f"{name}: {error['msg']}"


def sources(given: Mapping[str, object]) -> dict[str, str]:
    """Return where each setting's value comes from: --option, JUDDER_VARIABLE, judder.toml or default.

    given: as load_settings() takes it, and has already found right.
    """
    in_file = set(tomllib.loads(CONFIG_FILE.read_text())) if CONFIG_FILE.exists() else set()
    variables = {name.upper() for name in os.environ}  # pydantic does not tell judder_port from JUDDER_PORT
    found = dict.fromkeys(Settings.model_fields, "default")
    found |= {name: str(CONFIG_FILE) for name in found if name in in_file}
    found |= {name: f"JUDDER_{name.upper()}" for name in found if f"JUDDER_{name.upper()}" in variables}
    return found | {name: f"--{name.replace('_', '-')}" for name in found if given.get(name) is not None}
