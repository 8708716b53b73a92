"""How a mention hangs on a cue: grammatical functions read off a dependency tree.

Trees follow Universal Dependencies or the older scheme of spaCy's own English models; the functions that come
out are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Token

# Grammatical functions, by the label of the arc.
_FUNCTION = {
    "nsubj": "subj",
    "csubj": "subj",
    "nsubj:pass": "passive",
    "nsubjpass": "passive",
    "obj": "obj",
    "dobj": "obj",
    "iobj": "iobj",
    "dative": "iobj",
    "nmod:poss": "poss",
    "poss": "poss",
    "compound": "compound",
    "amod": "compound",
    "nmod:desc": "compound",
    "nn": "compound",
    "appos": "appos",
    "agent": "by",
    "obl:agent": "by",
}
_PREPOSITIONAL = frozenset({
    "obl", "nmod", "pobj", "pcomp", "prep", "obl:npmod", "nmod:npmod", "npadvmod", "obl:tmod",
    "obl:unmarked", "nmod:unmarked",
})  # fmt: skip
_KNOWN_PREPOSITIONS = frozenset({
    "with", "to", "by", "of", "from", "in", "between", "for", "at", "on", "into", "after", "during", "over",
    "about", "against", "among", "alongside", "including", "through", "before", "under", "toward",
    "towards", "as",
})  # fmt: skip
_CLAUSAL = {
    "xcomp": "control", "advcl": "adverbial", "advcl:relcl": "relative", "acl": "participle",
    "acl:relcl": "relative", "relcl": "relative", "ccomp": "content", "parataxis": "content",
    "csubj": "content", "pcomp": "adverbial",
}  # fmt: skip
_TRANSPARENT = frozenset({
    "conj", "flat", "fixed", "list", "goeswith", "dep", "aux", "cop", "ROOT", "root", "reparandum",
    "orphan", "discourse", "vocative", "dislocated",
})  # fmt: skip
_RELATIVE = frozenset({"who", "whom", "which", "that", "whose"})
_MAX_DEPTH = 40
_MAX_STEPS = 2


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a mention stands as seen from a cue.

    `link` tells how the cue hangs below the word that both share ("" where the cue is that word),
    `function` what the mention's branch is to that word, `depth` how far the mention lies below the branch.
    """

    link: str
    function: str
    depth: int
    shared: int  # token index of the word they share

    @property
    def label(self) -> str:
        """The relation in one word, for features and reasons."""
        deep = "" if self.depth == 0 else "+"
        return f"{self.link}>{self.function}{deep}" if self.link else f"{self.function}{deep}"


def preposition(token: Token) -> str:
    """Preposition that governs a word, "" where there is none."""
    if token.dep_ in {"pobj", "pcomp"}:
        return str(token.head.lower_)
    for child in token.children:
        if child.dep_ == "case" and child.i < token.i:
            return str(child.lower_)
    return ""


def function_of(token: Token) -> str:
    """Grammatical function of a word to its head, such as subj, obj, by, with, to, of or poss."""
    dep = token.dep_
    if dep == "conj" or dep in _TRANSPARENT:
        return dep if dep == "conj" else "other"
    case = preposition(token)
    if dep in _PREPOSITIONAL or case:
        if dep == "prep":
            case = str(token.lower_)
        if case in {"'s", "’s"}:
            return "poss"
        if not case:
            return "loose"
        return case if case in _KNOWN_PREPOSITIONS else "prep"
    return _FUNCTION.get(dep) or _CLAUSAL.get(dep, "other")


def chain(token: Token) -> list[Token]:
    """The word and all its heads up to the root."""
    found = [token]
    while found[-1].head.i != found[-1].i and len(found) < _MAX_DEPTH:
        found.append(found[-1].head)
    return found


def relation(cue: Token, mention: Token, low: int, high: int) -> Relation | None:
    """How a mention, tokens low to high with its head, hangs on a cue; None where no tree holds both."""
    cue_chain, mention_chain = chain(cue), chain(mention)
    positions = {token.i: k for k, token in enumerate(cue_chain)}
    for k, token in enumerate(mention_chain):
        if token.i in positions:
            return _relation(cue_chain[: positions[token.i] + 1], mention_chain[: k + 1], low, high)
    return None


def _relation(cue_chain: list[Token], mention_chain: list[Token], low: int, high: int) -> Relation:
    shared = cue_chain[-1]
    link = _link(cue_chain)
    if len(mention_chain) == 1 or low <= shared.i < high:
        return Relation(link, _as_antecedent(cue_chain), 0, shared.i)
    branch = list(reversed(mention_chain[:-1]))  # from below the shared word down to the mention
    inside = [t for t in branch if not low <= t.i < high] or branch[:1]
    function, depth = _branch_function(branch), 0
    for above, below in pairwise(branch):
        if low <= above.i < high:
            break
        if below.dep_ not in {"conj", "appos", "flat", "compound", "nmod:desc", "pobj", "pcomp", "list"}:
            depth += 1
    return Relation(link, function, min(depth, 3) if inside else 0, shared.i)


def _branch_function(branch: list[Token]) -> str:
    """Function of the branch: a coordinated clause hands on its own, "prep" waits for its object."""
    for token in branch:
        function = function_of(token)
        if function in {"conj", "other"}:
            continue
        return function
    return "conj" if branch and branch[0].dep_ == "conj" else "other"


def _as_antecedent(cue_chain: list[Token]) -> str:
    """The mention is the shared word: what it is to a clause that modifies it."""
    if len(cue_chain) == 1:
        return "self"
    top = cue_chain[-2]
    function = function_of(top)
    if function == "relative":
        subject = [c for c in top.children if c.dep_ in {"nsubj", "nsubj:pass", "nsubjpass"}]
        if subject and subject[0].lower_ not in _RELATIVE:
            return "whom"
        return "passive" if subject and "pass" in subject[0].dep_ else "subj"
    if function == "participle":
        return "subj" if top.tag_ == "VBG" else "passive"
    return f"has-{function}"


def _link(cue_chain: list[Token]) -> str:
    """How the cue hangs below the shared word, in at most two steps."""
    steps: list[str] = []
    for token in cue_chain[:-1]:
        function = function_of(token)
        if function not in {"conj", "other"}:
            steps.append(function)
    return "<".join(steps[:_MAX_STEPS]) + ("…" if len(steps) > _MAX_STEPS else "")
