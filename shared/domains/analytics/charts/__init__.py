"""Charts of what analytics answer: Vega-Lite specifications as values, and their pictures."""
