"""Reads the small forms that the public pages and mail providers send."""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST_FORM = 16 * 1024
"""Bytes. A form has a field or two."""

_MOST_FIELDS = 20


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form, as RFC 8058 allows it: URL-encoded or multipart. What is neither has no fields.

    Raises:
        HTTPException: it is larger than ``LARGEST_FORM``.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            raise HTTPException(413)
    return fields_of(request.headers.get("content-type", ""), body)


def fields_of(content_type: str, body: bytes) -> Mapping[str, str]:
    """The fields of a form. What can't be read has none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _fields_of_parts(content_type, body)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}


def _fields_of_parts(content_type: str, body: bytes) -> Mapping[str, str]:
    head = content_type.translate({10: None, 13: None}).encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + head + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and len(fields) < _MOST_FIELDS:
            fields[name] = content.decode(errors="replace").strip()
    return fields
