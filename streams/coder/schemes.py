"""Other pipelines' labels in the terms of ours: entities of OntoNotes and CoNLL, relations of ClearNLP.

spaCy's own English pipelines mark relations by ClearNLP's scheme, the coder's rules read Universal
Dependencies. What can be said in both is rewritten: names of relations, and prepositions, which govern
their noun there and mark it here. Copulas stay as they are (the verb governs), and ROLE entities are not
to be had from elsewhere.
"""

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

FACTORY = "contactwire_schemes"
ENTITIES = {"PER": "PERSON"} | {name: name for name in ("PERSON", "GPE", "LOC", "ORG", "NORP", "FAC", "ROLE")}
RELATIONS = {
    "dobj": "obj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "poss": "nmod:poss",
    "relcl": "acl:relcl",
    "prt": "compound:prt",
    "dative": "iobj",
    "oprd": "xcomp",
    "npadvmod": "obl:unmarked",
    "nmod": "nmod:desc",
    "predet": "det:predet",
    "preconj": "cc:preconj",
    "neg": "advmod",
}
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})


def entities(doc: Doc) -> list[Span]:
    """Entities whose labels have one of ours."""
    return [
        Span(doc, span.start, span.end, label=ENTITIES[span.label_])
        for span in doc.ents
        if span.label_ in ENTITIES
    ]


def is_clear(doc: Doc) -> bool:
    """Whether the relations are ClearNLP's."""
    return any(token.dep_ in {"pobj", "dobj", "nsubjpass", "prep"} for token in doc)


def lift_prepositions(doc: Doc) -> None:
    """Let each preposition's noun take its place in the tree, and the preposition mark the noun."""
    for preposition in [token for token in doc if token.dep_ in {"prep", "agent", "dative"}]:
        noun = next((child for child in preposition.children if child.dep_ == "pobj"), None)
        if noun is None:
            continue
        governor = preposition.head
        relation = relation_of(preposition, governor)
        # The tree must stay a tree at each step: the noun leaves the preposition before that hangs on it.
        noun.head = governor
        noun.dep_ = relation
        preposition.head = noun
        preposition.dep_ = "case"


def relation_of(preposition: Token, governor: Token) -> str:
    """Tell what a preposition's noun is to its governor."""
    if preposition.dep_ == "agent":
        return "obl:agent"
    return "nmod" if governor.pos_ in NOMINAL else "obl"


class ContactwireSchemes:
    """Rewrites another pipeline's labels in place."""

    def __call__(self, doc: Doc) -> Doc:
        """Entities always, relations where they are ClearNLP's."""
        doc.set_ents(entities(doc))
        if is_clear(doc):
            lift_prepositions(doc)
            for token in doc:
                token.dep_ = RELATIONS.get(token.dep_, token.dep_)
        return doc


@Language.factory(FACTORY)
def create_schemes(nlp: Language, name: str) -> Callable[[Doc], Doc]:  # noqa: ARG001 - spaCy calls it so
    """Component; it has no settings."""
    return ContactwireSchemes()
