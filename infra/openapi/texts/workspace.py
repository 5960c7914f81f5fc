"""What happened and what is to do: activity, calendar, notifications, logs, usage, webhooks."""

TEXTS = {
    "ActivityEvent ActivityInput": {
        "type": "What it is about.",
        "title": "What happened, in a few words.",
        "message": "What happened, in a sentence.",
        "link": "Where to look at it: a path of the web app. null: nowhere.",
    },
    "ActivityEvent": {
        "status": "How it went.",
        "timestamp": "When it happened.",
        "description": "The same as `message`.",
    },
    "ActivityQuery": {
        "type": "Only events of this type.",
        "status": "Only events that went so.",
    },
    "CalendarEvent EventInput EventUpdate": {
        "scheduled_date": "The day that it is due.",
        "type": "What kind of contact it is.",
        "prospect_id": "Whom it is about. null: nobody.",
        "notes": "What to remember.",
    },
    "CalendarEvent": {
        "scheduled_date": "The day that it is due, as YYYY-MM-DD.",
        "completed": "Whether it is done.",
        "last_contact": "When the person was contacted last. null: not known.",
        "announced": "Whether it was announced that it is due.",
        "status": "`completed`, `overdue` (its day has passed, in UTC) or `pending`.",
        "suggested_message": "A first sentence for the prospect. null: it is about nobody.",
        "company": "The prospect's firm. null: not known.",
    },
    "EventUpdate": {"status": "`completed` when it is done; `overdue` follows from the date."},
    "CalendarQuery": {
        "start_date": "Only events on this day or later.",
        "end_date": "Only events on this day or before.",
        "status": "Only events in this status.",
    },
    "Notification NotificationInput": {
        "type": "What it is about.",
        "title": "What it says, in a few words.",
        "message": "What it says.",
        "priority": "How urgent it is.",
        "prospect_id": "Whom it is about; it is deleted with that prospect. null: nobody.",
    },
    "Notification": {"read": "Whether it was read.", "timestamp": "The same as `created_at`."},
    "NotificationQuery": {"unread_only": "Whether only unread ones are answered."},
    "NotificationList": {
        "notifications": "The page's notifications, newest first.",
        "unread_count": "How many are unread in all.",
        "total": "How many there are on all pages together.",
        "next_cursor": "Send it as `cursor` for the next page. null: this is the last page.",
    },
    "MarkedRead": {"message": "What was done, in a sentence.", "count": "How many were marked as read."},
    "Message": {"message": "What was done, in a sentence."},
    "Health": {"status": "Always `ok`."},
    "SystemLog LogInput": {
        "level": "How grave it is.",
        "category": "What part of the system it is about.",
        "message": "What happened.",
        "details": "More on it: a text, or an object of at most 32,000 characters as JSON. null: nothing more.",
        "related_id": "The task or execution that it is about. null: none.",
        "can_rerun": "Whether that can be run again from here.",
        "error_class": "What kind of error it is. null: it is none.",
        "duration_ms": "How long it took, in milliseconds. null: not measured.",
    },
    "SystemLog": {
        "explanation": "What it means and what to do; empty where there is nothing to do.",
        "timestamp": "When it happened.",
        "slow": "Whether it took longer than it should.",
        "rerun_count": "How many times it was run again.",
        "rerun_id": "The execution that the latest of these took up or started. null: none.",
        "rerun_at": "When that was. null: never.",
    },
    "LogQuery": {
        "level": "Only entries of this level.",
        "category": "Only entries of this category.",
        "search": "Words that all have to occur in the message; each may be the beginning of one.",
    },
    "LogStats": {
        "total_logs": "How many entries there are in the period.",
        "by_level": "The same by level.",
        "by_category": "The same by category.",
        "recent_errors": "How many of them are errors.",
        "performance": "How requests went.",
        "period_hours": "The length of the period in hours, up to now.",
    },
    "Performance": {
        "slow_requests": "How many were slow.",
        "failed_requests": "How many failed.",
        "slow_after_ms": "From how many milliseconds on one is slow.",
    },
    "UsageQuery": {
        "since": "The first day, in UTC. Without: the 30th day before `until`, itself included.",
        "until": "The last day, in UTC, at most 366 days after the first. Without: today.",
    },
    "UsageReport": {
        "since": "The first day, as YYYY-MM-DD, in UTC.",
        "until": "The last day, as YYYY-MM-DD, in UTC.",
        "days": "The days with calls, the oldest first.",
        "providers": "The whole period by provider.",
        "total": "The whole period.",
    },
    "DayUsage": {"date": "The day, in UTC.", "providers": "What each provider did."},
    "ProviderUsage": {
        "requests": "How many requests were sent.",
        "cached": "How many answers were at hand already and cost nothing.",
        "tokens": "How many tokens of language models were used.",
        "usd": "What it cost, in US dollars.",
    },
    "Webhook WebhookInput WebhookUpdate": {
        "url": "Where events are sent, by POST.",
        "event_types": "The events that are sent.",
    },
    "Webhook": {
        "status": "`active`, `inactive` (switched off), or `failed`: it was switched off as nothing could be "
        "delivered.",
        "last_triggered": "When an event was sent last. null: never.",
        "failure_count": "How many attempts have failed since the last that succeeded, one in five seconds at most.",
        "secret": "What deliveries are signed with; only in the answer that makes it, never null.",
    },
    "WebhookInput RotateInput": {
        "secret": "What deliveries are signed with: `whsec_` and base64 as in Standard Webhooks, or any other text. "
        "Without: the server makes one."
    },
    "WebhookUpdate": {"status": "`active` sends events, `inactive` sends none."},
    "WebhookQuery": {"status": "Only webhooks in this status."},
    "Delivery": {
        "webhook_id": "The webhook's id.",
        "event_type": "What happened; `test` for a trial.",
        "event_at": "When it happened.",
        "document": "The collection and the id of the document that it is about. null: none.",
        "body": "What is sent, byte for byte; left out of lists, never null.",
        "status": "`pending` while it is tried, `delivered`, `failed` after the last attempt, or `cancelled` with its "
        "webhook.",
        "attempts": "The latest attempts, at most 20.",
        "next_attempt_at": "When it is tried next. null: no more.",
        "completed_at": "When it ended. null: it has not.",
    },
    "DeliveryAttempt": {
        "at": "When it was made.",
        "status": "The HTTP status of the answer. null: there was none.",
        "error": "Why it failed. null: it did not.",
        "milliseconds": "How long it took, in milliseconds.",
        "answer": "The beginning of the answer, at most 500 characters.",
    },
    "DeliveryQuery": {"status": "Only deliveries in this status."},
}
