"""Reads static.bin and embeds headlines: the reference a reader in another language is tested against.

    python reference.py "A headline" "Another"      prints their tokens and their cosine
"""

import struct
import sys
import unicodedata
from pathlib import Path

import numpy as np


def words(text):
    """Lower case without accents, split at whitespace; every punctuation mark or symbol is a word of its own."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn").lower()
    split = "".join(f" {c} " if is_punctuation(c) else " " if c.isspace() else c for c in plain if is_visible(c))
    return split.split()


def is_punctuation(c):
    return unicodedata.category(c)[0] in "PS"


def is_visible(c):
    return c.isspace() or (c != "\ufffd" and unicodedata.category(c)[0] != "C")


def pieces(word, known):
    """Greedy WordPiece: the longest known token, then the longest known ## continuation, and so on.
    A word that cannot be cut to its end has no tokens."""
    found, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in known), None)
        if end is None:
            return []
        found.append(mark + word[start:end])
        start = end
    return found


class Table:
    def __init__(self, path):
        data = Path(path).read_bytes()
        magic, version, dims, count, text_length = struct.unpack_from("<8sIIII", data)
        assert magic == b"SLUGEMB1" and version == 1
        at = 24
        self.centre = np.frombuffer(data, "<f4", dims, at)
        at += 4 * dims
        self.index, end = {}, at + text_length
        while at < end:
            length = data[at]
            self.index[data[at + 1 : at + 1 + length].decode()] = len(self.index)
            at += 1 + length
        assert len(self.index) == count
        self.scales = np.frombuffer(data, "<f4", count, at)
        self.vectors = np.frombuffer(data, "i1", count * dims, at + 4 * count).reshape(count, dims)

    def tokenise(self, text):
        return [piece for word in words(text) for piece in pieces(word, self.index)]

    def embed(self, text):
        """Sum of scaled vectors, to unit length, less the centre, to unit length. No token: all zero."""
        rows = [self.index[token] for token in self.tokenise(text)]
        if not rows:
            return np.zeros_like(self.centre)
        total = self.scales[rows] @ self.vectors[rows].astype(np.float32)
        centred = total / np.linalg.norm(total) - self.centre
        return centred / np.linalg.norm(centred)


if __name__ == "__main__":
    table = Table(Path(__file__).parent / "static.bin")
    for text in sys.argv[1:]:
        print(text, table.tokenise(text), np.round(table.embed(text)[:8], 4))
    if len(sys.argv) == 3:
        print("cosine", float(table.embed(sys.argv[1]) @ table.embed(sys.argv[2])))
