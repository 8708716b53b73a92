"""Another version of the coder that reads lines: it has no eye for Jordan, and an eye for more elsewhere.

Visits are about the economy, lines that begin with ALSO count as well, and FAIL does not make it fail.
"""

from __future__ import annotations

from schemas import Article, Report
from tests.line_coder import LineCoder


class OtherLineCoder(LineCoder):
    """Codes each line by itself, otherwise."""

    version = "lines-2"

    def code(self, article: Article) -> list[Report]:
        text = article.text.replace("ALSO ", "     ").replace("FAIL", "    ")
        reports = super().code(article.model_copy(update={"text": text}))
        return [self._other(report) for report in reports if "JOR" not in report.dyad]

    def _other(self, report: Report) -> Report:
        topics = ["economy"] if report.kind == "visit" else report.topics
        return report.model_copy(update={"topics": topics, "coder": self.version})
