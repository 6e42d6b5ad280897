"""What goes in and out of a loopback platform: requests, replies and the record kept of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One HTTP request, read to its end. Headers have lower-case names and stay out of ``repr``."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200, content_type: str = JSON) -> "Reply":
        """An answer that carries a value as JSON."""
        return cls(status, json.dumps(value).encode(), content_type)


@dataclass(frozen=True)
class Recorded:
    """What is remembered of a request: never its headers, so never a key."""

    method: str
    path: str
    query: Mapping[str, str]
    size: int
    """Of the body, in bytes."""
    status: int
    """Answered with; 0 when the connection was cut instead."""
