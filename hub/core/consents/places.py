"""Where customers give consent."""

from enum import StrEnum


class ConsentPlace(StrEnum):
    """The page of a shop on which a customer was asked."""

    REGISTRATION = "registration"
    """Where an account is made. A box that is not ticked says nothing."""
    ORDER = "order"
    """Where something is bought, with an account or as a guest. A box that is not ticked says nothing."""
    PROFILE = "profile"
    """Where customers see what they agreed to and change it. A box that is not ticked withdraws."""


BY_HAND = "by hand"
"""The place of what somebody of the organisation entered."""
