"""The usual Python way: TF-IDF of the descriptions (scikit-learn), ten nearest of each (sparse_dot_topn).

peer.py OFFERS REQUESTS: two files of one description a line; prints seconds to fit, to find the ten nearest
requests of each offer, and to find the ten nearest offers of each request: the search of `matching` gives both.
peer.py EXCHANGES: published exchanges, as `matching::evaluation` reads them; prints the share of offers
with a request of another case and of their group of four digits among the first 1, 3, 5 and 10."""

import csv
import re
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

WAYS = {
    "words": {"strip_accents": "unicode", "sublinear_tf": True},
    "3 to 5 letters": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}


def fitted(offers, requests, way):
    vectors = TfidfVectorizer(**way).fit(offers + requests)
    return vectors.transform(offers), vectors.transform(requests)


def nearest(left, right, top):
    return sp_matmul_topn(left, right.T.tocsr(), top_n=top, sort=True, n_threads=2)


def seconds(paths):
    offers, requests = (open(path, encoding="utf-8").read().splitlines() for path in paths)
    times = [time.perf_counter()]
    left, right = fitted(offers, requests, WAYS["words"])
    times.append(time.perf_counter())
    nearest(left, right, 10)
    times.append(time.perf_counter())
    nearest(right, left, 10)
    times.append(time.perf_counter())
    fit, there, back = (after - before for before, after in zip(times, times[1:]))
    print(f"  peer, words: {fit:.1f} s to fit, {there:.1f} s and {back:.1f} s to find")


def published(path):
    with open(path, encoding="utf-8") as lines:
        rows = list(csv.reader(lines))[1:]
    texts = [
        (row[0].split(",")[0], row[5], {code[:4] for code in re.split(r"\D", row[6]) if len(code) == 6})
        for row in rows
    ]
    texts = [text for text in texts if text[2]]
    words = [text[1] for text in texts]
    for name, way in WAYS.items():
        found = nearest(*fitted(words, words, way), len(words))
        judged, hits = 0, dict.fromkeys((1, 3, 5, 10), 0)
        for row, (case, _, groups) in enumerate(texts):
            if not any(case != other and groups & same for other, _, same in texts):
                continue
            judged += 1
            best = found.indices[found.indptr[row] : found.indptr[row + 1]]
            best = [texts[at] for at in best if texts[at][0] != case]
            for first in hits:
                hits[first] += any(groups & same for _, _, same in best[:first])
        shares = ", ".join(f"hit@{first} {count / judged:.3f}" for first, count in hits.items())
        print(f"  peer, {name}: {shares} of {judged} published offers")


if len(sys.argv) == 2:
    published(sys.argv[1])
else:
    seconds(sys.argv[1:])
