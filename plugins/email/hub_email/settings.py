"""What a user enters to send email."""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from hub import Rejected, Settings
from hub_email.addresses import has_control_characters, mailbox


class Security(StrEnum):
    """How the connection to the server is protected."""

    STARTTLS = "starttls"
    """Begins plain and switches to TLS before anything is said; usual on port 587."""
    TLS = "tls"
    """TLS from the first byte; usual on port 465."""
    NONE = "none"
    """Nothing is protected; for a server on this machine or in a closed network."""


class EmailSettings(Settings):
    """How to reach the mail server, and whom the mail is from."""

    host: str = Field(
        min_length=1, max_length=253, description="name of the mail server, such as smtp.example.com"
    )
    port: int = Field(587, ge=1, le=65535, description="587 with starttls, 465 with tls, 25 with none")
    security: Security = Field(Security.STARTTLS, description="starttls, tls or none")
    ca_file: Path | None = Field(
        None, description="PEM file with the authority that signed the server's certificate, if it is your own"
    )
    username: str = Field("", max_length=320, description="user name at the server; empty if it asks for none")
    password: SecretStr = Field(SecretStr(""), description="password at the server")
    sender: str = Field(max_length=320, description="address the mail is from")
    sender_name: str = Field("", max_length=200, description="name shown beside the sender's address")
    reply_to: str | None = Field(None, max_length=320, description="address for answers, if not the sender's")
    connections: int = Field(
        4, ge=1, le=50, description="connections to the server side by side; your provider says how many it takes"
    )
    timeout: float = Field(30.0, gt=0, le=600, description="seconds to wait for each answer of the server")
    final_timeout: float = Field(
        600.0,
        gt=0,
        le=3600,
        description="seconds to wait for the answer to a whole message; RFC 5321 (4.5.3.2.6) asks for 600",
    )

    @field_validator("sender", "reply_to")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        try:
            return value if value is None else mailbox(value).text
        except Rejected as error:
            raise ValueError(str(error)) from None

    @field_validator("host", "username", "sender_name")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if has_control_characters(value):
            raise ValueError("it must be one line without control characters")
        return value

    @field_validator("host")
    @classmethod
    def _is_host(cls, value: str) -> str:
        try:
            value.encode("idna")
        except UnicodeError:
            raise ValueError("it must be the name or number of a machine") from None
        return value

    @model_validator(mode="after")
    def _protects_the_password(self) -> Self:
        if bool(self.username) != bool(self.password.get_secret_value()):
            raise ValueError("set both username and password, or neither")
        if self.username and self.security is Security.NONE and not _is_loopback(self.host):
            raise ValueError("a password is not sent unprotected: set security to starttls or tls")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
