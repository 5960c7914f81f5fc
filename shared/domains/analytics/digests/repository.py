"""The document of a user's digest settings."""

from shared.domains.analytics.digests.models import DigestSettings
from shared.store.single import Single

repository = Single(DigestSettings, "weekly_digest", "digest settings")
