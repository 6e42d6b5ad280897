"""The sandbox that templates run in: few filters, no files, no other templates, no way to an object's inside."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from jinja2 import nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from hub.core.messaging.templates.filters import OWN_FILTERS, Speech, shown
from hub.core.messaging.templates.given import Facts, Missing, UnknownName, missing_below
from hub.core.messaging.templates.mistakes import nearest

BORROWED_FILTERS = (
    "abs", "capitalize", "first", "float", "int", "join", "last", "length", "lower", "max", "min", "replace",
    "round", "sort", "sum", "trim", "truncate", "unique", "upper", "urlencode",
)  # fmt: skip
"""The filters of Jinja that templates may use."""
TESTS = (
    "defined", "undefined", "divisibleby", "even", "odd", "in", "number", "string", "iterable", "eq", "ne", "lt",
    "le", "gt", "ge", "==", "!=", "<", "<=", ">", ">=", "none",
)  # fmt: skip
"""The tests of Jinja that templates may use."""
_GLOBALS = ("range", "namespace")
_SHOWN = "shown"
_MOST_DIGITS = 4_096
"""Bits of the largest number that a power may make."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Compiles templates and runs them. One thread uses it at a time.

    Args:
        zone: where days are.
        currency: ISO 4217 code of amounts that name none.
        escapes: whether values are escaped for HTML.
    """

    intercepted_binops = frozenset(["**"])

    def __init__(self, zone: ZoneInfo, currency: str, *, escapes: bool) -> None:
        super().__init__(autoescape=escapes, undefined=Missing, optimized=False, keep_trailing_newline=False)
        borrowed: Mapping[str, Callable[..., Any]] = self.filters
        self.filters = {name: borrowed[name] for name in BORROWED_FILTERS} | OWN_FILTERS | {_SHOWN: shown}
        self.tests = {name: self.tests[name] for name in TESTS}
        self.tests["none"] = self.tests["undefined"]  # what is missing is never None
        self.globals = {name: self.globals[name] for name in _GLOBALS}
        self.speech = Speech(Locale.parse("en_GB"), zone, currency, date.min, is_html=escapes)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A value by a dot: of the data, of a loop, of a day; texts have their methods."""
        if isinstance(obj, Facts | Missing):
            return self._named(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A value by brackets."""
        if isinstance(obj, Facts | Missing):
            return self._named(obj, str(argument))
        return super().getitem(obj, argument)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a dot may reach this."""
        known = isinstance(obj, LoopContext | Namespace | str | date)
        return known and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Powers, which need more time than anybody has when they are large."""
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > _MOST_DIGITS:
            raise UnknownName("this number is too large")
        return super().call_binop(context, operator, left, right)

    def compiled(self, tree: nodes.Template) -> Any:
        """A template whose every place for data shows its value as people read it, or fails."""
        code = self.compile(_Showing().visit(tree))
        return self.template_class.from_code(self, code, self.make_globals(None), None)

    def unknown_filter(self, name: str) -> str:
        """The sentence on a filter that there is not."""
        known = set(self.filters) - {_SHOWN}
        return f"there is no filter {name!r}{nearest(name, known)}"

    @staticmethod
    def _named(obj: Facts | Missing, name: str) -> object:
        return obj.named(name) if isinstance(obj, Facts) else missing_below(obj.path, name)


class _Showing(NodeTransformer):
    """Puts the last filter to every place for data, and makes the word ``none`` a missing value."""

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - the base looks it up by this name
        self.generic_visit(node)
        node.nodes = [one if isinstance(one, nodes.TemplateData) else _shown(one) for one in node.nodes]
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.nodes = [_shown(one) for one in node.nodes]
        return node

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802
        return node if node.value is not None else nodes.Name("none", "load", lineno=node.lineno)


def _shown(node: nodes.Expr) -> nodes.Expr:
    return nodes.Filter(node, _SHOWN, [], [], None, None, lineno=node.lineno)
