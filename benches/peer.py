"""The usual Python way: TF-IDF of the descriptions (scikit-learn), ten nearest requests of each offer
(sparse_dot_topn). Reads two files of lines "kind<TAB>description", offers and requests; prints seconds
to fit, seconds to find, and the share of offers with a request of their kind first and among ten."""

import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn


def read(path):
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t", 1) for line in lines]
    return [kind for kind, _ in rows], [text for _, text in rows]


def main():
    (kinds, offers), (wanted, requests) = read(sys.argv[1]), read(sys.argv[2])
    begun = time.perf_counter()
    vectors = TfidfVectorizer(strip_accents="unicode", sublinear_tf=True).fit(offers + requests)
    left, right = vectors.transform(offers), vectors.transform(requests)
    fitted = time.perf_counter()
    found = sp_matmul_topn(left, right.T.tocsr(), top_n=10, sort=True, n_threads=2)
    done = time.perf_counter()
    first = among = 0
    for row, kind in enumerate(kinds):
        best = found.indices[found.indptr[row] : found.indptr[row + 1]]
        hits = [wanted[at] == kind for at in best]
        first += bool(hits and hits[0])
        among += any(hits)
    share = len(kinds)
    print(f"{fitted - begun:.1f} {done - fitted:.1f} {first / share:.3f} {among / share:.3f}")


main()
