"""Segments to start from: each a text of the segment language with blanks that have a sensible value already."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hub.core.contracts.errors import NotFound, UserError
from hub.core.segments.language.tokens import quoted


@dataclass(frozen=True)
class Blank:
    """Something in a recipe that one would change."""

    label: str
    """What is filled in, for people."""
    value: str | int
    """What stands there unless something else is filled in; a text or a whole number, as this is."""


@dataclass(frozen=True)
class Recipe:
    """A segment that many want, to be used as it is or changed."""

    name: str
    """Unique among recipes in any case; also a good name for the segment."""
    description: str
    """Whom it finds and what it is good for."""
    template: str
    """A text of the segment language; ``{days}`` stands for the blank of that name."""
    blanks: Mapping[str, Blank] = field(default_factory=dict)

    def text(self, values: Mapping[str, str | int] = MappingProxyType({})) -> str:
        """The segment's text with its blanks filled in.

        Args:
            values: by the blank's name; what is left out keeps its usual value.

        Raises:
            UserError: there is no such blank, or a text stands where a number belongs or the other way round.
        """
        for name, value in values.items():
            self._check(name, value)
        filled = {name: values.get(name, blank.value) for name, blank in self.blanks.items()}
        said = {name: quoted(value) if isinstance(value, str) else str(value) for name, value in filled.items()}
        return self.template.format_map(said)

    def places(self) -> Iterator[str]:
        """The names of the blanks in the template, in the order in which they stand there."""
        return (name for _, name, _, _ in string.Formatter().parse(self.template) if name is not None)

    def _check(self, name: str, value: object) -> None:
        blank = self.blanks.get(name)
        if blank is None:
            there = ", ".join(self.blanks) or "no blanks at all"
            raise UserError(f"the recipe {self.name!r} has no blank {name!r}; it has {there}")
        if isinstance(blank.value, str):
            if not isinstance(value, str):
                raise UserError(f"{name} of the recipe {self.name!r} ({blank.label}) is a text, not {value!r}")
        elif not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise UserError(
                f"{name} of the recipe {self.name!r} ({blank.label}) is a whole number from 0, not {value!r}"
            )


_PERMISSION = Blank("permission that was given", "newsletter")

RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "Win-back",
        "Spent a fair amount, but bought nothing for a while: worth an invitation to come back.",
        "last_purchase more than {days} days ago and revenue > {spent}",
        {"days": Blank("days since the last purchase", 60), "spent": Blank("amount spent in all", 100)},
    ),
    Recipe(
        "Cross-sell",
        "Bought one category and never another that goes well with it.",
        "bought category {bought} and bought category none of ({not_bought})",
        {
            "bought": Blank("category they bought", "ballet"),
            "not_bought": Blank("category they never bought", "opera"),
        },
    ),
    Recipe(
        "Lapsed",
        "Came more than once, and then not for a long time.",
        "orders >= {orders} and last_purchase more than {days} days ago",
        {"orders": Blank("least orders in all", 2), "days": Blank("days since the last purchase", 540)},
    ),
    Recipe(
        "Readers who never bought",
        "May be written to by email, but never bought anything: worth a first offer.",
        "consent {permission} on email and orders = 0",
        {"permission": _PERMISSION},
    ),
    Recipe(
        "Lapsed readers",
        "May be written to by email and bought once, but not for a while.",
        "consent {permission} on email and last_purchase more than {days} days ago",
        {"permission": _PERMISSION, "days": Blank("days since the last purchase", 365)},
    ),
    Recipe(
        "Buyers reached by SMS",
        "Bought before and may be written to by SMS: for what is on at short notice.",
        "consent {permission} on sms and orders >= 1",
        {"permission": _PERMISSION},
    ),
    Recipe(
        "Loyal",
        "Many orders in all, the last of them not long ago.",
        "orders >= {orders} and last_purchase within {days} days",
        {"orders": Blank("least orders in all", 5), "days": Blank("days since the last purchase", 365)},
    ),
    Recipe(
        "Regulars of a category",
        "Bought a category lately and have bought often: they want to know the new programme first.",
        "bought category {category} within {days} days and orders >= {orders}",
        {
            "category": Blank("category", "opera"),
            "days": Blank("days in which they bought it", 365),
            "orders": Blank("least orders in all", 3),
        },
    ),
    Recipe(
        "Newcomers",
        "Bought for the first time just now: worth a welcome.",
        "first_purchase within {days} days",
        {"days": Blank("days since the first purchase", 30)},
    ),
    Recipe(
        "Once and never again",
        "A single order, and nothing since.",
        "orders = 1 and last_purchase more than {days} days ago",
        {"days": Blank("days since the order", 180)},
    ),
    Recipe(
        "Big orders",
        "Spend a lot each time: for premieres, boxes and patrons' evenings.",
        "average_order >= {amount} and orders >= {orders}",
        {"amount": Blank("least amount of an average order", 150), "orders": Blank("least orders in all", 2)},
    ),
    Recipe(
        "Young audience",
        "Young by their date of birth; who gave none is left out.",
        "age < {age} known only",
        {"age": Blank("age they have not reached", 30)},
    ),
    Recipe(
        "Local",
        "Live in your city: for what is on tonight.",
        "city = {city}",
        {"city": Blank("city, as it stands in your data", "Hamburg")},
    ),
    Recipe(
        "Messenger subscribers with orders",
        "May be written to on Messenger and have bought before.",
        "reachable on messenger and orders >= {orders}",
        {"orders": Blank("least orders in all", 1)},
    ),
    Recipe(
        "Lapsed subscribers",
        "Had a subscription and have none now: worth an offer before the season begins.",
        "subscription former",
    ),
    Recipe(
        "Birthday this month",
        "Have their birthday this month and may be written to by email: for a small present.",
        "birthday this month and reachable on email",
    ),
    Recipe(
        "Abandoned cart",
        "Filled a cart of some value lately and did not order: a reminder may be all it takes.",
        "abandoned_cart within {days} days worth >= {amount}",
        {"days": Blank("days since the cart was changed", 7), "amount": Blank("least value of the cart", 50)},
    ),
    Recipe(
        "Buyers never asked",
        "Bought lately, but gave no permission to be written to by email: ask them at the box office.",
        "last_purchase within {days} days and consent none {permission} on email",
        {"days": Blank("days since the last purchase", 365), "permission": _PERMISSION},
    ),
    Recipe(
        "On impulse",
        "Bought at most a few days before the event: for seats that are left.",
        "lead_time <= {lead} days within {days} days",
        {"lead": Blank("days before the event", 2), "days": Blank("days since they did so", 365)},
    ),
    Recipe(
        "For a category, without ticket holders",
        "Like a category and hold no ticket for any of its coming events: for seats that are left there.",
        "bought category {category} and not ticket_for category in ({category})",
        {"category": Blank("category", "opera")},
    ),
    Recipe(
        "Online only",
        "Buy online and never came to the box office.",
        "sales_channel online and not sales_channel box_office",
    ),
    Recipe(
        "Everyone who may be written to",
        "Gave the permission by email and has not withdrawn it.",
        "consent {permission} on email",
        {"permission": _PERMISSION},
    ),
)
"""The recipes there are, in the order in which they are shown."""


def recipe_named(name: str) -> Recipe:
    """The recipe of that name, in any case.

    Raises:
        NotFound: there is none.
    """
    for recipe in RECIPES:
        if recipe.name.casefold() == name.strip().casefold():
            return recipe
    raise NotFound(f"there is no recipe {name!r}; there are {', '.join(recipe.name for recipe in RECIPES)}")
