"""Where the theatre's customers live: real cities, with the middle of each and some of its postcodes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A city and how many of the customers live there."""

    name: str
    country: str
    region: str
    postcodes: tuple[str, ...]
    latitude: float
    longitude: float
    weight: float


CITIES = (
    City("Hamburg", "DE", "Hamburg", ("20095", "20257", "22303", "22765", "21073"), 53.55, 9.99, 46),
    City("Lübeck", "DE", "Schleswig-Holstein", ("23552", "23556", "23564"), 53.87, 10.69, 6),
    City("Kiel", "DE", "Schleswig-Holstein", ("24103", "24114", "24118"), 54.32, 10.14, 5),
    City("Lüneburg", "DE", "Niedersachsen", ("21335", "21337", "21339"), 53.25, 10.41, 5),
    City("Stade", "DE", "Niedersachsen", ("21680", "21682"), 53.60, 9.48, 3),
    City("Bremen", "DE", "Bremen", ("28195", "28203", "28213"), 53.08, 8.80, 4),
    City("Hannover", "DE", "Niedersachsen", ("30159", "30161", "30449"), 52.37, 9.73, 3),
    City("Berlin", "DE", "Berlin", ("10115", "10435", "12043"), 52.52, 13.40, 5),
    City("Leipzig", "DE", "Sachsen", ("04103", "04229"), 51.34, 12.37, 1),
    City("Köln", "DE", "Nordrhein-Westfalen", ("50667", "50823"), 50.94, 6.96, 2),
    City("München", "DE", "Bayern", ("80331", "80469"), 48.14, 11.58, 2),
    City("Aabenraa", "DK", "Syddanmark", ("6200",), 55.04, 9.42, 2),
    City("Odense", "DK", "Syddanmark", ("5000", "5200"), 55.40, 10.39, 2),
    City("København", "DK", "Hovedstaden", ("1165", "2100", "2300"), 55.68, 12.57, 4),
    City("Wien", "AT", "Wien", ("1010", "1070", "1180"), 48.21, 16.37, 4),
    City("Salzburg", "AT", "Salzburg", ("5020",), 47.80, 13.04, 1),
    City("Zürich", "CH", "Zürich", ("8001", "8004"), 47.37, 8.54, 3),
    City("Basel", "CH", "Basel-Stadt", ("4051", "4057"), 47.56, 7.59, 2),
)

PHONE_RANGES = ("+49 30 23125 ", "+49 40 66969 ", "+49 69 90009 ", "+49 89 99998 ", "+49 221 4710 ")
"""Landlines that Germany's regulator, the Bundesnetzagentur, keeps free for film and television: 000 to 999."""

MOBILE_RANGES = ("+49 171 39200 ", "+49 176 040690 ")
"""Mobile numbers kept free in the same way: 00 to 99. There are so few that the theatre uses them again."""
