"""Chinese labels of the fields of deliveries to the portfolio of bills of materials."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "delivered": "送達時間",
    "delivered_by": "交付供應商",
    "part": "系統部分",
    "service": "服務",
}
