import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { type Api, ENTITY, has, nowhere, ok, only, refused } from "../client.js";

export async function batch(api: Api): Promise<void> {
  const { prospect } = await ok(api.POST("/api/prospects", { body: { name: "Ada" } }));
  assert.ok(prospect);
  const body = { ids: [prospect.id, "nobody"], changes: { tags: ["pumps"] } };
  const dry = { params: { query: { dry_run: true } }, body };
  const { plan } = await ok(api.POST("/api/batch/update_prospects", dry));
  assert.ok(plan);
  has(plan, { operation: "string", count: "number", duplicates: "number", sample: "list", cost: "object" });
  assert.deepEqual([plan.count, plan.sample.map(({ problem }) => problem === null)], [2, [true, false]]);

  const { job } = await ok(api.POST("/api/batch/update_prospects", { body }));
  assert.ok(job);
  const params = { path: { id: job.id } };
  let ended = job;
  while (ended.completed_at === null) {
    await pause(50);
    ended = (await ok(api.GET("/api/batch/{id}", { params }))).job;
  }
  has(ended, {
    ...ENTITY,
    operation: "string",
    options: "object",
    status: "string",
    total: "number",
    done: "number",
    failed: "number",
    duplicates: "number",
    retry_of: "string?",
    subject: "string?",
    report: "object?",
    started_at: "string?",
    completed_at: "string?",
  });
  assert.deepEqual([ended.status, ended.total, ended.done, ended.failed], ["done", 2, 1, 1]);
  assert.equal(only((await ok(api.GET("/api/batch", { params: { query: { status: "done" } } }))).jobs).id, job.id);
  const failed = { ...params, query: { status: "failed" } } as const;
  const item = only((await ok(api.GET("/api/batch/{id}/items", { params: failed }))).items);
  has(item, { ...ENTITY, job_id: "string", number: "number", status: "string", target: "string?", result: "object" });
  assert.deepEqual([item.number, item.target, item.code], [1, "nobody", "not-found"]);

  const again = await ok(api.POST("/api/batch/{id}/retry", { params, body: { numbers: [1] } }));
  assert.equal(again.job.retry_of, job.id);
  await refused(409, api.POST("/api/batch/{id}/pause", { params }));
  await refused(409, api.POST("/api/batch/{id}/resume", { params }));
  await refused(409, api.POST("/api/batch/{id}/cancel", { params }));
  assert.ok((await ok(api.DELETE("/api/batch/{id}", { params }))).message);
  await refused(404, api.GET("/api/batch/{id}", nowhere));
  assert.deepEqual((await ok(api.GET("/api/prospects/{id}", { params: { path: { id: prospect.id } } }))).prospect.tags, [
    "pumps",
  ]);

  const { automation } = await ok(
    api.POST("/api/automations", {
      body: { name: "B", trigger: "new_prospect_added", steps: [{ action: "delay", config: { seconds: 60 } }] },
    }),
  );
  const judging = { params: { path: { id: automation.id } }, body: { from: "2026-01-01T00:00:00Z" } };
  let judged = (await ok(api.POST("/api/automations/{id}/backtest", judging))).job;
  while (judged.completed_at === null) {
    await pause(50);
    judged = (await ok(api.GET("/api/batch/{id}", { params: { path: { id: judged.id } } }))).job;
  }
  assert.deepEqual([judged.report?.matched, judged.report?.unmatched, judged.subject], [judged.total, [], automation.id]);
}
