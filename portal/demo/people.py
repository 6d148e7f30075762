"""Invented people for the demo: believable names from many places, jobs and reasons to write to them. No real person is meant."""

from dataclasses import dataclass
from random import Random

GIVEN = {
    "de": "Anke Birte Carsten Dörte Eike Femke Gesa Heiko Imke Jannik Keno Lena Maike Nils Okka Philipp Ronja Sönke Tomke "
    "Ulf".split(),
    "nl": "Anouk Bram Daan Esmée Fleur Guus Hidde Iris Joost Koen Lotte Maarten Noor Pim Roos Sanne Teun Willem".split(),
    "pl": "Agnieszka Bartosz Celina Dawid Ewa Filip Grażyna Hubert Iwona Jakub Kinga Łukasz Magda Norbert Ola Paweł".split(),
    "tr": "Ayşe Burak Cem Deniz Elif Furkan Gül Hakan İpek Kaan Leyla Mert Nazlı Onur Pınar Selin".split(),
    "uk": "Олена Богдан Вікторія Гліб Дарина Ірина Кирило Лариса Максим Наталія Остап Софія Тарас Юлія".split(),
    "el": "Αικατερίνη Γιώργος Δήμητρα Ελένη Θανάσης Ιωάννα Κώστας Μαρία Νίκος Σοφία".split(),
    "ja": "美咲 健太 陽子 大輔 さくら 直樹 由美 拓也".split(),
    "ar": "مريم يوسف ليلى عمر سارة خالد نور حسن".split(),
    "vi": "Hạnh Minh Linh Tuấn Thảo Khoa Ngọc Phúc".split(),
    "pt": "João Beatriz Tiago Inês Rui Mariana Nuno Catarina".split(),
}
FAMILY = {
    "de": "Ahlers Behrends Claassen Dirks Eilts Folkerts Gerdes Harms Ihnen Janssen Kruse Lüken Meinders Nannen Onken Peters "
    "Redenius Saathoff Tammen Ubben Visser Wessels".split(),
    "nl": "Bakker Boersma Dijkstra Hoekstra Jansen Kuiper Mulder Postma Smit Veenstra Visser Wiersma Zijlstra".split(),
    "pl": "Nowak Kowalska Wiśniewski Wójcik Kamińska Lewandowski Zielińska Szymański Woźniak Dąbrowska".split(),
    "tr": "Yılmaz Kaya Demir Çelik Şahin Aydın Öztürk Arslan Doğan Koç".split(),
    "uk": "Ковальчук Шевченко Бондаренко Ткаченко Кравченко Олійник Мельник Поліщук".split(),
    "el": "Παπαδοπούλου Γεωργίου Νικολάου Ιωάννου Δημητρίου Κωνσταντίνου".split(),
    "ja": "田中 佐藤 鈴木 高橋 渡辺 伊藤".split(),
    "ar": "الخطيب حداد منصور سالم العلي".split(),
    "vi": "Nguyễn Trần Lê Phạm Hoàng".split(),
    "pt": "Guimarães Silva Santos Ferreira Oliveira Costa".split(),
}
WEIGHTS = {"de": 46, "nl": 16, "pl": 10, "tr": 8, "uk": 5, "el": 4, "ja": 3, "ar": 3, "vi": 3, "pt": 4}
PLACES = {
    "de": "Emden Leer Oldenburg Bremen Wilhelmshaven Hamburg Kiel Papenburg".split(),
    "nl": "Groningen Delfzijl Leeuwarden Zwolle Rotterdam".split(),
    "pl": "Gdańsk Szczecin Gdynia".split(),
    "tr": "İzmir Bremen Hamburg".split(),
    "uk": "Одеса Gdańsk Bremen".split(),
    "el": "Πειραιάς Hamburg".split(),
    "ja": "横浜 Düsseldorf".split(),
    "ar": "Alexandria Hamburg".split(),
    "vi": "Hải_Phòng Bremen".split(),
    "pt": "Porto Lisboa Aveiro".split(),
}
FAMILY_FIRST = {"ja", "vi"}
ZONES = {
    "pt": "Europe/Lisbon",
    "el": "Europe/Athens",
    "uk": "Europe/Kyiv",
    "tr": "Europe/Istanbul",
    "ja": "Asia/Tokyo",
    "vi": "Asia/Ho_Chi_Minh",
}


@dataclass(frozen=True)
class Trade:
    """A persona of the demo: whom it means, which story is for them, and why one writes to one of them."""

    persona: str
    summary: str
    skills: str
    experience: str
    motives: str
    deal_breakers: str
    pitch: str
    page: str
    jobs: tuple[str, ...]
    companies: tuple[str, ...]
    reasons: tuple[str, ...]


