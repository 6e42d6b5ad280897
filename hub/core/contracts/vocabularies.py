"""The closed sets of words that records use, each explained."""

from enum import StrEnum


class Gender(StrEnum):
    """A customer's gender as far as it is known."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class AccountKind(StrEnum):
    """How a customer is known."""

    REGISTERED = "registered"
    """Has an account."""
    GUEST = "guest"
    """Bought without an account."""
    SUBSCRIBER = "subscriber"
    """Only subscribed to messages."""


class AccountStatus(StrEnum):
    """Whether the account may be used."""

    ACTIVE = "active"
    BLOCKED = "blocked"


class OrderStatus(StrEnum):
    """What became of an order. Only ``paid`` and ``completed`` count as bought."""

    PENDING = "pending"
    """Placed, not paid yet."""
    PAID = "paid"
    """Paid, not delivered or visited yet."""
    COMPLETED = "completed"
    """Paid and delivered or visited."""
    CANCELLED = "cancelled"
    """Called off before or after paying."""
    REFUNDED = "refunded"
    """Paid back."""


class SalesChannel(StrEnum):
    """Where an order was placed."""

    ONLINE = "online"
    BOX_OFFICE = "box_office"


class ConsentChannel(StrEnum):
    """A channel a customer can allow to be written to on."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    MESSENGER = "messenger"
    VIBER = "viber"

    @property
    def is_chat(self) -> bool:
        """Whether an address on it is an id that only the service gives, once a customer begins a conversation."""
        return self not in (ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.PHONE)


class CustomFieldType(StrEnum):
    """What kind of values a custom field has, and how one is written."""

    TEXT = "text"
    """Any text."""
    NUMBER = "number"
    """Such as 12 or -3.75, with at most four decimals."""
    DATE = "date"
    """A day, such as 2024-12-31."""
    CHOICE = "choice"
    """One of the field's choices."""
    YES_NO = "yes_no"
    """yes or no."""
