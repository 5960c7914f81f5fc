"""What operators see: dead letters."""

TEXTS = {
    "DeadLetter FullDeadLetter": {
        "source": "What was given up: a message (Pub/Sub), a document event (Eventarc) or a task (Cloud Tasks).",
        "function": "The function that should have taken it. null: no function of this deployment.",
        "target": "The message's subscription, the event's document, or the task's queue.",
        "uid": "The user whom it concerns. null: not known.",
        "attributes": "The message's or event's own attributes.",
        "size": "The body's size in bytes.",
        "attempts": "The number of its deliveries, all returns together.",
        "returned": "The number of times that it was given up again after a redrive.",
        "error": "What its last delivery failed with. null: not known; the function's log says it.",
        "status": "`open`; `redriving` while an operator's call sends it again; `redriven`, and open again if it comes"
        " back.",
        "died_at": "When it was given up last.",
        "redriven_at": "When an operator sent it again last. null: never.",
        "redriven_by": "The operator who sent it again last. null: nobody.",
    },
    "FullDeadLetter": {
        "body": "The body: of an event the document before and after, else JSON or text. Secrets are masked.",
        "shortened": "Whether parts of the body are left out here.",
    },
    "DeadLetterQuery": {
        "status": "Only letters in this status.",
        "source": "Only letters from this source.",
        "function": "Only letters of this function.",
    },
    "RedriveInput": {
        "source": "Only letters from this source. null: from any.",
        "function": "Only letters of this function. null: of any.",
        "limit": "The number of letters to send again at most.",
        "cursor": "The `next_cursor` of the call before. null: begin with the oldest.",
    },
    "Redriven": {
        "redriven": "The number of letters that were sent again.",
        "refused": "The letters that were not, and why.",
        "next_cursor": "Send it as `cursor` for the next letters. null: there are no more.",
    },
    "Refused": {"id": "The letter's id.", "reason": "Why it was not sent again."},
}
