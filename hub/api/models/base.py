"""What all models of the API share."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

_DEFINITION = {"allOf": [{"$ref": "#/components/schemas/Definition"}]}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Model(BaseModel):
    """Base of requests and answers: no field that is not declared, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


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
