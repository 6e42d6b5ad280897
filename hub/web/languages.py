"""Which language a page speaks: the customer's, else the browser's, else the organisation's."""

from hub.core.consents.languages import Language, language_for

_LONGEST = 500
"""Characters of a browser's wish that are looked at."""


def language_of_page(customers: str | None, wished: str, country: str) -> Language:
    """The language of a page.

    Args:
        customers: the customer's language, such as de-AT; None where it is not known.
        wished: the header ``Accept-Language``.
        country: the organisation's, as an ISO code.
    """
    if customers:
        return language_for(customers, country)
    best, language = 0.0, None
    for part in wished[:_LONGEST].split(","):
        name, _, weight = part.partition(";")
        spoken = _known(name)
        share = _weight(weight)
        if spoken is not None and share > best:
            best, language = share, spoken
    return language or language_for(None, country)


def _known(name: str) -> Language | None:
    try:
        return Language(name.strip().partition("-")[0].lower())
    except ValueError:
        return None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
