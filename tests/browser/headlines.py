"""Headlines of towns that there are not: news of twenty subjects, which make a few large topics, and a great many
notices in words of their own, which make small ones."""

from datetime import datetime, timedelta, timezone
from hashlib import sha256

NEWEST = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
EVENTS = 500
NOTICES = 1_380
FRONTS = """Alder Amber Ash Bram Birch Brook Cinder Clay Coral Crow Dun East Elm Ember Fern Flint Fox Frost Gale Glen
Grey Hart Hazel Heron Holm Iron Ivy Kestrel Lark Linden Maple Marl Moss North Oak Otter Raven Reed Sable Thorn""".split()
BACKS = """bay bridge burn by cliffe combe cross dale den fell field ford gate grove ham haven hurst ley mere minster moor
mouth port quay ridge shaw stead stoke ton vale wick wood worth""".split()
NAMES = """Abrel Bostan Corvin Dravec Elsoy Farund Gostel Hevrin Istrad Jorvas Kelmar Lovrin Mistral Norvik Ostrel Pelgan
Quillon Rastov Selvik Tarnow Ulbrec Vestin Wolmar Yarrow Zelken""".split()
KINDS = """Shipping Energy Foods Rail Timber Motors Mining Airways Textiles Cement Dairy Optics Pharma Steel Insurance
Foundry Brewery Robotics Seeds Glass""".split()
# What it is about, how it begins, and how it goes on.
SUBJECTS = [
    ("harbour", "dock workers walk out", "strike enters second week", "port owners return to talks"),
    ("reservoir", "dam inspectors find cracks", "villages below the dam are evacuated", "engineers lower the water"),
    ("tram", "new tram line opens a year late", "tram fares rise by a tenth", "tram drivers ask for longer breaks"),
    ("orchard", "late frost ruins the cherry harvest", "growers ask for frost aid", "fruit prices double at market"),
    ("hospital", "children's ward closes at night", "nurses protest against the night closure", "ward reopens with volunteers"),
    ("museum", "stolen portrait turns up in an attic", "museum thieves are charged", "portrait goes back on show"),
    ("volcano", "ash cloud grounds flights", "lava reaches the coast road", "farmers sweep ash from the fields"),
    ("election", "mayor loses by eleven votes", "recount of the mayoral ballots begins", "court confirms the new mayor"),
    ("football", "cup final goes to penalties", "goalkeeper celebrates the cup with fans", "club sells its captain"),
    ("railway", "night train derails in the hills", "signal fault blamed for the derailment", "rail service resumes"),
    ("beach", "whales strand on the beach", "rescuers refloat the last whale", "scientists tag the whales"),
    ("bank", "savings bank freezes accounts", "depositors queue through the night", "regulator takes over the bank"),
    ("forest", "wildfire jumps the river", "fire crews hold the ridge", "rain ends the forest fire"),
    ("bridge", "lorry strikes the old bridge", "bridge stays shut until autumn", "ferry replaces the bridge"),
    ("school", "pupils design a satellite", "satellite of the pupils reaches orbit", "classroom hears its satellite"),
    ("opera", "soprano cancels the opening night", "understudy is cheered at the opera", "opera house sells out"),
    ("power", "blackout darkens the old town", "substation fire caused the blackout", "power company pays for spoilt food"),
    ("wolves", "wolves return to the valley", "shepherds lose forty sheep to wolves", "wolf fences are paid for"),
    ("glacier", "meltwater lake threatens the road", "siphons drain the glacier lake", "mountain road opens again"),
    ("library", "library lends out telescopes", "telescope waiting list passes a thousand", "stargazers meet on the roof"),
]
SHAPES = ["{place}: {what}", "{what} in {place}", "{what}, {firm} says", "{place} news: {what} as {firm} waits",
          "{firm} on {place}: {what}", "After {place} {about} news, {firm} reacts: {what}"]
FRENCH = ["À {place}, {firm} ferme son usine", "{place} : les ouvriers de {firm} occupent l'usine",
          "Usine {firm} de {place} : accord dans la nuit", "{firm} rouvre l'usine de {place}"]
SYLLABLES = [
    "bra cor dul fen gim hos jar kel lom mip nur pav qui rez stu tob".split(),
    "a e i o u ai eo ia oa ue ay ey io ou au ea".split(),
    "bl cz dr fj gn hv kr lm mn np rg sk tv vl wz xt".split(),
    "ab ec id of ug ah ej ik ol um an ep ir os ut av".split(),
]
PAPERS = ["Dock Post", "Island Echo", "Cape Times", "The Lantern", "Valley Courier", "Morning Ledger", "Northern Star",
          "Harbour Gazette", "The Observer of Elm", "Radio Fell", "Weekly Plough", "Le Phare"]


def size_of(event):
    """Headlines of an event: a few large ones, and the rest small."""
    if event % 220 == 7:
        return 48
    if event % 50 == 3:
        return 18
    return 3 + event % 3


def event(number, newest):
    """The headlines of one event."""
    place = FRONTS[number % len(FRONTS)] + BACKS[(number // len(FRONTS) + 7 * number) % len(BACKS)]
    firm = f"{NAMES[number * 7 % len(NAMES)]} {KINDS[(number // len(NAMES) + number) % len(KINDS)]}"
    about, *course = SUBJECTS[number * 13 % len(SUBJECTS)]
    french = number % 40 == 1
    size = size_of(number)
    # Most events are of some day of the last three weeks; each eighth still runs.
    last = newest - timedelta(minutes=7 * number % 600 if number % 8 == 7 else 31 * (number * 37 % 937))
    for at in range(size):
        left = size - 1 - at
        words = {"place": place, "firm": firm, "about": about, "what": course[at * len(course) // size]}
        text = (FRENCH[at % len(FRENCH)] if french else SHAPES[(number + at) % len(SHAPES)]).format(**words)
        yield {
            "id": f"e{number}-{at}",
            "text": text[0].upper() + text[1:],
            "time": (last - timedelta(minutes=left * (9 + left))).isoformat(),
            "source": "Le Phare" if french else PAPERS[(number + at * 5) % (len(PAPERS) - 1)],
            "lang": "fr" if french else "en",
            "url": f"https://paper.example/{number}/{at}",
        }


def coined(number):
    """A word that no language has, another for every number below 65,536."""
    number = number * 40_503 % 65_536
    return "".join(part[number // 16**at % 16] for at, part in enumerate(SYLLABLES))


def unlike(number):
    """A word that no language has and that is like no other, not even in its syllables."""
    return "".join("bdfghklmnprstvwz"[byte % 16] + "aeiou"[byte // 16 % 5] for byte in sha256(b"%d" % number).digest()[:5])


def notice(number, newest):
    """Two headlines of nothing that others tell of."""
    one, two, three, four, five = (coined(5 * number + at) for at in range(5))
    last = newest - timedelta(minutes=31 * (number * 37 % 937))
    for at, text in enumerate([f"{one} {two} {three} {four} {five}", f"{four} {one} {two} {five} {three}"]):
        yield {
            "id": f"n{number}-{at}",
            "text": text.capitalize(),
            "time": (last - timedelta(minutes=40 * at)).isoformat(),
            "source": PAPERS[(number + at * 5) % (len(PAPERS) - 1)],
            "lang": "en",
            "url": f"https://paper.example/notices/{number}/{at}",
        }


def headlines(newest=NEWEST):
    """All of them, oldest first; about five thousand."""
    found = [headline for number in range(EVENTS) for headline in event(number, newest)]
    found += [headline for number in range(NOTICES) for headline in notice(number, newest)]
    return sorted(found, key=lambda headline: (headline["time"], headline["id"]))
