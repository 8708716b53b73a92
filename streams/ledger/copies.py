"""Which articles carry copies of one dispatch: fingerprints by MinHash, compared without the texts.

A fingerprint holds 128 one-byte minima over the text's word triples. Equal bytes estimate how many triples
two texts share of all they have, plus one in 256 that agree by chance.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PERMUTATIONS = 128
_TRIPLE = 3
_SHARED = 0.5  # of all word triples; edited copies share more, independent stories under a tenth
_FEWEST = 12  # triples; shorter texts are copies only when equal
_WORD = re.compile(r"\w+")


def fingerprint(text: str) -> str:
    """Fingerprint a text, as hexadecimal; empty where the text is too short to be told by it."""
    found = [word.encode() for word in _WORD.findall(text.lower())]
    triples = {b" ".join(found[i : i + _TRIPLE]) for i in range(len(found) - _TRIPLE + 1)}
    if len(triples) < _FEWEST:
        return ""
    from datasketch import MinHash  # noqa: PLC0415 -- it loads SciPy, which those who only code can do without

    minima = MinHash(num_perm=_PERMUTATIONS, seed=1)
    minima.update_batch(sorted(triples))
    return bytes(int(value) & 0xFF for value in minima.hashvalues).hex()


@lru_cache(maxsize=4096)  # every report of a contact is compared with all others, again for each new one
def unpacked(fingerprint_: str | None) -> bytes:
    """Fingerprint as bytes; none where there is none."""
    return bytes.fromhex(fingerprint_) if fingerprint_ else b""


def near(one: bytes, other: bytes) -> bool:
    """Whether two unpacked fingerprints are those of copies of one text."""
    if not one or len(one) != len(other):
        return False
    apart = int.from_bytes(one) ^ int.from_bytes(other)
    return apart.to_bytes(len(one)).count(0) >= _SHARED * len(one)
