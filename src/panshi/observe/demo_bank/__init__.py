"""磐石示範銀行: a demo bank with real trouble, from `content/demo`; everything is demo data."""

from panshi.observe.demo_bank.estate import demo_estate
from panshi.observe.demo_bank.files import demo_files
from panshi.observe.demo_bank.plan import DemoPlan, read_plan
from panshi.observe.demo_bank.streams import demo_observations, rounds_before

__all__ = [
    "DemoPlan",
    "demo_estate",
    "demo_files",
    "demo_observations",
    "read_plan",
    "rounds_before",
]
