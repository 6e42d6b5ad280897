"""Titles that tell a gender, in German, Danish, English and French."""

_WOMEN = "Frau Fr. Fräulein Mrs Mrs. Ms Ms. Miss Madam Lady Fru Frk. Frk Frøken Mme Mme. Madame Mlle Mademoiselle"
_MEN = "Herr Hr. Hr Hrn. Herrn Mr Mr. Mister Sir Lord M. Monsieur"
_DEGREES = ("Dr.", "Dr", "Prof.", "Prof. Dr.")


def _with_degrees(titles: str) -> frozenset[str]:
    plain = titles.split()
    return frozenset([*plain, *(f"{title} {degree}" for title in plain for degree in _DEGREES)])


FOR_WOMEN = _with_degrees(_WOMEN)
"""Titles of women, also with a degree behind them."""
FOR_MEN = _with_degrees(_MEN)
"""Titles of men, also with a degree behind them."""
