"""What a component's class must declare. Each check says what is wrong as half a sentence."""

import inspect
import re
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from hub.core.contracts.channel import Carries, MessageChannel
from hub.core.contracts.component import Component, Settings
from hub.core.contracts.criterion import SEGMENT, Criterion, Parameters
from hub.core.contracts.records import ConsentChannel
from hub.core.contracts.sink import MEMBER_TRAITS, AudienceSink, IdentifierKind
from hub.core.contracts.source import DataSource
from hub.core.registry.reports import Kind

BASES: Mapping[Kind, type] = types.MappingProxyType(
    {
        Kind.DATA_SOURCE: DataSource,
        Kind.CRITERION: Criterion,
        Kind.AUDIENCE_SINK: AudienceSink,
        Kind.MESSAGE_CHANNEL: MessageChannel,
    }
)
"""The contract each kind of component derives from."""

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
"""How plugins and components may be called."""


def faults(kind: Kind, component: object) -> list[str]:
    """Everything wrong with what a hook returned as one component; empty when it keeps its contract."""
    base = BASES[kind]
    if not isinstance(component, type):
        return [f"{component!r:.80} is not a class; return the class, the hub makes the instance"]
    if not issubclass(component, base):
        return [f"{component.__name__} is not derived from hub.{base.__name__}"]
    found = [*_undefined(component), *_described(component), *_OWN[kind](component)]
    return [f"{component.__name__} {fault}" for fault in found]


def _undefined(component: type) -> Iterator[str]:
    missing = [name for name, member in inspect.getmembers(component) if _is_abstract(member)]
    if missing:
        yield f"does not define {', '.join(missing)}"


def _is_abstract(member: object) -> bool:
    return getattr(member, "__isabstractmethod__", False) is True


def _described(component: type) -> Iterator[str]:
    for attribute in ("name", "label", "help"):
        value = getattr(component, attribute, None)
        if not isinstance(value, str) or not value.strip():
            yield f"has no {attribute}; set it to a text that is not blank"
        elif attribute == "name" and not NAME.fullmatch(value):
            yield (
                f"has the name {value!r}; a name is lower-case letters, digits and underscores and begins "
                "with a letter (two such words may be joined by a dot)"
            )


def _model(component: type, attribute: str, base: type[BaseModel]) -> Iterator[str]:
    model = getattr(component, attribute, None)
    if not (isinstance(model, type) and issubclass(model, base)):
        yield f"has no {attribute}; set it to a class derived from hub.{base.__name__}"
    elif model.model_config.get("extra") != "forbid":
        yield f"has a {attribute} that lets unknown fields pass; leave extra='forbid' as it is"


def _criterion(component: type) -> Iterator[str]:
    yield from _model(component, "parameters_model", Parameters)
    aliases = getattr(component, "aliases", ())
    if not isinstance(aliases, tuple) or not all(
        isinstance(word, str) and NAME.fullmatch(word) for word in aliases
    ):
        yield f"has the aliases {aliases!r:.80}; set a tuple of words formed like a name"
    elif SEGMENT in (getattr(component, "name", ""), *aliases):
        yield f"answers to {SEGMENT!r}, which the hub keeps for the segments themselves; choose another word"


def _data_source(component: type) -> Iterator[str]:
    yield from _model(component, "settings_model", Settings)


def _audience_sink(component: type) -> Iterator[str]:
    yield from _model(component, "settings_model", Settings)
    accepts: object = getattr(component, "accepts", None)
    if not (
        isinstance(accepts, frozenset) and accepts and all(isinstance(kind, IdentifierKind) for kind in accepts)
    ):
        yield "does not say what it accepts; set accepts to a frozenset of hub.IdentifierKind"
    traits: Any = getattr(component, "traits", None)
    # A property answers for each instance by its settings; what it says is known only then.
    if not isinstance(traits, property) and not (isinstance(traits, tuple) and set(traits) <= set(MEMBER_TRAITS)):
        yield f"asks for the traits {traits!r:.80}; set a tuple of names from {', '.join(MEMBER_TRAITS)}"
    largest: object = getattr(component, "largest_batch", None)
    if not isinstance(largest, int) or isinstance(largest, bool) or largest < 1:
        yield "has no largest_batch; set it to a whole number of at least 1"


def _message_channel(component: type) -> Iterator[str]:
    yield from _model(component, "settings_model", Settings)
    if not isinstance(getattr(component, "channel", None), ConsentChannel):
        yield "does not say which consent it needs; set channel to a hub.ConsentChannel"
    if not isinstance(getattr(component, "carries", None), Carries):
        yield "does not say what it carries; set carries to a hub.Carries"
    if not isinstance(getattr(component, "keeps_ids", None), bool):
        yield "does not say whether the provider keeps ids; set keeps_ids to True or False"


_OWN: Mapping[Kind, Callable[[type], Iterator[str]]] = types.MappingProxyType(
    {
        Kind.DATA_SOURCE: _data_source,
        Kind.CRITERION: _criterion,
        Kind.AUDIENCE_SINK: _audience_sink,
        Kind.MESSAGE_CHANNEL: _message_channel,
    }
)


def words_of(component: type[Component[Any]] | type[Criterion[Any]]) -> tuple[str, ...]:
    """Every word a component answers to: its name, and a criterion's aliases."""
    return (component.name, *(component.aliases if issubclass(component, Criterion) else ()))
