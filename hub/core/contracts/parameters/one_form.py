"""Base of the tests: models of which exactly one field is given."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator


class OneForm(BaseModel):
    """A choice between forms: exactly one field is given, as in ``{"at_least": 3}``."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"minProperties": 1, "maxProperties": 1}
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            names = ", ".join(type(self).model_fields)
            raise ValueError(f"give exactly one of {names}")
        return self

    @property
    def form(self) -> tuple[str, Any]:
        """The name of the form that is given, and its value."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None:
                return name, value
        raise AssertionError("a validated test has a form")
