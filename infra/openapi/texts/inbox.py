"""What comes back for messages: events of the inbox, the pause of sending, how messages are spread."""

TEXTS = {
    "MailEvent": {
        "kind": "`delivered`, `delayed`, `bounced`, `complained`, `failed`, `opened`, `clicked`; of mail, `reply`, "
        "`auto_reply` (a program's) or `removal_request`.",
        "at": "When it happened, by whoever tells of it.",
        "provider": "Who handed it in: the last part of the hook's address.",
        "outreach_id": "The message that it is for. null: nobody knows.",
        "prospect_id": "The prospect that the message went to. null: nobody knows.",
        "prospect_name": "The prospect's name. null: nobody knows.",
        "prospect_was": "The status of the prospect before this removal request changed it. null: it did not.",
        "matched_by": "How the message was found: by `reference` (its Message-ID or reply address), `sender`, or a "
        "`person`. null: it was not.",
        "needs": "What a person is asked: `match` (which message it answers) or `confirm` (a removal request). null: "
        "nothing.",
        "address": "The address that the message went to. null: not known.",
        "permanent": "Of a bounce, whether it is for good.",
        "reason": "What the mail server said, or why the mail was taken for what it is.",
        "machine": "Whether a program opened it or followed the link.",
        "link": "The link that was followed. null: none.",
        "sender": "The address of who wrote. null: nobody wrote, or it names none.",
        "sender_name": "The name beside it; empty: none.",
        "subject": "The subject of the mail.",
        "text": "What the sender wrote, without what is quoted and without the signature.",
        "text_is_cut": "Whether the text was longer than what is kept.",
        "message_id": "The mail's Message-ID. null: none.",
        "away_until": "The last day on which the sender is away, as an automatic answer says. null: it says none.",
        "file_ids": "The files that its attachments have become.",
        "unread_attachments": "The attachments that have become none, and why.",
    },
    "UnreadAttachment": {"name": "Its name.", "reason": "Why it is no file."},
    "InboxQuery": {
        "kind": "Only events of this kind.",
        "needs": "Only those about which a person is asked this.",
        "outreach_id": "Only those of this message.",
        "prospect_id": "Only those of this prospect.",
    },
    "MatchInput": {"outreach_id": "The message that the mail answers."},
    "Accepted": {
        "stored": "How many events were stored.",
        "repeated": "How many were known already.",
        "unmatched": "How many mails are for no user; operators find them among the dead letters.",
        "ignored": "How many reports are about no message of anybody here, or about what is not kept.",
    },
    "SendingPause": {
        "until": "When messages leave again. null: sending is not paused.",
        "reason": "Why nothing is sent; empty: it is not paused.",
        "judged_from": "The first day (UTC) whose bounces and complaints may pause sending. null: any.",
    },
    "Pacing PacingInput": {
        "start": "When the working hours begin where the contact is, as HH:MM.",
        "end": "When they end, as HH:MM, at least an hour later.",
        "weekends": "Whether messages leave on Saturday and Sunday too.",
    },
    "StoppedRun": {
        "automation_name": "The automation's name when the run began.",
        "reason": "Why it ended.",
        "at": "When it ended.",
    },
}
