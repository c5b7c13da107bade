"""The usual Python way: TF-IDF of the descriptions (scikit-learn), nearest of each (sparse_dot_topn).

peer.py OFFERS REQUESTS OUTPUT TOP WAY: reads `flux_id` and `description` of two csv files, finds the nearest requests
of each offer and the nearest offers of each request, as the search of `matching` does, and writes them best first.
WAY is `words` or `letters`. Each stage is told as a line of json on the standard error, as `maillage match` does.
"""

import csv
import json
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

WAYS = {
    "words": {"strip_accents": "unicode", "sublinear_tf": True},
    "letters": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}


def read(path):
    with open(path, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [row["flux_id"] for row in rows], [row["description"] for row in rows]


def nearest(left, right, top):
    return sp_matmul_topn(left, right.T.tocsr(), top_n=top, sort=True, n_threads=2)


def pairs(found):
    for row in range(found.shape[0]):
        for column in found.indices[found.indptr[row] : found.indptr[row + 1]]:
            yield row, column


def main(offers, requests, output, top, way):
    begun = time.perf_counter()

    def told(stage):
        nonlocal begun
        now = time.perf_counter()
        print(json.dumps({"stage": stage, "wall_ms": round((now - begun) * 1000)}), file=sys.stderr)
        begun = now

    (offer_ids, offered), (request_ids, asked) = read(offers), read(requests)
    told("ingest")
    vectors = TfidfVectorizer(**WAYS[way]).fit(offered + asked)
    left, right = vectors.transform(offered), vectors.transform(asked)
    told("normalise")
    there, back = nearest(left, right, int(top)), nearest(right, left, int(top))
    told("match")
    with open(output, "w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["offre_id", "demande_id"])
        table.writerows((offer_ids[offer], request_ids[request]) for offer, request in pairs(there))
        table.writerows((offer_ids[offer], request_ids[request]) for request, offer in pairs(back))
    told("write")


main(*sys.argv[1:])
