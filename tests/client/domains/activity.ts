import assert from "node:assert/strict";

import { type Api, ENTITY, eventually, has, nowhere, ok, refused } from "../client.js";

export async function activity(api: Api): Promise<void> {
  const body = { type: "system", title: "Noted", message: "By the client", metadata: { n: 1 }, link: "/here" } as const;
  const { activity: logged } = await ok(api.POST("/api/activity/log", { body }));
  has(logged, {
    ...ENTITY,
    type: "string",
    title: "string",
    message: "string",
    description: "string",
    status: "string",
    timestamp: "string",
    metadata: "object",
    link: "string?",
  });
  assert.deepEqual([logged.description, logged.status], ["By the client", "success"]);
  const params = { path: { id: logged.id } };
  assert.deepEqual((await ok(api.GET("/api/activity/{id}", { params }))).activity, logged);
  await ok(api.POST("/api/activity", { body: { ...body, title: "Noted again" } }));

  const noted = await ok(api.GET("/api/activity", { params: { query: { type: "system", limit: 500 } } }));
  assert.ok(noted.activities.some((event) => event.id === logged.id));
  await ok(api.POST("/api/prospects", { body: { name: "Emmy Noether" } }));
  const query = { type: "prospect", since: logged.created_at } as const;
  const told = await eventually(async () => (await ok(api.GET("/api/activity", { params: { query } }))).activities[0]);
  assert.equal(typeof told.metadata["prospect_id"], "string");
  await refused(404, api.GET("/api/activity/{id}", nowhere));
}
