"""OSCAL 1.2: frameworks as catalogs, crosswalks as mappings, verdicts as assessment results.

NIST's schema does not look at references, so `checks` does; every export passes them before it
leaves. Identifiers are derived (UUID version 5), so that two exports of the same differ nowhere.
"""

from panshi.report.oscal.catalog import catalog
from panshi.report.oscal.checks import check
from panshi.report.oscal.mapping import mapping_collection
from panshi.report.oscal.results import assessment_results

__all__ = ["assessment_results", "catalog", "check", "mapping_collection"]
