"""The closed set of parameter types: what a criterion may be asked with.

A field of a criterion's parameters is one of these tests, a ``StrEnum`` (its words), a ``Text`` or ``str`` (a
quoted text), an ``int``, ``Decimal`` or ``date``, or a ``bool`` that is false unless said. Each has a JSON
form, a text form, a widget and a sentence; there is nothing to write for a new criterion.
"""

from hub.core.contracts.parameters.dates import DateTest
from hub.core.contracts.parameters.keyword import Keyword
from hub.core.contracts.parameters.numbers import Number, NumberTest
from hub.core.contracts.parameters.texts import OneOf, Text, TextTest

__all__ = ["DateTest", "Keyword", "Number", "NumberTest", "OneOf", "Text", "TextTest"]
