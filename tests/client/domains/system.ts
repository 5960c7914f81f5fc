import assert from "node:assert/strict";

import { type Api, ENTITY, eventually, has, nowhere, ok, refused } from "../client.js";

export async function system(api: Api): Promise<void> {
  await logs(api);
  await reruns(api);
}

async function logs(api: Api): Promise<void> {
  const body = { level: "error", category: "api", message: "The provider timed out", duration_ms: 1500 } as const;
  const { log } = await ok(api.POST("/api/system/logs", { body: { ...body, error_class: "api_failure" } }));
  has(log, {
    ...ENTITY,
    level: "string",
    category: "string",
    message: "string",
    explanation: "string",
    error_class: "string?",
    timestamp: "string",
    metadata: "object",
    related_id: "string?",
    link: "string?",
    can_rerun: "boolean",
    duration_ms: "number?",
    slow: "boolean",
    rerun_count: "number",
    rerun_id: "string?",
    rerun_at: "string?",
  });
  assert.deepEqual([log.slow, log.can_rerun, log.rerun_count], [true, false, 0]);
  assert.ok(log.explanation);

  const params = { path: { id: log.id } };
  assert.deepEqual((await ok(api.GET("/api/system/logs/{id}", { params }))).log, log);
  const query = { level: "error", category: "api", search: "timed", since: log.timestamp } as const;
  assert.ok((await ok(api.GET("/api/system/logs", { params: { query } }))).logs.some((row) => row.id === log.id));
  for (const path of ["/api/system/logs/stats", "/api/system/logs/stats/summary"] as const) {
    const stats = await ok(api.GET(path));
    has(stats, { total_logs: "number", by_level: "object", by_category: "object", recent_errors: "number" });
    assert.equal(stats.by_level["error"], stats.recent_errors);
    assert.ok(stats.performance.slow_requests >= 1 && stats.performance.failed_requests >= 1);
  }
  await refused(400, api.POST("/api/system/logs/{id}/rerun", { params }));
  await refused(404, api.GET("/api/system/logs/{id}", nowhere));
}

/** What failed is logged, and runs again from there. */
async function reruns(api: Api): Promise<void> {
  const body = { name: "Without a prospect", trigger: "manual", steps: [{ action: "analyze_prospect" }] } as const;
  const { automation } = await ok(api.POST("/api/automations", { body: { ...body, steps: [...body.steps] } }));
  const params = { path: { id: automation.id } };
  await ok(api.POST("/api/automations/{id}/activate", { params }));
  const { execution } = await ok(api.POST("/api/automations/{id}/run", { params, body: {} }));
  const failed = await eventually(async () => {
    const { logs } = await ok(api.GET("/api/system/logs", { params: { query: { category: "automation" } } }));
    return logs.find((log) => log.related_id === execution.id);
  });
  assert.ok(failed.can_rerun);
  const again = await ok(api.POST("/api/system/logs/{id}/rerun", { params: { path: { id: failed.id } } }));
  has(again, { message: "string", related_id: "string", execution_id: "string?" });
  assert.equal(again.related_id, execution.id);
  assert.equal(again.execution_id, execution.id, "it goes on where it failed");
}
