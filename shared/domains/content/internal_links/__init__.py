"""Suggestions of internal links: anchors in a text or a website's articles, each with the page to link to."""
