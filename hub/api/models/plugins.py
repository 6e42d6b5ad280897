"""Plugins as they travel."""

from typing import Literal

from pydantic import ConfigDict, Field

from hub.api.models.base import Model


class ComponentOut(Model):
    """Something a plugin brings."""

    model_config = ConfigDict(
        title="Component",
        json_schema_extra={"examples": [{"kind": "criterion", "name": "orders", "label": "Number of orders"}]},
    )

    kind: Literal["data_source", "criterion", "audience_sink", "message_channel"] = Field(
        description="which contract it fulfils"
    )
    name: str = Field(description="its name, unique within its kind")
    label: str = Field(description="what it is called in front of people")


class PluginOut(Model):
    """A plugin that was found, whatever became of it."""

    model_config = ConfigDict(
        title="Plugin",
        json_schema_extra={
            "examples": [
                {
                    "name": "csv", "state": "loaded", "module": "hub_csv", "distribution": "audience-hub",
                    "version": "0.1.0", "hooks": ["hub_data_sources"],
                    "components": [{"kind": "data_source", "name": "csv", "label": "CSV files"}], "reason": "",
                }
            ]
        },
    )  # fmt: skip

    name: str = Field(description="its name")
    state: Literal["loaded", "disabled", "refused"] = Field(
        description="loaded: it runs; disabled: the settings switch it off; refused: it breaks its contract"
    )
    module: str = Field(description="the Python module it is found at")
    distribution: str = Field(description="the installed package it came with; empty when that is not known")
    version: str = Field(description="the version of that package; empty when that is not known")
    hooks: list[str] = Field(description="the hooks it implements")
    components: list[ComponentOut] = Field(description="what it brings")
    reason: str = Field(description="why it was refused; empty otherwise")


class PluginList(Model):
    """Every plugin that was found, in the order of loading."""

    items: list[PluginOut] = Field(description="the plugins")
