"""Common first names in German, Danish and English that are given to women only or to men only.

Left out on purpose is what is given to both, be it in different languages: Andrea, Jan, Jean, Kim, Robin, Sascha.
"""

_WOMEN = """
    Agnes Agnete Alexandra Alice Amalie Amanda Amelia Amelie Amy Andrine Angela Angelika Anita Anja Ann Anna
    Annalena Anne Annegret Anneliese Annemarie Annette Annika Antje Antonia Asta Astrid Barbara Beate Beatrice
    Benedikte Berit Bettina Birgit Birgitte Birthe Bodil Brigitte Brita Camilla Carina Carla Carmen Carola
    Caroline Catherine Cecilie Charlotte Christa Christiane Christina Christine Clara Claudia Cornelia Dagmar
    Daniela Deborah Diana Dora Doris Dorothea Dorthe Edith Elena Elfriede Elisabeth Elise Elizabeth Elke Ella
    Ellen Else Elsa Emilie Emily Emma Erika Erna Esther Eva Evelyn Fatima Fiona Franziska Frederikke Freja
    Frieda Gabriele Gerda Gertrud Gisela Gitte Grace Greta Grethe Gudrun Hanna Hannah Hanne Hannelore Hedwig
    Heidi Heike Helen Helena Helene Helga Helle Henriette Herta Hildegard Ida Ilse Imke Ines Inga Ingeborg
    Ingelise Ingrid Irene Iris Irma Irmgard Isabel Isabella Isabelle Jana Jane Janet Janine Jasmin Jennifer
    Jessica Jette Johanna Johanne Josefine Julia Juliane Julie Jutta Karen Karin Karina Karla Karoline Katharina
    Katherine Kathrin Kathleen Katja Katrin Katrine Kerstin Kirsten Kirstin Klara Kristina Kristine Lara Laura
    Lea Lena Leonie Lieselotte Lilly Lina Linda Line Lisa Lisbeth Lise Lone Lotte Louise Lucia Lucy Luise Maike
    Maja Malene Manuela Mareike Maren Margaret Margarete Margit Margrethe Maria Marianne Marie Marina Marlene
    Martha Martina Mary Mathilde Megan Melanie Meike Merete Mette Mia Michaela Mona Monica Monika Nadine Nadja
    Nancy Natalie Natascha Nicole Nina Nora Olivia Patricia Paula Pauline Pernille Petra Pia Rebecca Regina
    Renate Rikke Rita Rosa Rosemarie Ruth Sabine Sabrina Sally Sandra Sara Sarah Sibylle Signe Sigrid Silke
    Silvia Simone Sofia Sofie Sonja Sophia Sophie Stefanie Stella Stephanie Stine Susan Susanne Svenja Sylvia
    Tanja Tatjana Teresa Theresa Tina Tine Trine Ulla Ulrike Ursula Ute Valerie Vanessa Vera Veronika Victoria
    Vibeke Wiebke Yvonne
"""
WOMEN = frozenset(_WOMEN.split())
"""First names of women, each with its first letter a capital."""

_MEN = """
    Aage Adam Adrian Alan Albert Albrecht Alexander Alfred Allan Anders Andreas Andrew Anthony Anton Armin
    Arne Arnold Arthur Artur Asger August Axel Benjamin Benno Bent Bernd Bernhard Bertram Birger Bjarne Björn
    Bjørn Brian Bruno Carl Carsten Charles Christian Christoph Christopher Claus Clemens Clifford Dan Daniel
    David Dennis Detlef Dieter Dietmar Dietrich Dirk Donald Douglas Eberhard Eckhard Edgar Eduard Edward Egon
    Einar Elias Emil Eric Erich Erik Ernst Erwin Eugen Ewald Fabian Felix Ferdinand Finn Flemming Florian
    Frank Franz Frederick Frederik Fredrik Friedrich Fritz Georg George Gerald Gerhard Gert Gottfried
    Gregor Gunnar Gunther Gustav Götz Günter Günther Hannes Hans Harald Harry Hartmut Heiko Heiner Heinrich Heinz
    Helmut Hendrik Henning Henrik Henry Herbert Hermann Holger Horst Hubert Hugo Ingo Ivan Ivar Jack Jacob Jakob
    James Jens Jeppe Jesper Joachim Jochen Johan Johann Johannes John Jonas Jonathan Joseph Josef Julian Julius
    Jörg Jørgen Jürgen Kai Karl Karsten Keld Kenneth Kevin Klaus Knud Konrad Konstantin Kristian Kristoffer Kurt
    Lars Lasse Leif Leo Leon Leopold Leonhard Lorenz Lothar Ludwig Lukas Mads Magnus Malte Manfred Marc Marcel
    Marco Marcus Marius Mark Markus Martin Mathias Matthew Matthias Max Maximilian Michael Mikkel Mogens Morten
    Moritz Niels Niklas Nikolaj Nikolaus Norbert Olaf Ole Oliver Oscar Oskar Otto Ove Palle Patrick Paul Peder
    Per Peter Philip Philipp Poul Preben Rainer Ralf Ralph Rasmus Raymond Reiner Reinhard Reinhold René Richard
    Robert Roger Roland Rolf Roman Ronald Rudolf Rune Rupert Samuel Sebastian Severin Siegfried Simon Stefan
    Steffen Stephan Stephen Steven Stig Svend Sven Søren Theodor Thomas Thorsten Tim Timothy Tobias Tom Torben
    Torsten Troels Uffe Ulf Ulrich Uwe Valentin Victor Viggo Viktor Villads Volker Waldemar Walter Werner
    Wilhelm William Winfried Wolf Wolfgang Wolfram
"""
MEN = frozenset(_MEN.split())
"""First names of men, each with its first letter a capital."""
