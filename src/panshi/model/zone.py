"""The zone in which an institution in Taiwan counts its days: UTC+08:00, without summer time."""

from __future__ import annotations

from datetime import timedelta, timezone

INSTITUTION_ZONE = timezone(timedelta(hours=8), "Asia/Taipei")
