"""The ways in which a text may stand in the data.

Databases disagree on how to change capitals beyond A to Z, so the spellings are made here, and every engine
compares exactly.
"""

import re
from collections.abc import Iterable
from itertools import product

from hub import OneOf

_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][a-z]{2})?")


def usual_spellings(text: str) -> Iterable[str]:
    """A name as it is written, in small letters, in capitals, and with each word's first letter a capital."""
    return dict.fromkeys((text, text.lower(), text.upper(), text.title()))


def all_cases(code: str) -> Iterable[str]:
    """A short code with each of its letters small or a capital."""
    return ("".join(letters) for letters in product(*(dict.fromkeys((one.upper(), one.lower())) for one in code)))


def country_codes(test: OneOf) -> OneOf:
    """The same test with its codes in capitals.

    Raises:
        ValueError: a text is no country code.
    """
    form, texts = test.form
    codes = [text.upper() for text in texts]
    for code, text in zip(codes, texts, strict=True):
        if not _COUNTRY.fullmatch(code):
            raise ValueError(f'"{text:.40}" is no country code: write two letters, such as "DE"')
    return OneOf.model_validate({form: codes})


def language_codes(test: OneOf) -> OneOf:
    """The same test with its codes in small letters.

    Raises:
        ValueError: a text is no language code.
    """
    form, texts = test.form
    codes = [text.lower() for text in texts]
    for code, text in zip(codes, texts, strict=True):
        if not _LANGUAGE.fullmatch(code):
            raise ValueError(
                f'"{text:.40}" is no language code: write two or three letters, such as "de" or "de-AT"'
            )
    return OneOf.model_validate({form: codes})
