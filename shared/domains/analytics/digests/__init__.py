"""The weekly digest: a user's week in numbers, words and pictures, on Monday morning."""
