"""What a template sees of its data: known names alone, and nothing that could show as "None" or as a hole."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import TemplateRuntimeError

from hub.core.messaging.templates.mistakes import nearest
from hub.core.messaging.templates.vocabulary import FIELDS, NAMES_IN


class MissingValue(TemplateRuntimeError):
    """A value that this customer has not, where the template shows it or works with it."""


class UnknownName(TemplateRuntimeError):
    """A name that no customer has, or a value that a filter can't take. Its text is the sentence.

    Attributes:
        word: the name, if the sentence has it; a template may have worked it out of a customer's data.
    """

    def __init__(self, message: str, word: str = "") -> None:
        super().__init__(message)
        self.word = word


class Missing(Undefined):
    """A known name without a value: false in a condition, replaced by a fallback, an error where it would show."""

    __slots__ = ()

    def __init__(self, *_: Any, name: Any = None, **__: Any) -> None:
        super().__init__(name=str(name), exc=MissingValue)

    @property
    def path(self) -> str:
        """Its name with what it belongs to."""
        return str(self._undefined_name)

    @property
    def _undefined_message(self) -> str:
        return self.path

    # Plain Undefined shows as nothing, and is an empty list.
    __iter__ = __str__ = __len__ = __contains__ = Undefined._fail_with_undefined_error  # noqa: SLF001


class Facts:
    """Values by name."""

    __slots__ = ("_path", "_values")

    def __init__(self, values: Mapping[str, object], path: str) -> None:
        self._values = values
        self._path = path

    def named(self, name: str) -> object:
        """A value.

        Raises:
            UnknownName: there is no such name.
        """
        if name not in self._values:
            return missing_below(self._path, name, self._values)
        return given(self._values[name], f"{self._path}.{name}")

    def __bool__(self) -> bool:
        return bool(self._values)

    def __str__(self) -> str:
        some = f"{self._path}.{min(NAMES_IN.get(self._path) or ['name'])}"
        raise UnknownName(f"{self._path} has several values; name one of them, such as {some}")


def given(value: object, path: str) -> object:
    """A value as a template sees it."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Missing(name=path)
    if isinstance(value, Mapping):
        return Facts(value, path)
    if isinstance(value, list | tuple):
        return tuple(given(one, path) for one in value)
    return value


def missing_below(path: str, name: str, own: Mapping[str, object] | None = None) -> Missing:
    """The value that a known name has not.

    Raises:
        UnknownName: there is no such name.
    """
    known = set(NAMES_IN.get(path, ())) | set(own or ())
    if name in NAMES_IN.get(path, ()):
        return Missing(name=f"{path}.{name}")
    if path == FIELDS:
        raise UnknownName(f"there is no custom field {name!r}{nearest(name, known)}", name)
    raise UnknownName(f"{path} has no {name!r}{nearest(name, known)}", name)


def values_of(data: Mapping[str, object]) -> dict[str, object]:
    """All names that stand alone, with what is known of them."""
    return {name: given(data.get(name), name) for name in NAMES_IN[""]}
