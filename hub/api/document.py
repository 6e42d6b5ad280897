"""The OpenAPI document: what FastAPI knows, with the schemas it does not."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from hub.api.problems import Problem
from hub.core.segments.definition import Tree

_REFERENCE = "#/components/schemas/{model}"

TAGS = [
    {"name": "segments", "description": "Named sets of customers, by criteria."},
    {"name": "dashboards", "description": "Definitions with a number and a distribution for each criterion."},
    {"name": "views", "description": "Segments seen through further criteria, under a name."},
    {"name": "history", "description": "Who entered and left segments, and why."},
    {"name": "members", "description": "Who is in a segment, or matches a definition: personal data."},
    {"name": "customers", "description": "All that is known of single customers: personal data."},
    {"name": "consents", "description": "What customers agree to: texts, what they tick, and the proof of it."},
    {"name": "tags", "description": "Words that customers are marked with, many at once."},
    {"name": "criteria", "description": "What segments can ask for, and segments to start from."},
    {"name": "syncs", "description": "Segments kept on other platforms."},
    {"name": "runs", "description": "Runs of syncs, and how they ended."},
    {"name": "feeds", "description": "Segments that other programs read at secret addresses."},
    {"name": "templates", "description": "What messages say, with places for the customer's data."},
    {"name": "newsletters", "description": "Messages to many customers: made, tried out, sent and watched."},
    {"name": "messages", "description": "Messages to single customers, what became of messages, and the rules."},
    {"name": "suppressions", "description": "Addresses that nothing more is sent to."},
    {"name": "campaign links", "description": "Public addresses of offers, whose clicks and orders are counted."},
    {"name": "imports", "description": "Data that comes in: connected sources, and files."},
    {"name": "plugins", "description": "What extends this hub."},
    {"name": "health", "description": "For whoever watches the service; without a token."},
]

DESCRIPTION = """Build segments of customers, see who is in them, keep other platforms true to them, and
write to them.

Every operation but those of health and the reading of feeds needs a token, sent as `Authorization: Bearer hub_…`,
with the scope the operation names. Every error is a problem document after RFC 9457. Lists come in pages: give
`next_cursor` as `cursor` until it is null. Instants are in UTC, days are the organisation's. Money is in minor
units of its currency, in fields named so; what definitions and distributions compare with is a decimal number as
text."""


class HubAPI(FastAPI):
    """An application whose OpenAPI document is complete."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document = get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                license_info=self.license_info,
                tags=self.openapi_tags,
                routes=self.routes,
            )
            schemas = document["components"]["schemas"]
            schemas |= _with_parts("Problem", Problem.model_json_schema(ref_template=_REFERENCE))
            definition = TypeAdapter[Any](Tree).json_schema(ref_template=_REFERENCE)
            schemas |= _with_parts("Definition", {"description": _DEFINITION, **definition})
            self.openapi_schema = document
        return self.openapi_schema


_DEFINITION = (
    "A tree of criteria, joined by all of, any of and none of. The parameters of a criterion are its own; an "
    "unknown criterion or a wrong parameter is answered with 422."
)


def _with_parts(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema under its name, beside the schemas it refers to."""
    parts: dict[str, Any] = schema.pop("$defs", {})
    return {name: schema, **parts}
