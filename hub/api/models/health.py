"""How the service is, as it travels."""

from typing import Literal

from pydantic import ConfigDict, Field

from hub.api.models.base import Model


class Liveness(Model):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"] = Field(description="always ok: whoever is not does not answer")


class Health(Model):
    """The process answers and its store can be used."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok", "schema_version": "0005"}]})

    status: Literal["ok"] = Field(description="always ok: anything else is a problem document")
    schema_version: str = Field(description="version of the store's tables")
