"""The realtime function: streams of a user's messages over server-sent events, WebSockets and long polls.

The only ASGI side of the runtime; what it shares with the other functions it takes from the modules beside it.
"""
