"""A button at the task that opens Assay."""

from __future__ import annotations

from assay_airflow.compat import BaseOperatorLink, read_xcom

XCOM_URL = "assay_decision_url"


class AssayDecisionLink(BaseOperatorLink):
    name = "Assay decision"

    def get_link(self, operator, *, ti_key) -> str:
        return read_xcom(ti_key, XCOM_URL) or ""