TRADES = (
    Trade(
        "Control engineers",
        "Write code for machines that move; test more than they promise.",
        "Structured Text\nPython for tests\nSafety standards",
        "Commissioned a plant on site",
        "Wants to see what they programmed move\nQuiet nights",
        "Travels for weeks now, and would here",
        "The test bench runs every gate four hundred times before a ship does. On site it is five weeks a year, never more.",
        "/stories/control-engineer",
        ("Control engineer", "PLC programmer", "Automation engineer", "Test bench engineer"),
        ("Windkraft Nord", "Hafenkran AG", "Deichtechnik Süd", "Noorder Automation", "Werft am Kai"),
        (
            "Your talk about testing a plant that does not exist stayed with me: four hundred runs before lunch.",
            "I read your notes on cranes that stop gently. Gates have the same problem, with a ship in between.",
            "You keep a library for simulated valves in the open. We would have needed it in March, at night, in the rain.",
            "A colleague showed me how you document a safety function. I have not seen it done so plainly.",
        ),
    ),
    Trade(
        "Welders, heavy plate",
        "Weld what has to be tight for eighty years.",
        "MAG 135/136\nUltrasonic testing\nThick plate",
        "Welded plate over 40 mm",
        "Home every evening\nWork that lasts",
        "Lives more than an hour away",
        "One hall, two shifts, no nights. Every seam has a name on it, and eighty years to prove it.",
        "/stories/welder",
        ("Welder", "Welding supervisor", "Plate worker"),
        ("Werft am Kai", "Stahlbau Leer", "Offshore Fundamente", "Kessel und Rohr"),
        (
            "I saw the seams you showed at the trade fair in Bremen. I went back twice to look at the root.",
            "Imke says that you taught half of her course, and that you never hid a repair.",
            "You judged the young welders in Oldenburg and wrote down why. That is rare.",
        ),
    ),
    Trade(
        "Hydraulics engineers",
        "Know what the pipe does before the sensor does.",
        "Cylinders and accumulators\nSimulation\nCommissioning",
        "Found a fault that no sensor showed",
        "Large machines, slow ones",
        "Will not work beside water in winter",
        "Our oldest lock still has its first cylinders. Whoever comes may decide what replaces them.",
        "/stories/hydraulics-engineer",
        ("Hydraulics engineer", "Fluid power designer", "Service engineer"),
        ("Deichtechnik Süd", "Schiffshydraulik Kiel", "Noorder Automation"),
        (
            "Your article on pressure peaks in long pipes describes exactly what happens at our oldest lock.",
            "You rebuilt the drives of the bridge at Leer. I cross it every day and have stopped hearing it.",
        ),
    ),
    Trade(
        "Site planners",
        "Bring steel, cranes, tides and people to one place on one day.",
        "Scheduling\nWater law\nCrane planning",
        "Moved something that could not be moved twice",
        "Plans that leave room for rain",
        "Needs a plan that never changes",
        "Between two tides there are six hours. We would rather wait a day than hurry one of them.",
        "/stories/site-planner",
        ("Site planner", "Construction manager", "Logistics planner"),
        ("Wasserbau Nordwest", "Hafenkran AG", "Bauhof Ems"),
        (
            "You moved a bridge in one night between two tides. I have read the plan and would like to know what was not in it.",
            "Okko says that your plans leave room for rain. Ours should.",
        ),
    ),
)


@dataclass(frozen=True)
class Person:
    """One invented candidate."""

    full_name: str
    email: str
    headline: str
    company: str
    place: str
    time_zone: str
    trade: Trade
    evidence: str


def invent(rng: Random, number: int) -> Person:
    """Person `number` of this history; the address is of a domain that nobody can have."""
    origin = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    given, family = rng.choice(GIVEN[origin]), rng.choice(FAMILY[origin])
    trade = rng.choices(TRADES, (5, 3, 2, 2))[0]
    return Person(
        full_name=f"{family} {given}" if origin in FAMILY_FIRST else f"{given} {family}",
        email=f"person{number:04}@mail{rng.randrange(1, 8)}.example",
        headline=rng.choice(trade.jobs),
        company=rng.choice(trade.companies),
        place=rng.choice(PLACES[origin]).replace("_", " "),
        time_zone=ZONES.get(origin, "Europe/Berlin"),
        trade=trade,
        evidence=rng.choice(trade.reasons),
    )
