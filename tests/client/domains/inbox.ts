import assert from "node:assert/strict";

import { type Api, eventually, ok, refused, type Schemas } from "../client.js";

export async function inbox(api: Api): Promise<void> {
  const prospect: Schemas["ProspectInput"] = { name: "Ira Quill", email: "ira@quill.example" };
  const made = await ok(api.POST("/api/prospects", { body: prospect }));
  assert.ok("prospect" in made && made.prospect);
  const { events, total } = await ok(api.GET("/api/inbox", { params: { query: { kind: "reply" } } }));
  assert.deepEqual([events, total], [[], 0]);

  const params = { path: { id: "missing" } };
  await refused(404, api.GET("/api/inbox/{id}", { params }));
  await refused(404, api.POST("/api/inbox/{id}/match", { params, body: { outreach_id: "missing" } }));
  await refused(404, api.POST("/api/inbox/{id}/confirm", { params }));
  await refused(404, api.POST("/api/inbox/{id}/dismiss", { params }));
  await refused(404, api.DELETE("/api/inbox/{id}", { params }));
  await eventually(async () => (await ok(api.GET("/api/inbox"))).total === 0);
}
