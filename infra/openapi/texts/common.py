"""Fields that mean the same wherever they are, parameters of paths, and what wraps every list."""

COMMON: dict[str, str] = {}
PATHS: dict[str, str] = {}
ROWS = "The page's rows; newest first, unless the operation says otherwise."
TOTAL = "How many rows match the filters, on all pages together."
NEXT_CURSOR = "Send it as `cursor` for the next page. null: this is the last page."
SEARCHED = "How far a search of several words has looked; left out where nothing was left out of the search."
