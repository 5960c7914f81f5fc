import assert from "node:assert/strict";

import { type Api, ENTITY, eventually, has, ok, only, refused } from "../client.js";

export async function researchTasks(api: Api): Promise<void> {
  const asked = { title: "EdTech", input_source: "ai tutors", source_type: "keywords" } as const;
  const { task } = await ok(api.POST("/api/research-tasks", { body: { ...asked, research_engine: "perplexity" } }));
  has(task, {
    ...ENTITY,
    title: "string",
    input_source: "string",
    source_type: "string",
    research_engine: "string",
    status: "string",
    priority: "string",
    progress: "number",
    runs: "number",
    started_at: "string?",
    completed_at: "string?",
    error: "string?",
    outputs_available: "boolean",
    result_id: "string?",
  });
  assert.deepEqual([task.status, task.priority, task.outputs_available], ["queued", "medium", false]);

  const params = { path: { id: task.id } };
  assert.deepEqual((await ok(api.GET("/api/research-tasks/{id}", { params }))).task, task);
  const urgent = await ok(api.PATCH("/api/research-tasks/{id}", { params, body: { priority: "high" } }));
  assert.deepEqual([urgent.task.priority, urgent.task.title], ["high", "EdTech"]);
  const renamed = await ok(api.PUT("/api/research-tasks/{id}", { params, body: { title: "Tutors" } }));
  assert.equal(renamed.task.title, "Tutors");

  // No engine is connected here, so the run fails and says what it needs; there is nothing to download.
  assert.equal((await ok(api.POST("/api/research-tasks/{id}/run", { params }))).task.status, "running");
  const query = { status: "failed", priority: "high" } as const;
  const failed = await eventually(async () => {
    const { tasks } = await ok(api.GET("/api/research-tasks", { params: { query } }));
    return tasks.length ? only(tasks) : undefined;
  });
  assert.deepEqual([failed.id, failed.runs, failed.result_id], [task.id, 1, null]);
  assert.match(failed.error ?? "", /PERPLEXITY_API_KEY/);
  await refused(400, api.GET("/api/research-tasks/{id}/insights", { params }));
  await refused(400, api.POST("/api/research-tasks/{id}/download", { params, body: { format: "html" } }));

  assert.ok((await ok(api.DELETE("/api/research-tasks/{id}", { params }))).message);
  await refused(404, api.GET("/api/research-tasks/{id}", { params }));
}
