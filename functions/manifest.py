"""Every deployable function, a line each; the local runner, the bundler and the tests read it."""

from functions.spec import DEAD_LETTERS, DocumentWritten, FunctionSpec, Http, Queue, Resources, Schedule, Topic

# A step that waits for a model or a call holds a thread, which takes 0.2 MB: 160 calls of 4 seconds take 36 seconds
# with 20 threads, 13 with 80 and 9 with 160, which are more calls than one connection to Firestore has streams (100).
_RUNNER = Resources(timeout=540, memory=1024, concurrency=80)
_READER = Resources(memory=1024, concurrency=4)  # holds and compares up to a thousand documents a call
_WRITER = Resources(timeout=540, memory=1024, concurrency=8)  # waits for a language model, up to six times a call
_EVENT = Resources(timeout=120)
_SWEEP = Resources(timeout=120, memory=1024, concurrency=1)  # SWEEP_SECONDS and the calls then under way
_REDRIVER = Resources(timeout=300, memory=1024, max_instances=2)  # operators, who take document events again

FUNCTIONS = (
    FunctionSpec("health", "functions.http.health", Http("/api/health", aliases=("/health",))),
    FunctionSpec("ready", "functions.http.ready", Http("/api/ready")),
    FunctionSpec(
        "account", "functions.http.account", Http("/api/account"), Resources(timeout=60, memory=1024, concurrency=4)
    ),
    FunctionSpec("openapi", "functions.http.openapi", Http("/api/openapi.json")),
    FunctionSpec("docs", "functions.http.docs", Http("/api/docs")),
    FunctionSpec("prospects", "functions.http.prospects", Http("/api/prospects"), Resources(timeout=300, memory=1024)),
    FunctionSpec("personas", "functions.http.personas", Http("/api/personas")),
    FunctionSpec("playbook", "functions.http.playbook", Http("/api/playbook")),
    FunctionSpec("playbooks", "functions.http.playbooks", Http("/api/playbooks", latency_ms=None), _WRITER),
    FunctionSpec("templates", "functions.http.templates", Http("/api/templates", latency_ms=None), _WRITER),
    FunctionSpec("outreach", "functions.http.outreach", Http("/api/outreach", latency_ms=None), _WRITER),
    FunctionSpec("unsubscribe", "functions.http.unsubscribe", Http("/api/unsubscribe")),
    FunctionSpec("contacts", "functions.http.contacts", Http("/api/contacts")),
    FunctionSpec("content", "functions.http.content", Http("/api/content", latency_ms=None), _WRITER),
    FunctionSpec("calendar", "functions.http.calendar", Http("/api/calendar")),
    FunctionSpec("notifications", "functions.http.notifications", Http("/api/notifications")),
    FunctionSpec("research_tasks", "functions.http.research_tasks", Http("/api/research-tasks")),
    FunctionSpec("realtime_tickets", "functions.http.realtime_tickets", Http("/api/realtime/tickets")),
    FunctionSpec(
        "realtime_script",
        "functions.http.realtime_script",
        Http("/api/realtime/realtime.js", aliases=("/api/realtime/connection.js", "/api/realtime/realtime.d.ts")),
    ),
    FunctionSpec(
        "realtime",
        "functions.http.realtime",
        Http("/api/realtime", aliases=("/api/ws",), latency_ms=None, streams=True),
        Resources(timeout=3600, concurrency=1000, max_instances=10),
    ),
    FunctionSpec("webhooks", "functions.http.webhooks", Http("/api/webhooks")),
    FunctionSpec("activity", "functions.http.activity", Http("/api/activity")),
    FunctionSpec("automations", "functions.http.automations", Http("/api/automations")),
    FunctionSpec("hooks", "functions.http.hooks", Http("/api/hooks")),
    FunctionSpec(
        "mail_hooks",
        "functions.http.mail_hooks",
        Http("/api/hooks/mail", latency_ms=None),
        Resources(timeout=120, memory=1024, concurrency=4),  # a mail has up to 30 MB
    ),
    FunctionSpec("inbox", "functions.http.inbox", Http("/api/inbox")),
    FunctionSpec("vault", "functions.http.vault", Http("/api/vault"), _READER),
    FunctionSpec(
        "files",
        "functions.http.files",
        Http("/api/files", latency_ms=None),
        Resources(timeout=120, memory=1024, concurrency=4),
    ),
    FunctionSpec("search", "functions.http.search", Http("/api/search"), _READER),
    FunctionSpec("chat", "functions.http.chat", Http("/api/chat"), _READER),
    FunctionSpec("knowledge", "functions.http.knowledge", Http("/api/knowledge"), _READER),
    FunctionSpec("system_logs", "functions.http.system_logs", Http("/api/system/logs")),
    FunctionSpec("dead_letters", "functions.http.dead_letters", Http("/api/system/dead-letters"), _REDRIVER),
    FunctionSpec("usage", "functions.http.usage", Http("/api/usage")),
    FunctionSpec(
        "analytics",
        "functions.http.analytics",
        Http("/api/analytics"),
        Resources(timeout=900, memory=1024, concurrency=4),  # an export of 100,000 rows takes minutes
    ),
    FunctionSpec(
        "batch", "functions.http.batch", Http("/api/batch", latency_ms=None), Resources(memory=1024, concurrency=4)
    ),
    FunctionSpec(
        "prospect_written",
        "functions.events.prospect_written",
        DocumentWritten("users/{uid}/prospects/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "outreach_written",
        "functions.events.outreach_written",
        DocumentWritten("users/{uid}/outreach/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "calendar_event_written",
        "functions.events.calendar_event_written",
        DocumentWritten("users/{uid}/calendar_events/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "template_written",
        "functions.events.template_written",
        DocumentWritten("users/{uid}/templates/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "playbook_run_written",
        "functions.events.playbook_run_written",
        DocumentWritten("users/{uid}/playbook_runs/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "vault_item_written",
        "functions.events.vault_item_written",
        DocumentWritten("users/{uid}/vault/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "research_task_written",
        "functions.events.research_task_written",
        DocumentWritten("users/{uid}/research_tasks/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "automation_written",
        "functions.events.automation_written",
        DocumentWritten("users/{uid}/automations/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "file_written",
        "functions.events.file_written",
        DocumentWritten("users/{uid}/files/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "insight_written",
        "functions.events.insight_written",
        DocumentWritten("users/{uid}/insights/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "persona_written",
        "functions.events.persona_written",
        DocumentWritten("users/{uid}/personas/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "search_match_written",
        "functions.events.search_match_written",
        DocumentWritten("users/{uid}/search_matches/{id}"),
        _EVENT,
    ),
    FunctionSpec(
        "failure_written",
        "functions.events.failure_written",
        DocumentWritten("users/{uid}/failures/{id}"),
        _EVENT,
    ),
    FunctionSpec("run_execution", "functions.workers.run_execution", Topic("automation-steps"), _RUNNER),
    FunctionSpec("wake_execution", "functions.workers.wake_execution", Queue("wake-execution"), _RUNNER),
    FunctionSpec("continue_sweep", "functions.workers.continue_sweep", Queue("continue-sweep"), _SWEEP),
    FunctionSpec("deliver_webhook", "functions.workers.deliver_webhook", Queue("deliver-webhook", max_per_second=100)),
    FunctionSpec(
        "run_batch",
        "functions.workers.run_batch",
        Queue("run-batch", max_per_second=20),
        Resources(timeout=300, memory=1024, concurrency=4),  # a lane's turn takes a minute, and its last items
    ),
    FunctionSpec(
        "compact_search",
        "functions.workers.compact_search",
        Queue("compact-search", max_per_second=20),
        Resources(timeout=180, memory=2048, concurrency=1),  # merges up to 32,000 documents of one user at a time
    ),
    # The end of the line: what cannot be kept now is sent again for as long as Pub/Sub keeps messages.
    FunctionSpec(
        "dead_letter",
        "functions.workers.dead_letter",
        Topic(DEAD_LETTERS, ack_deadline=60, dead_letter_topic=None),
        Resources(memory=1024, concurrency=4),  # a message has up to 10 MB
    ),
    FunctionSpec("follow_ups_due", "functions.schedules.follow_ups_due", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("due_automations", "functions.schedules.due_automations", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("paused_automations", "functions.schedules.paused_automations", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("overdue_executions", "functions.schedules.overdue_executions", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("overdue_deliveries", "functions.schedules.overdue_deliveries", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("overdue_batches", "functions.schedules.overdue_batches", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("ended_executions", "functions.schedules.ended_executions", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("unfinished_deletions", "functions.schedules.unfinished_deletions", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("outdated_documents", "functions.schedules.outdated_documents", Schedule("*/5 * * * *"), _SWEEP),
    FunctionSpec("unfinished_exports", "functions.schedules.unfinished_exports", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("rollups_fold", "functions.schedules.rollups_fold", Schedule("*/5 * * * *"), _SWEEP),
    FunctionSpec("rollups_check", "functions.schedules.rollups_check", Schedule("*/5 * * * *"), _SWEEP),
    FunctionSpec("weekly_digests", "functions.schedules.weekly_digests", Schedule("* * * * *"), _SWEEP),
    FunctionSpec("lost_events", "functions.schedules.lost_events", Schedule("*/5 * * * *"), _SWEEP),
    FunctionSpec(
        "search_check",
        "functions.schedules.search_check",
        Schedule("*/5 * * * *"),
        Resources(timeout=180, memory=2048, concurrency=1),
    ),
)
