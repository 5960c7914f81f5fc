"""Definitions: models, expressions and storage of automations and of subscriptions to their triggers."""
