"""Sends each user's week in numbers, on Monday morning where the user is."""

from shared.domains.analytics.digests import sending
from shared.runtime.workers import schedule_function

weekly_digests = schedule_function("weekly_digests", sending.sweep)
