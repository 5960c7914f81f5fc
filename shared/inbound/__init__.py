"""Inbound mail: takes it apart, finds what a person wrote, and tells bounces, complaints and machines from people.

Pure: nothing is fetched, run or shown as HTML, and no file is opened.
"""

from shared.inbound.mime import MAX_PARTS
from shared.inbound.reading import read
from shared.inbound.received import MAX_TEXT, Attachment, Kind, Received, Report

__all__ = ["MAX_PARTS", "MAX_TEXT", "Attachment", "Kind", "Received", "Report", "read"]
