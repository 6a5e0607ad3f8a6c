"""Scores of an advisory, worked out from its vector by the library the portfolio uses."""

from __future__ import annotations

from typing import Any

import cvss

from panshi.errors import BadInputError


def scores_of(vector: str) -> dict[str, dict[str, Any]]:
    """Work a vector out into the content CSAF wants; empty without one."""
    if not vector:
        return {}
    try:
        if vector.startswith("CVSS:4"):
            four = cvss.CVSS4(vector)
            name, version, score = "cvss_v4", "4.0", float(four.base_score)
            severity = str(four.severity)
        else:
            three = cvss.CVSS3(vector)
            name, version = "cvss_v3", vector[5:8]
            score, severity = float(three.base_score), str(three.severities()[0])
    except cvss.CVSSError as error:
        raise BadInputError(
            "the vector is not one of CVSS", place=vector[:80], remedy="CVSS:4.0/AV:N/…"
        ) from error
    return {
        name: {
            "version": version,
            "vectorString": vector,
            "baseScore": score,
            "baseSeverity": severity.upper(),
        }
    }
