"""What all four contracts share: a settings model, a context, and a check."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

import httpx
from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Base of a component's settings: unknown fields are refused, secrets are ``SecretStr``.

    The model drives the validation, the form, the masking of secrets and the documentation, so
    give each field a description.
    """

    # An error must not repeat its input: it may be a secret in the wrong place.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


SettingsT = TypeVar("SettingsT", bound=Settings)


@dataclass(frozen=True)
class Context:
    """What the hub hands to a component: everything it needs from outside."""

    http: httpx.Client
    """Client with time-outs and retries set up; the only way to the network over HTTP."""
    clock: Callable[[], datetime]
    """The time now, in UTC."""
    log: logging.Logger
    time_zone: ZoneInfo
    """The organisation's time zone: a date without a time is a day there."""
    currency: str
    """The organisation's currency, as an ISO 4217 code."""
    country: str
    """The organisation's country, as an ISO 3166 alpha-2 code: where a phone number without a code is from."""
    folder: Path
    """The hub's home: a relative path in a component's settings starts here."""
    connection: Callable[[str, int], AbstractContextManager[None]] = lambda account, most: nullcontext()
    """Waits for a place among the connections to an account and holds it: ``with connection(account, most)``.

    All components of all processes that share this home and name the same account, by whatever text tells accounts
    apart, have at most ``most`` places together. For platforms that limit how many requests may be under way.
    """
    sleep: Callable[[float], None] = time.sleep
    """Waits so many seconds, for waiting within a call that can't be given up and called again."""


class Component(Generic[SettingsT]):
    """A thing a user can configure: a data source, an audience sink or a message channel.

    Class attributes to set: ``name`` (unique among its kind; lower-case letters, digits and
    underscores), ``label`` (for people), ``help`` (one or two sentences) and ``settings_model``.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    settings_model: ClassVar[type[Settings]]

    def __init__(self, settings: SettingsT, context: Context) -> None:
        self.settings = settings
        self.context = context

    def check(self) -> None:
        """Find out, changing nothing, whether the settings work.

        Raises:
            SettingsError: a setting is wrong.
            NotAuthorised: the credentials are refused.
            TryAgain: the other side can't be reached just now.
        """
        raise NotImplementedError
