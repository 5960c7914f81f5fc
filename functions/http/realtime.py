"""/api/realtime and /api/ws: a user's messages as they come: server-sent events, WebSockets, long polls."""

from shared.runtime.live.app import live_function

realtime = live_function("realtime")
