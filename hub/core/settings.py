"""The hub's own settings: a file in its home, overruled by the environment."""

import json
import tomllib
from enum import StrEnum
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hub.core.contracts.errors import NotFound, SettingsError

FILE = "hub.toml"


class EngineKind(StrEnum):
    """What answers criteria."""

    DUCKDB = "duckdb"
    """The embedded engine, over a replica of the store in a file."""
    DATABASE = "database"
    """The store's own PostgreSQL, or a cluster that speaks its language."""
    SPARK = "spark"
    """A Spark cluster, over what ``hub replica publish`` wrote."""


class HubSettings(BaseSettings):
    """How a home is run. Each can be set in ``hub.toml`` or as ``HUB_…`` in the environment."""

    model_config = SettingsConfigDict(env_prefix="HUB_", extra="forbid", hide_input_in_errors=True)

    store_url: str = Field("", description="the store's URL; empty: an SQLite file in the home")
    busy_seconds: float = Field(30.0, gt=0, description="how long to wait for another process's write")
    engine: EngineKind = Field(
        EngineKind.DUCKDB, description="what answers criteria: duckdb, database (PostgreSQL) or spark"
    )
    spark_master: str = Field("", description="the Spark cluster's address, such as spark://host:7077")
    publications: str = Field("", description="folder of `hub replica publish`, for the engine spark")
    publications_seen_as: str = Field(
        "", description="the same folder as the cluster's machines see it, a path or a URL; empty: alike"
    )
    disabled_plugins: frozenset[str] = Field(frozenset(), description="names of plugins that are not loaded")
    host: str = Field("127.0.0.1", description="address `hub serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port `hub serve` listens on")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="address under which others reach `hub serve`, such as https://hub.example.com, for links",
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least level that is logged"
    )


def load_settings(home: Path) -> HubSettings:
    """Read a home's settings.

    Raises:
        NotFound: there is no home.
        SettingsError: the file can't be read, or a setting is wrong.
    """
    file = home / FILE
    if not file.is_file():
        raise NotFound(f"there is no hub in {home}; make one with `hub init {home}`")

    class FromFile(HubSettings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, file)

    try:
        return FromFile()
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(step) for step in first["loc"])
        raise SettingsError(
            f"the setting {name!r} in {file} or HUB_{name.upper()} is wrong: {first['msg']}"
        ) from error
    except OSError as error:
        raise SettingsError(f"{file} can't be read: {error.strerror}") from error


def write_settings(home: Path, store_url: str) -> None:
    """Make a home's settings file, with what can be set as comments."""
    lines = ["# Settings of this hub. Each can also be given in the environment, as HUB_ and its name.", ""]
    for name, field in HubSettings.model_fields.items():
        lines.append(f"# {field.description}")
        if name == "store_url" and store_url:
            lines.append(f"store_url = {json.dumps(store_url)}")
        else:
            lines.append(f"# {name} = {_toml(field.default)}")
    file = home / FILE
    file.touch(mode=0o600)  # the URL may hold a password
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return "[]" if isinstance(value, frozenset) else str(value)
