"""What an answer of the gate means for a task. No Airflow in here."""

from __future__ import annotations

import hashlib
from typing import Optional

MOST_REASONS = 10
LONGEST_KEY = 512

GO, HELD, ERROR, WAITING = "go", "held", "error", "waiting"


def verdict_of(answer: dict) -> str:
    """``go``: allowed. ``held``: not, and asking again does not help. ``error``: not known for want of an answer of
    the warehouse. ``waiting``: not decided yet."""
    decision, state = answer.get("decision"), answer.get("state")
    if state in ("pending", "running") or decision is None:
        return WAITING
    if decision == "allow":
        return HELD if state in ("superseded", "expired") else GO
    if decision == "unknown":
        return WAITING if state is None else ERROR if state == "error" else HELD
    return HELD


def reasons_of(answer: dict) -> list[str]:
    """Why it is held, the worst first."""
    found = [reason["message"] for reason in answer.get("reasons", []) if reason.get("holds")]
    return found[:MOST_REASONS]


def words_of(answer: dict) -> str:
    """One line for the log and the exception."""
    what = " ".join(str(answer[key]) for key in ("dataset", "partition") if answer.get(key))
    why = "; ".join(reasons_of(answer)) or f"it is {answer.get('state') or 'not evaluated'}"
    return f"{what or 'The candidate'} is held: {why}"


def summary_of(answer: dict, page: str, published: Optional[dict] = None) -> dict:
    """What goes to XCom: small whatever the contract's size."""
    published = published or answer.get("publication")
    return {
        "evaluation_id": answer.get("id") or answer.get("evaluationId"),
        "dataset": answer.get("dataset"),
        "partition": answer.get("partition"),
        "decision": answer.get("decision"),
        "state": answer.get("state") if not published else published.get("state"),
        "candidate_version": (answer.get("candidate") or {}).get("version") or answer.get("candidateVersion"),
        "published": bool(published) and published.get("state") in ("published", "replaced"),
        "reasons": reasons_of(answer),
        "url": page,
    }


def idempotency_key(*parts: object) -> str:
    """The same for every try of a task, and after it was cleared."""
    text = "/".join(str(part) for part in parts)
    if len(text) <= LONGEST_KEY:
        return text
    return f"{text[:200]}/{hashlib.sha256(text.encode()).hexdigest()}"
