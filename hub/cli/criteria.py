"""What is told of criteria: parameters as they are said, and examples that are sure to be understood."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from hub.core.contracts.criterion import Criterion
from hub.core.contracts.errors import DefinitionError
from hub.core.segments.language import Language
from hub.core.segments.language.clauses import Clause, clauses_of, words_in

_SAMPLES = {
    "number_test": (">= 3",),
    "date_test": ("within 60 days",),
    "one_of": ('in ("name", "another")', 'in ("de", "dk")', 'in ("refunded")'),
    "text_test": ('any of ("name", "another")',),
    "plain_text": ('"name"', '"52.52, 13.405"'),
    "plain_number": ("30",),
    "plain_date": ("2024-01-31",),
}
"""What may stand for each form of value: the first that is understood is shown."""
_FORMS = {
    "number_test": "a comparison of a number",
    "date_test": "a test of a day",
    "one_of": "a text, or a list of which one",
    "text_test": "a text, or a list of which any, all or none",
    "plain_text": "a text",
    "plain_number": "a number",
    "plain_date": "a day",
    "": "said or left out",
}


def as_data(criterion: Criterion[Any], language: Language) -> dict[str, Any]:
    """A criterion, for programs."""
    fields = criterion.parameters_model.model_fields
    clauses = clauses_of(criterion)
    return {
        "name": criterion.name,
        "label": criterion.label,
        "help": criterion.help,
        "aliases": list(criterion.aliases),
        "parameters": [_parameter(clause, fields[clause.field].description or "") for clause in clauses],
        "examples": list(_examples(criterion.name, clauses, language)),
    }


def as_text(data: dict[str, Any]) -> str:
    """A criterion, for people."""
    lines = [f"{data['name']}: {data['label']}", data["help"]]
    if data["aliases"]:
        lines.append(f"Also written {', '.join(data['aliases'])}.")
    if data["parameters"]:
        lines += ["", "parameters:", *(_parameter_line(one) for one in data["parameters"])]
    if data["examples"]:
        lines += ["", "examples:", *(f"  {example}" for example in data["examples"])]
    return "\n".join(lines)


def _parameter(clause: Clause, description: str) -> dict[str, Any]:
    return {
        "name": clause.field,
        "help": description,
        "form": "choice" if clause.is_word else clause.said.removeprefix("plain_") or "flag",
        "required": not clause.optional,
        "keyword": clause.keyword,
        "units": list(clause.unit),
        "choices": list(words_in(clause.said)) if clause.is_word else [],
        "takes": ", ".join(words_in(clause.said)) if clause.is_word else _FORMS[clause.said],
    }


def _parameter_line(one: dict[str, Any]) -> str:
    words = f" after “{one['keyword']}”" if one["keyword"] else ""
    needed = "" if one["required"] else " (optional)"
    return f"  {one['name']}{needed}: {one['help']} – {one['takes']}{words}"


def _examples(name: str, clauses: tuple[Clause, ...], language: Language) -> Iterator[str]:
    """With what is needed alone, with each further parameter by itself: each the first that is understood."""
    needed = [clause for clause in clauses if not clause.optional]
    wanted = [needed, *([*needed, one] for one in clauses if one.optional)]
    shown = set()
    for some in wanted:
        ordered = [clause for clause in clauses if clause in some]
        for words in product(*(_said(clause) for clause in ordered)):
            text = " ".join((name, *words))
            if text not in shown and _is_understood(text, language):
                shown.add(text)
                yield text
                break


def _said(clause: Clause) -> list[str]:
    values = list(words_in(clause.said)) if clause.is_word else list(_SAMPLES.get(clause.said, ("",)))
    return [" ".join(part for part in (clause.keyword, value, *clause.unit[:1]) if part) for value in values]


def _is_understood(text: str, language: Language) -> bool:
    try:
        language.parse(text)
    except DefinitionError:
        return False
    return True
