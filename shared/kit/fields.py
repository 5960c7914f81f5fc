"""Names the one shape that has no fixed type: fields by name, as documents, settings and outputs of steps hold them."""

from collections.abc import Mapping
from typing import Any

# Values are what Firestore stores: null, booleans, numbers, texts, times, bytes, lists and such fields again.
Fields = dict[str, Any]
# The same, for whoever only reads them.
ReadFields = Mapping[str, Any]
