"""The server's settings: judder.toml, then JUDDER_* variables, then the command line; the last wins."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from judder.errors import JudderError

CONFIG_FILE = Path("judder.toml")


class Settings(BaseSettings):
    """judder.example.toml shows every setting with its default."""

    model_config = SettingsConfigDict(env_prefix="JUDDER_", toml_file=CONFIG_FILE, extra="forbid")

    data_dir: Path = Field(Path("judder-data"), description="Where windows, recordings and models are kept.")
    host: str = Field("0.0.0.0", description="The address to listen on; 127.0.0.1 keeps others out.")
    port: int = Field(1337, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    model: Path | None = Field(None, description="The model that scores windows boards ask about.")
    token: str = Field("", description="When set, boards and tools must send it: Authorization: Bearer.")
    reference_rate_hz: float = Field(
        200.0, gt=0, description="Sample rate of boards that run the reference's sketch, which do not say it."
    )
    max_body_bytes: int = Field(262_144, ge=2048, description="Larger request bodies are refused (413).")
    max_waiting: int = Field(2000, ge=1, description="Windows waiting for the disk before 503 is answered.")
    keep_days: float = Field(7.0, gt=0, description="Days to keep windows that belong to no recording.")

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


def load_settings(**given: object) -> Settings:
    """Return the settings; given, where not None, comes before file and environment.

    Raises JudderError that names every wrong setting.
    """
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as error:
        raise JudderError(
            f"{CONFIG_FILE} cannot be read: {error}.", hint="Compare it with judder.example.toml."
        ) from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise JudderError(
            f"The settings are wrong: {wrong}.", hint="Compare judder.toml with judder.example.toml."
        ) from error


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
