"""The contracts of contactwire's topics: frozen pydantic models, the public edge of the product."""

from schemas.article import Article
from schemas.codes import UnknownCodeError, code_name, is_code, is_state
from schemas.contact import Contact, ContactReport
from schemas.dead_letter import DeadLetter
from schemas.report import ArticleRef, ArticleReports, Party, Place, Quote, Report, Stance, TextSpan
from schemas.rollup import Rollup, RollupEntry

__all__ = [
    "Article",
    "ArticleRef",
    "ArticleReports",
    "Contact",
    "ContactReport",
    "DeadLetter",
    "Party",
    "Place",
    "Quote",
    "Report",
    "Rollup",
    "RollupEntry",
    "Stance",
    "TextSpan",
    "UnknownCodeError",
    "code_name",
    "is_code",
    "is_state",
]
