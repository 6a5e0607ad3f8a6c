"""OSCAL 1.2: catalogs, mappings, assessment results, and exceptions as plans of action.

NIST's schema does not look at references, so `checks` does; every export passes them before it
leaves. Identifiers are derived (UUID version 5), so that two exports of the same differ nowhere.
"""

from panshi.report.oscal.catalog import catalog
from panshi.report.oscal.checks import check
from panshi.report.oscal.deviations import deviations
from panshi.report.oscal.mapping import mapping_collection
from panshi.report.oscal.results import assessment_results

__all__ = ["assessment_results", "catalog", "check", "deviations", "mapping_collection"]
