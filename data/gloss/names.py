"""Names that the Unicode CLDR gives in other languages: of countries, languages, cities, months and days."""

import collections
import json
import unicodedata

LOCALES = "es pt fr de it nl ru ar tr pl sl sv da nb fi cs hu ro uk el ca hr sr".split()


def names(modules, own_words, glosses):
    """For each such name in lower case, if it is one word, its English name, if that is one word too. Where locales
    differ, most of them decide; what they do not settle is left out, and so are places that are plain words as well,
    being among the encoder's own in lower case: `gana` is more often "wins" than Ghana."""
    english = names_of(modules, "en")
    known = {plain(folded(name)) for name in english.values()}

    def is_plain(word, kind):
        if word not in own_words or word == word.upper():
            return False
        return kind == "city" or kind == "territory" and word in glosses and glosses[word] not in known

    votes = collections.defaultdict(collections.Counter)
    for locale in LOCALES:
        for key, name in names_of(modules, locale).items():
            default = key[1].rsplit("/", 1)[-1].replace("_", " ") if key[0] == "city" else ""
            word, gloss = folded(name), plain(folded(english.get(key, default)))
            if is_plain(word, key[0]):
                continue
            if min(len(word), len(gloss)) > 2 and word.isalpha() and gloss.isascii() and gloss.isalpha() and word != gloss:
                votes[word][gloss] += 1
    for word, glosses in votes.items():
        (gloss, most), *others = glosses.most_common()
        if not others or 2 * others[0][1] <= most:
            yield word, gloss


def names_of(modules, locale):
    """All names in one language, by what they name."""

    def read(package, name):
        path = modules / f"cldr-{package}-full/main" / locale / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8"))["main"][locale]

    found = {}
    display = read("localenames", "territories")["localeDisplayNames"]["territories"]
    found.update({("territory", code): name for code, name in display.items() if len(code) == 2})
    display = read("localenames", "languages")["localeDisplayNames"]["languages"]
    found.update({("language", code): name for code, name in display.items() if len(code) == 2})
    found.update(cities(read("dates", "timeZoneNames")["dates"]["timeZoneNames"]["zone"]))
    calendar = read("dates", "ca-gregorian")["dates"]["calendars"]["gregorian"]
    for unit in ("months", "days"):
        for form in ("format", "stand-alone"):
            found.update({(unit, code, form): name for code, name in calendar[unit][form]["wide"].items()})
    return found


def cities(zones, path=""):
    for key, value in zones.items():
        if key == "exemplarCity":
            yield ("city", path), value
        elif isinstance(value, dict):
            yield from cities(value, f"{path}/{key}")


def folded(name):
    return unicodedata.normalize("NFC", name.lower())


def plain(name):
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
