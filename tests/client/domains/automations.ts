import assert from "node:assert/strict";

import { type Api, ENTITY, eventually, has, ok, only, refused, type Schemas } from "../client.js";

type Definition = Schemas["AutomationInput"];

export async function automations(api: Api): Promise<void> {
  await definitions(api);
  await runs(api);
  await portable(api);
  await recipes(api);
  await catalog(api);
}

async function definitions(api: Api): Promise<void> {
  const body: Definition = { name: "Welcome", trigger: "new_prospect", actions: ["analyze_prospect", "add_calendar"] };
  const { automation } = await ok(api.POST("/api/automations", { body }));
  has(automation, {
    ...ENTITY,
    name: "string",
    description: "string",
    trigger: "string",
    trigger_config: "object",
    actions: "list",
    steps: "list",
    status: "string",
    execution_count: "number",
    last_executed_at: "string?",
    next_run_at: "string?",
    version: "number",
    metadata: "object",
  });
  assert.deepEqual([automation.trigger, automation.status], ["new_prospect_added", "inactive"]);
  assert.deepEqual(automation.actions, automation.steps.map((step) => step.action));

  const params = { path: { id: automation.id } };
  const { data, response } = await api.GET("/api/automations/{id}", { params });
  assert.deepEqual(data?.automation, automation);
  assert.ok(response.headers.get("ETag"));

  const steps = [{ action: "delay", config: { seconds: 60 } }, { action: "send_notification", on_error: "continue" }] as const;
  const changed = await ok(api.PUT("/api/automations/{id}", { params, body: { name: "Later", steps: [...steps] } }));
  assert.deepEqual([changed.automation.name, changed.automation.version], ["Later", 2]);
  assert.equal(changed.automation.steps[1]?.on_error, "continue");
  await refused(400, api.PUT("/api/automations/{id}", { params, body: {} }));

  assert.equal((await ok(api.POST("/api/automations/{id}/activate", { params }))).automation.status, "active");
  const active = { params: { query: { status: "active", trigger: "new_prospect_added" } } } as const;
  assert.equal(only((await ok(api.GET("/api/automations", active))).automations).id, automation.id);
  assert.equal((await ok(api.POST("/api/automations/{id}/deactivate", { params }))).automation.status, "inactive");

  assert.ok((await ok(api.DELETE("/api/automations/{id}", { params }))).message);
  await refused(404, api.GET("/api/automations/{id}", { params }));
}

async function runs(api: Api): Promise<void> {
  const { automation, execution: view } = await automated(api, { id: "tell", action: "send_notification" });
  has(view.execution, {
    ...ENTITY,
    automation_id: "string",
    automation_name: "string",
    automation_version: "number",
    status: "string",
    triggered_by: "string",
    started_at: "string",
    completed_at: "string?",
    error: "string?",
    results: "object",
    event: "object",
    waiting_for: "object?",
  });
  assert.deepEqual([view.execution.triggered_by, view.execution.event.trigger], ["manual", "manual"]);
  assert.deepEqual(view.execution.event.data, { reason: "check" });
  assert.equal(view.execution.results["tell"]?.status, "success");
  const step = only(view.steps);
  has(step, { step: "string", action: "string", status: "string", input: "object", output: "object", attempts: "list" });
  has(step, { started_at: "string", completed_at: "string?", error: "string?", message: "string" });

  const params = { path: { id: automation.id }, query: { status: "success" } } as const;
  const listed = await ok(api.GET("/api/automations/{id}/executions", { params }));
  assert.deepEqual([only(listed.executions).id, listed.total, listed.next_cursor], [view.execution.id, 1, null]);
  const query = { view: "row", trigger: "manual", automation_id: automation.id, from: view.execution.started_at } as const;
  const row = only((await ok(api.GET("/api/automations/executions", { params: { query } }))).executions);
  assert.ok(!("results" in row), "a light row");
  has(row, { id: "string", automation_name: "string", triggered_by: "string", status: "string", started_at: "string" });
  assert.equal(row.duration_seconds, view.execution.duration_seconds);
  const { counts, total } = await ok(api.GET("/api/automations/{id}/executions/counts", { params: { path: params.path } }));
  assert.deepEqual([counts.success, counts.failed, total], [1, 0, 1]);
  const { automation: after } = await ok(api.GET("/api/automations/{id}", { params: { path: params.path } }));
  assert.equal(after.execution_count, 1);
  assert.ok(after.last_executed_at);
}

async function portable(api: Api): Promise<void> {
  const trigger_config = { cron: "0 8 * * MON", timezone: "Europe/Berlin" };
  const body: Definition = { name: "Mondays", trigger: "schedule", trigger_config, actions: ["send_notification"] };
  const { automation } = await ok(api.POST("/api/automations", { body }));
  const params = { path: { id: automation.id } };
  const active = await ok(api.POST("/api/automations/{id}/activate", { params }));
  assert.deepEqual([active.warnings, typeof active.automation.next_run_at], [[], "string"]);
  const { format, version, automation: definition } = await ok(api.GET("/api/automations/{id}/export", { params }));
  assert.deepEqual([format, version, definition.trigger_config], ["automation", 1, trigger_config]);
  const again = { format, version, automation: definition as Definition };
  const made = await ok(api.POST("/api/automations/import", { body: again }));
  assert.deepEqual([made.automation.status, made.automation.actions], ["inactive", automation.actions]);
}

async function recipes(api: Api): Promise<void> {
  const { recipes } = await ok(api.GET("/api/automations/recipes"));
  assert.ok(recipes[0]);
  has(recipes[0], { id: "string", title: "string", description: "string", automation: "object" });
  const params = { path: { id: recipes[0].id } };
  const { automation } = await ok(api.POST("/api/automations/recipes/{id}", { params }));
  assert.equal(automation.name, recipes[0].automation.name);
}

async function catalog(api: Api): Promise<void> {
  const { triggers, actions } = await ok(api.GET("/api/automations/catalog"));
  assert.ok(triggers[0] && actions[0]);
  for (const piece of [...triggers, ...actions]) has(piece, { name: "string", title: "string", config_schema: "object" });
  assert.ok(actions.some((action) => action.name === "send_notification"));
}

/** What one run of these steps leads to. */
async function automated(api: Api, ...steps: Schemas["StepInput"][]) {
  const body: Definition = { name: "Once", trigger: "manual", steps };
  const { automation } = await ok(api.POST("/api/automations", { body }));
  const params = { path: { id: automation.id } };
  await ok(api.POST("/api/automations/{id}/activate", { params }));
  const { execution } = await ok(api.POST("/api/automations/{id}/run", { params, body: { input: { reason: "check" } } }));
  return { automation, execution: await finished(api, automation.id, execution.id) };
}

async function finished(api: Api, id: string, execution_id: string): Promise<Schemas["ExecutionWithSteps"]> {
  const params = { path: { id, execution_id } };
  const view = await eventually(async () => {
    const looked = await ok(api.GET("/api/automations/{id}/executions/{execution_id}", { params }));
    return looked.execution.completed_at ? looked : undefined;
  });
  assert.equal(view.execution.status, "success", JSON.stringify(view));
  return view;
}
