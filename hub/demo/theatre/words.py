"""What names, streets and titles are made of. Nobody and nothing here is real but the old works' titles."""

from collections.abc import Mapping
from types import MappingProxyType

FEMALE = (
    "Anna", "Berta", "Clara", "Dora", "Ella", "Frida", "Greta", "Hanna", "Ida", "Jule", "Karla", "Lena", "Maja",
    "Nora", "Olga", "Paula", "Rosa", "Sara", "Tilda", "Ulla", "Vera", "Wanda", "Agnes", "Birte", "Carla", "Edda",
    "Finja", "Gesa", "Helga", "Inga", "Johanna", "Kirsten", "Lotte", "Mette", "Nele", "Petra", "Ronja", "Silke",
    "Thea", "Zoe",
)  # fmt: skip
MALE = (
    "Anton", "Bruno", "Carl", "David", "Emil", "Felix", "Georg", "Hannes", "Ivo", "Jonas", "Kurt", "Levi", "Max",
    "Nils", "Otto", "Paul", "Rolf", "Sven", "Theo", "Uwe", "Volker", "Wim", "Arne", "Bjarne", "Claas", "Enno",
    "Fiete", "Gunnar", "Hauke", "Iver", "Jasper", "Klaas", "Lars", "Mats", "Nico", "Piet", "Ruben", "Simon",
    "Tjark", "Yorick",
)  # fmt: skip
FAMILY_BEGINNINGS = (
    "Ahl", "Berg", "Birk", "Dahl", "Eich", "Erlen", "Falken", "Fels", "Grün", "Hasel", "Heide", "Holz", "Kirsch",
    "Lang", "Linden", "Lüne", "Moor", "Mühl", "Nord", "Oster", "Rau", "Rosen", "Schön", "Silber", "Stein", "Sund",
    "Tann", "Ulmen", "Wald", "Wester", "Wiesen", "Winter",
)  # fmt: skip
FAMILY_ENDINGS = (
    "acker", "bach", "baum", "beck", "berger", "brandt", "eck", "feld", "gaard", "hagen", "hoff", "holm", "hus",
    "kamp", "lund", "mann", "mark", "rup", "stedt", "thal", "vang", "wig",
)  # fmt: skip
STREETS = (
    "Ahornweg", "Am Deich", "Am Speicher", "Birkenallee", "Drosselgang", "Erlengrund", "Fliederstieg", "Gartenweg",
    "Hafenkante", "Holunderweg", "Im Winkel", "Kastanienallee", "Lerchenpfad", "Mühlendamm", "Neue Reihe",
    "Pappelweg", "Rosenstieg", "Schlehenweg", "Turmgasse", "Uferpromenade", "Weidenkamp", "Zum Anleger",
)  # fmt: skip

CATEGORIES = ("opera", "drama", "concert", "musical", "ballet", "children")
"""What is shown, the most frequent first."""

TITLES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "opera": ("The Magic Flute", "La Traviata", "Carmen", "Tosca", "Rusalka", "Eugene Onegin", "Fidelio",
              "Hansel and Gretel", "The Barber of Seville", "Aida", "Orfeo", "The Flying Dutchman"),
    "drama": ("Hamlet", "Nathan the Wise", "Faust", "A Doll's House", "The Cherry Orchard", "Woyzeck", "Medea",
              "The Seagull", "The Robbers", "Antigone", "Twelfth Night", "The Broken Jug"),
    "concert": ("Symphonies by Daylight", "Night of Strings", "New Year's Concert", "Bach at the Harbour",
                "Brass and Tide", "Songs without Words", "The Organ Hour", "Chamber Music Sunday"),
    "musical": ("Harbour Lights", "The Lamplighter's Daughter", "Seven Bridges", "Last Ferry Home",
                "The Clockmakers", "Paper Moons"),
    "ballet": ("Swan Lake", "Giselle", "The Nutcracker", "Coppelia", "The Sleeping Beauty", "Tide and Stone",
               "Romeo and Juliet"),
    "children": ("The Snow Queen", "Puss in Boots", "The Bremen Town Musicians", "The Little Mermaid",
                 "Frau Holle", "The Brave Little Tailor"),
})  # fmt: skip
"""Titles by category: old works, and some that were never written."""

DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "opera": "Sung in the original language, with surtitles.",
        "drama": "A new production by our ensemble.",
        "concert": "Played by the orchestra of the house.",
        "musical": "With the house band; songs to take home.",
        "ballet": "Danced by our company.",
        "children": "For children from five years on, and all who come with them.",
    }
)

PRODUCTS = (
    ("programme", "Programme booklet", "print", 400),
    ("mug", "Mug with the house on it", "gifts", 1250),
    ("bag", "Cotton bag", "gifts", 900),
    ("record", "Recording of the orchestra", "music", 1990),
    ("poster", "Poster of the season", "print", 1500),
    ("voucher", "Gift voucher", "vouchers", 5000),
)
"""What the shop sells: id, name, category, price in cents."""
