"""The list of 300 people that the main journey imports: names in eight scripts, duplicates in other spellings, broken rows."""

import csv
import io
from dataclasses import dataclass

NAMES = (
    "Anna Schröder", "Łukasz Wiśniewski", "Zoë van der Meer", "Олена Ковальчук", "Αικατερίνη Παπαδοπούλου", "田中 美咲", "陈思远",
    "김도현", "مريم الخطيب", "נועה לוי", "अनन्या शर्मा", "கவிதா ராஜன்", "ეკა ბერიძე", "Անի Սարգսյան", "ปิยะ ศรีสุข", "Nguyễn Thị Hạnh",
    "Þórdís Jónsdóttir", "João Guimarães", "Chidi Nwosu", "ቤተልሔም ታደሰ",
)  # fmt: skip
BROKEN = (
    "no-at-sign.example", "two@@signs.example", "@nobody.example", "trailing@", "blank in@name.example", "dot..dot@x..example",
    "comma,in@name.example", "ends-with-dot@example.", "lone\"quote@name.example", "very" + "long" * 80 + "@name.example",
)  # fmt: skip
FORMULA = '=HYPERLINK("http://mallory.example","open")'


@dataclass(frozen=True)
class List:
    """A CSV file and what must become of its rows."""

    content: bytes
    rows: int
    people: int
    known_again: int
    refused: int


def make_list(size: int = 300) -> List:
    """UTF-16 with tabs' semicolons, as Excel saves it: `size` rows, of them 10 broken and 20 that repeat somebody above."""
    people = size - len(BROKEN) - 20
    rows = [
        [NAMES[n % len(NAMES)], f"person{n:03}@mail.example", "Control engineer", f"Company {n % 17}", "Reads our papers"]
        for n in range(people)
    ]
    rows[5][3] = FORMULA
    repeats = [[row[0].upper(), " " + row[1].upper() + " ", row[2], row[3], row[4]] for row in rows[:20]]
    broken = [[f"Broken {n}", address, "Welder", "", ""] for n, address in enumerate(BROKEN)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["Full name", "E-mail", "Works as", "Company", "Why them"])
    writer.writerows(rows + repeats + broken)
    return List(text.getvalue().encode("utf-16"), size, people, len(repeats), len(BROKEN))
