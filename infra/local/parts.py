"""What each of the functions' processes serves."""

PUBLIC = "public"  # what people and other systems call
INTERNAL = "internal"  # what events, messages, tasks and schedules call
PARTS = (PUBLIC, INTERNAL)
INTERNAL_PATH = "/_functions/"
