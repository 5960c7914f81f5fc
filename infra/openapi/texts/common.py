"""Fields that mean the same wherever they are, parameters of paths, and what wraps every list."""

COMMON = {
    "automation_id": "The automation's id.",
    "company": "The firm that the prospect works for. null: not known.",
    "created_at": "When it was created; set by the server.",
    "cursor": "The `next_cursor` of the page before.",
    "execution_id": "The execution's id.",
    "generator": "Who wrote it: `local-template` for the built-in rules, else the language model's name.",
    "id": "Its id, set by the server: up to 128 letters, digits and hyphens.",
    "limit": "How many rows a page has at most.",
    "link": "A path of the web app where there is more, such as `/prospects?id=ID`. null: nowhere.",
    "metadata": "Anything you want to keep with it; at most 32,000 characters as JSON. The server does not read it.",
    "notes": "What a reader should know of how it came about: sentences, none where all went as asked.",
    "persona_id": "The persona in whose voice it is written. null: the default persona, or none.",
    "prospect_id": "The prospect that it is about. null: none.",
    "prospect_name": "The prospect's name. null: it is about no prospect.",
    "search": "Words that all have to occur; each may be the beginning of one.",
    "since": "Only what happened at this time or later.",
    "updated_at": "When it was changed last; set by the server.",
    "use_knowledge": "Whether vault and insights are searched for facts to write from.",
    "user_id": "The owner; set by the server.",
    "variants": "How many texts are written to choose from.",
    "vault_ids": "Items of the vault whose facts are used, in place of a search.",
}
PATHS = {
    "/api/account/exports/{id}": "The export's id.",
    "/api/account/exports/{id}/parts/{number}": "The number of the part, from 1.",
    "/api/activity/{id}": "The activity event's id.",
    "/api/automations/{id}": "The automation's id.",
    "/api/batch/{id}": "The batch job's id.",
    "/api/automations/{id}/executions/{execution_id}": "The execution's id.",
    "/api/automations/recipes/{id}": "The recipe's id, as `GET /api/automations/recipes` lists it.",
    "/api/calendar/{id}": "The calendar event's id.",
    "/api/contacts/suppressions/{id}": "The suppression's id.",
    "/api/files/{id}": "The file's id.",
    "/api/hooks/mail/{provider}": "Who calls: `resend`, or `raw` for whoever forwards mail.",
    "/api/inbox/{id}": "The mail event's id.",
    "/api/hooks/{token}": "The last part of the address in the automation's `trigger_config.url`: whoever has it may "
    "call.",
    "/api/notifications/{id}": "The notification's id.",
    "/api/outreach/{id}": "The outreach message's id.",
    "/api/personas/{id}": "The persona's id.",
    "/api/playbooks/{id}": "The playbook's id, as `GET /api/playbooks` lists it.",
    "/api/prospects/{id}": "The prospect's id.",
    "/api/research-tasks/{id}": "The research task's id.",
    "/api/search/saved/{id}": "The saved search's id.",
    "/api/system/dead-letters/{id}": "The dead letter's id.",
    "/api/system/logs/{id}": "The log entry's id.",
    "/api/templates/{id}": "The template's id.",
    "/api/unsubscribe/{token}": "The last part of the link that the message carries.",
    "/api/vault/{id}": "The vault item's id.",
    "/api/webhooks/{id}": "The webhook's id.",
    "/api/webhooks/{id}/deliveries/{delivery_id}": "The delivery's id: the `webhook-id` that was sent.",
}
ROWS = "The page's rows; newest first, unless the operation says otherwise."
TOTAL = "How many rows match the filters, on all pages together."
NEXT_CURSOR = "Send it as `cursor` for the next page. null: this is the last page."
SEARCHED = "How far a search of several words has looked; left out where it has looked at every row."
