import assert from "node:assert/strict";

import { type Api, ENTITY, has, nowhere, ok, only, refused } from "../client.js";

export async function playbooks(api: Api): Promise<void> {
  const listed = await ok(api.GET("/api/playbooks", { params: { query: { category: "Sales", search: "prospect" } } }));
  assert.equal(only(listed.playbooks).id, "b2b_prospecting");
  const params = { path: { id: "b2b_prospecting" } };
  const { playbook } = await ok(api.GET("/api/playbooks/{id}", { params }));
  has(playbook, {
    ...ENTITY,
    name: "string",
    title: "string",
    description: "string",
    category: "string",
    icon: "string",
    tags: "list",
    prompts: "list",
    is_favorite: "boolean",
    favorited: "boolean",
    usage_count: "number",
    metadata: "object",
  });
  assert.equal(playbook.name, "B2B Prospecting");
  assert.ok(playbook.prompts[0]);
  has(playbook.prompts[0], { id: "string", title: "string", prompt: "string" });

  assert.equal((await ok(api.POST("/api/playbooks/{id}/favorite", { params }))).playbook.is_favorite, true);
  for (const path of ["/api/playbooks/favorites", "/api/playbooks/favorites/list"] as const)
    assert.equal(only((await ok(api.GET(path))).playbooks).favorited, true);
  assert.equal((await ok(api.POST("/api/playbooks/{id}/favorite", { params }))).playbook.is_favorite, false);

  const run = await ok(api.POST("/api/playbooks/{id}/run", { params, body: { input: "Schools in Kenya" } }));
  has(run, { execution_id: "string", output: "string", playbook_id: "string", playbook_name: "string" });
  assert.match(run.output, /Schools in Kenya/);
  const execution = only((await ok(api.GET("/api/playbooks/{id}/executions", { params }))).executions);
  has(execution, { id: "string", playbook_id: "string", user_id: "string", input: "string", output: "string" });
  has(execution, { executed_at: "string", metadata: "object" });
  assert.deepEqual([execution.id, execution.output], [run.execution_id, run.output]);
  await refused(404, api.POST("/api/playbooks/{id}/favorite", nowhere));
}

/** The guide beside the library. */
export async function playbook(api: Api): Promise<void> {
  const summary = await ok(api.GET("/api/playbook/summary"));
  has(summary, { movement: "string", audience: "string", principles: "list" });
  assert.ok((await ok(api.GET("/api/playbook/onboarding"))).prompt);
  const { prompts } = await ok(api.GET("/api/playbook/prompts"));
  assert.ok(prompts[0]);
  has(prompts[0], { id: "string", title: "string", description: "string", prompt: "string" });
}
