"""Operators, a sensor and a hook that ask Assay whether a candidate may become gold."""

from __future__ import annotations

__version__ = "0.1.0"


def get_provider_info() -> dict:
    """What Airflow reads to know the connection type and the extra link."""
    return {
        "package-name": "assay-airflow",
        "name": "Assay",
        "description": "Asks Assay whether a candidate may become gold.",
        "connection-types": [
            {"hook-class-name": "assay_airflow.hooks.AssayHook", "connection-type": "assay"}
        ],
        "extra-links": ["assay_airflow.links.AssayDecisionLink"],
    }
