"""What all models of the API share."""

import re
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

_DEFINITION = {"allOf": [{"$ref": "#/components/schemas/Definition"}]}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Model(BaseModel):
    """Base of requests and answers: no field that is not declared, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Change(Model):
    """Base of what is to be changed of something; what is left out stays as it is."""

    may_be_null: ClassVar[frozenset[str]] = frozenset()
    """The fields that can be set to nothing."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"say what is to be changed: {', '.join(type(self).model_fields)}")
        for name in type(self).model_fields:
            if name in self.model_fields_set - self.may_be_null and getattr(self, name) is None:
                raise ValueError(f"{name} can't be null; leave it out if it is to stay as it is")
        return self

    @property
    def values(self) -> dict[str, Any]:
        """What was said, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _day_as_text(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) != len("2026-01-31"):
        raise ValueError("write a day such as 2026-01-31")
    return value


def _instant_as_text(value: object) -> object:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("write an instant such as 2026-01-31T09:30:00Z")
    return value


Day = Annotated[date, Field(strict=False), BeforeValidator(_day_as_text)]
"""A day, written as ``2026-01-31`` and in no other way."""

Instant = Annotated[datetime, Field(strict=False), BeforeValidator(_instant_as_text)]
"""An instant of a request, written as ``2026-01-31T09:30:00Z`` and in no other way."""

Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""One line of text without control characters."""

Text = Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00]*$")]
"""Any text a database can keep."""

DefinitionJSON = Annotated[dict[str, Any], WithJsonSchema(_DEFINITION)]
"""A definition in its JSON form; ``hub.core.segments.definition`` checks it."""

NextCursor = Annotated[
    str | None, Field(description="give it as `cursor` to get the next page; null on the last page")
]
