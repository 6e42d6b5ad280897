"""Customers as a shop speaks of them: known by its own id, with what it knows of them."""

from dataclasses import dataclass

from pydantic import ValidationError

from hub.core.contracts.errors import UserError
from hub.core.contracts.records import CustomerRecord
from hub.core.segments.references.naming import clean_name
from hub.core.store.texts import storable

_KNOWN = ("email", "phone", "first_name", "last_name", "language")


@dataclass(frozen=True)
class Shopper:
    """A customer of a shop. What it knows of them fills in what the hub does not know yet."""

    source: str
    """The source's name; external ids are unique within it."""
    id: str
    """The source's own id of the customer."""
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    """A language's code, such as de."""

    def __repr__(self) -> str:
        """Without personal data, so that no log has any."""
        return f"Shopper(source={self.source!r})"

    def cleaned(self) -> "Shopper":
        """The same as it is stored: trimmed, and what is empty left out.

        Raises:
            UserError: something is too long, or can't be kept.
        """
        given = {name: (getattr(self, name) or "").strip() for name in ("id", *_KNOWN)}
        said = {name: value for name, value in given.items() if value or name == "id"}
        try:
            CustomerRecord.model_validate(said)
        except ValidationError as error:
            wrong = error.errors()[0]
            raise UserError(f"the customer's {wrong['loc'][0]}: {wrong['msg']}") from None
        unfit = next((name for name, value in said.items() if not storable(value)), None)
        if unfit is not None:
            raise UserError(f"the customer's {unfit} is text: leave out half characters and those with code 0")
        if "language" in said:
            said["language"] = said["language"].lower()
        return Shopper(clean_name(self.source, "source"), **said)

    @property
    def known(self) -> dict[str, str]:
        """What the shop knows, by the customer's columns."""
        return {name: value for name in _KNOWN if (value := getattr(self, name)) is not None}
