"""Looks at a template's words without any data: what is misspelt, unknown, or not allowed."""

from collections.abc import Iterator, Mapping, Sequence

from jinja2 import TemplateSyntaxError, nodes

from hub.core.messaging.templates.mistakes import Mistake, Wrong, mistake_at, nearest
from hub.core.messaging.templates.sandbox import Sandbox
from hub.core.messaging.templates.vocabulary import FIELDS, NAMES_IN

_FORBIDDEN: Mapping[type[nodes.Node], str] = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.ScopedEvalContextModifier: "autoescape",
}
_OF_THE_LANGUAGE = frozenset({"loop", "caller", "varargs", "kwargs", "none", "range", "namespace"})


def parsed(source: str, part: str, sandbox: Sandbox) -> nodes.Template:
    """A template as a tree.

    Raises:
        Wrong: it can't be understood.
    """
    try:
        return sandbox.parse(source)
    except TemplateSyntaxError as error:
        raise Wrong(of_syntax(error, source, part)) from error
    except RecursionError:
        raise Wrong(Mistake(part, 0, "", "it is nested too deeply")) from None


def of_syntax(error: TemplateSyntaxError, source: str, part: str) -> Mistake:
    """What can't be understood, with its place."""
    said = (error.message or "this can't be understood").rstrip(".")
    quoted = said.split("'")[1::2]
    reason = f"{said[0].lower()}{said[1:]}"
    return mistake_at(source, part, error.lineno, quoted[-1] if quoted else "", reason)


def mistakes_in(
    tree: nodes.Template, source: str, part: str, sandbox: Sandbox, fields: Sequence[str] | None
) -> Iterator[Mistake]:
    """What is unknown or not allowed in a template.

    Args:
        tree: the template.
        source: its text.
        part: which part of a wording it is.
        sandbox: what it is to run in.
        fields: the names of the custom fields there are; None: any name will do.
    """
    own = _own_names(tree)
    for node in tree.find_all(nodes.Node):
        for word, reason in _wrong_with(node, own, sandbox, fields):
            yield mistake_at(source, part, node.lineno, word, reason)


def paths_in(tree: nodes.Template) -> frozenset[str]:
    """Every name with what it belongs to that a template speaks of."""
    found = (_path(node) for node in tree.find_all((nodes.Name, nodes.Getattr, nodes.Getitem)))
    return frozenset(path for path in found if path)


def _wrong_with(
    node: nodes.Node, own: frozenset[str], sandbox: Sandbox, fields: Sequence[str] | None
) -> Iterator[tuple[str, str]]:
    forbidden = _FORBIDDEN.get(type(node))
    if forbidden is not None:
        yield forbidden, f"`{forbidden}` is not allowed in a message"
    match node:
        case nodes.Filter(name=str(name)) if name not in sandbox.filters:
            yield name, sandbox.unknown_filter(name)
        case nodes.Test(name=str(name)) if name not in sandbox.tests:
            yield name, f"there is no test {name!r}{nearest(name, sandbox.tests)}"
        case nodes.Name(name=name, ctx="load") if name not in own | NAMES_IN[""] | _OF_THE_LANGUAGE:
            yield name, f"there is no {name!r}{nearest(name, NAMES_IN[''] | own)}"
        case nodes.Getattr() | nodes.Getitem():
            yield from _wrong_path(node, own, fields)


def _wrong_path(
    node: nodes.Getattr | nodes.Getitem, own: frozenset[str], fields: Sequence[str] | None
) -> Iterator[tuple[str, str]]:
    whole, parent = _path(node), _path(node.node)
    if not whole or not parent or whole.partition(".")[0] in own:
        return
    name = whole[len(parent) + 1 :]
    if parent == FIELDS:
        if fields is not None and name not in fields:
            yield name, f"there is no custom field {name!r}{nearest(name, fields)}"
    elif parent in NAMES_IN and name not in NAMES_IN[parent]:
        yield name, f"{parent} has no {name!r}{nearest(name, NAMES_IN[parent])}"


def _own_names(tree: nodes.Template) -> frozenset[str]:
    """What a template itself gives a name to."""
    set_here = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    return frozenset(set_here | {node.name for node in tree.find_all(nodes.Macro)})


def _path(node: nodes.Node) -> str:
    match node:
        case nodes.Name(name=name, ctx="load"):
            return str(name)
        case nodes.Getattr(node=of, attr=name) | nodes.Getitem(node=of, arg=nodes.Const(value=str(name))):
            above = _path(of)
            return f"{above}.{name}" if above else ""
    return ""
