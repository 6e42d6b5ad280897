"""How words in a file become values of an enumeration, or true and false."""

from collections.abc import Mapping

from hub import CustomFieldType
from hub_csv.fields import Field
from hub_csv.sql import literal

_TRUTHS: Mapping[bool, tuple[str, ...]] = {
    True: ("true", "yes", "ja", "1", "y", "j", "t"),
    False: ("false", "no", "nein", "nej", "0", "n", "f"),
}
_ALSO: Mapping[str, tuple[str, ...]] = {
    CustomFieldType.TEXT: ("tekst",),
    CustomFieldType.NUMBER: ("zahl", "tal"),
    CustomFieldType.DATE: ("datum", "dato"),
    CustomFieldType.CHOICE: ("auswahl", "valg"),
    CustomFieldType.YES_NO: ("yes/no", "ja/nein", "ja/nej"),
}
"""What else a word may be called in German and Danish files."""


def allowed(field: Field) -> str:
    """The words a field accepts, for people."""
    if field.choices:
        return ", ".join(field.choices)
    return "yes, no, ja, nein, nej, true, false, 1, 0"


def word_sql(cell: str, field: Field) -> str:
    """SQL that reads a cell as one of the field's words, upper and lower case alike; null if it is none."""
    if field.choices:
        meanings: dict[str, tuple[str, ...]] = {
            literal(choice): (choice, choice.replace("_", " "), choice.replace("_", "-"), *_ALSO.get(choice, ()))
            for choice in field.choices
        }
    else:
        meanings = {str(truth).upper(): words for truth, words in _TRUTHS.items()}
    cases = " ".join(
        f"WHEN {literal(word)} THEN {meaning}"
        for meaning, words in meanings.items()
        for word in dict.fromkeys(words)
    )
    return f"CASE lower({cell}) {cases} END"
