"""The languages in which the hub itself speaks to customers of what they agreed to."""

from enum import StrEnum


class Language(StrEnum):
    """A language the hub has words in."""

    ENGLISH = "en"
    GERMAN = "de"
    DANISH = "da"


_OF_COUNTRY = {
    "AT": Language.GERMAN, "CH": Language.GERMAN, "DE": Language.GERMAN, "LI": Language.GERMAN,
    "DK": Language.DANISH, "FO": Language.DANISH, "GL": Language.DANISH,
}  # fmt: skip


def language_for(language: str | None, country: str) -> Language:
    """The language to speak to a customer in.

    Args:
        language: the customer's, such as de or de-AT; None where it is not known.
        country: the organisation's, as an ISO code: what decides where the customer's language is not known.
            A customer with a language the hub has no words in is spoken to in English.
    """
    if not language:
        return _OF_COUNTRY.get(country.upper(), Language.ENGLISH)
    try:
        return Language(language.replace("_", "-").partition("-")[0].lower())
    except ValueError:
        return Language.ENGLISH
