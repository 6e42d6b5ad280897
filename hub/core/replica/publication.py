"""A publication: the relations as Parquet files in a folder of their own, with a manifest that says what they are.

A folder of publications holds one such folder each, named by revision and a random word, and ``current.json``,
which names the newest that is whole. ``publishing`` writes it, any engine may read it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, String
from sqlalchemy.types import TypeEngine

from hub.core.contracts.errors import InputError, NotFound
from hub.core.contracts.relations import COLUMNS, Columns

LAYOUT = 1
"""Raised with every change of what a publication holds."""
CURRENT = "current.json"
"""Names the newest publication."""
MANIFEST = "manifest.json"
"""Describes a publication; it is written last, so that only what is whole has one."""

CONSENT_LOG: Columns = MappingProxyType(
    {
        "customer": BigInteger(),
        "permission": String(),
        "channel": String(),
        "given": Boolean(),
        "changed_at": BigInteger(),
        "position": BigInteger(),
    }
)
"""Every entry of the log, for days gone by: the newest wins, by ``changed_at`` and then by ``position``."""

PUBLISHED: Mapping[str, Columns] = MappingProxyType({**COLUMNS, "consent_log": CONSENT_LOG})
"""What a publication holds: the relations, and what else it takes to see a day gone by."""


_TYPES = ((BigInteger, "BIGINT"), (String, "VARCHAR"), (Boolean, "BOOLEAN"), (Float, "DOUBLE"))


def type_word(kind: TypeEngine[Any]) -> str:
    """A column's type: BIGINT, VARCHAR, BOOLEAN or DOUBLE."""
    return next(word for known, word in _TYPES if isinstance(kind, known))


@dataclass(frozen=True)
class Manifest:
    """What a publication is."""

    layout: int
    store: str
    """The store's own name; every store has another."""
    organisation: int
    currency: str
    time_zone: str
    """Where the organisation's days are."""
    revision: int
    """The store's revision the facts are at."""
    horizon: int
    """The newest instant of any fact that a day gone by must not know: seconds since 1970 in UTC."""
    rows: Mapping[str, int]
    """How many rows each relation has."""
    published_at: str
    """ISO 8601, in UTC."""


@dataclass(frozen=True)
class Publication:
    """A publication that is whole."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """Its folder's name: the revision, a hyphen and a random word of hexadecimal digits."""
        return self.folder.name


def newest_publication(folder: Path) -> Publication:
    """The publication that ``current.json`` names.

    Raises:
        NotFound: nothing is published there.
        InputError: what is there can't be read, or another version of the hub wrote it.
    """
    try:
        named = json.loads((folder / CURRENT).read_text(encoding="utf-8"))["publication"]
    except FileNotFoundError:
        raise NotFound(
            f"nothing is published in {folder} yet; publish with `hub replica publish {folder}`"
        ) from None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{folder / CURRENT} can't be read ({error}); publish anew") from error
    return Publication(folder / named, read_manifest(folder / named))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of one publication.

    Raises:
        InputError: it is missing or can't be read, or another version of the hub wrote it.
    """
    file = folder / MANIFEST
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if said["layout"] != LAYOUT:
            raise InputError(
                f"another version of the hub wrote {folder}: its layout is {said['layout']}, this version reads "
                f"{LAYOUT}; publish anew"
            )
        return Manifest(**said)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{file} can't be read ({error}); publish anew") from error


def manifest_text(manifest: Manifest) -> str:
    """A manifest as its file holds it."""
    return json.dumps(asdict(manifest), indent=2, default=_plain) + "\n"


def now_text(now: datetime) -> str:
    """A moment as ``published_at`` says it."""
    return now.isoformat(timespec="seconds")


def _plain(value: Any) -> Any:
    return dict(value)
