"""What a user enters to send email, and to hear what became of it."""

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
    return_path: str | None = Field(
        None,
        max_length=320,
        description="address to which mail comes back that can't be delivered, if not the sender's",
    )
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

    mailbox_host: str = Field(
        "",
        max_length=253,
        description="name of the IMAP server where bounces and complaints arrive; empty: they are not read",
    )
    mailbox_port: int = Field(993, ge=1, le=65535, description="993 with tls, 143 with starttls or none")
    mailbox_security: Security = Field(Security.TLS, description="tls, starttls or none")
    mailbox_username: str = Field("", max_length=320, description="user name at the IMAP server")
    mailbox_password: SecretStr = Field(SecretStr(""), description="password at the IMAP server")
    mailbox_folder: str = Field(
        "INBOX", min_length=1, max_length=200, description="folder where bounces and complaints arrive"
    )
    mailbox_processed_folder: str = Field(
        "",
        max_length=200,
        description="folder into which they are moved once read; empty: they are marked as read",
    )

    @property
    def envelope_sender(self) -> str:
        """Where mail comes back to that can't be delivered."""
        return self.return_path or self.sender

    @field_validator("sender", "reply_to", "return_path")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        try:
            return value if value is None else mailbox(value).text
        except Rejected as error:
            raise ValueError(str(error)) from None

    @field_validator(
        "host", "username", "sender_name", "mailbox_host", "mailbox_username", "mailbox_folder",
        "mailbox_processed_folder",
    )  # fmt: skip
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if has_control_characters(value):
            raise ValueError("it must be one line without control characters")
        return value

    @field_validator("host", "mailbox_host")
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

    @model_validator(mode="after")
    def _can_open_the_mailbox(self) -> Self:
        if not self.mailbox_host:
            return self
        if not self.mailbox_username or not self.mailbox_password.get_secret_value():
            raise ValueError("a mailbox needs both mailbox_username and mailbox_password")
        if self.mailbox_security is Security.NONE and not _is_loopback(self.mailbox_host):
            raise ValueError("a password is not sent unprotected: set mailbox_security to starttls or tls")
        if self.mailbox_processed_folder == self.mailbox_folder:
            raise ValueError("mailbox_processed_folder must be another folder than mailbox_folder")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
