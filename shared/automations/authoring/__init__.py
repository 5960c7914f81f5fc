"""Authoring: creates and changes automations, and checks them before they are stored."""
