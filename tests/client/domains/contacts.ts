import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, only, refused } from "../client.js";

export async function contacts(api: Api): Promise<void> {
  const { policy } = await ok(api.GET("/api/contacts/policy"));
  has(policy, { max_per_contact: "number", per_days: "number", daily_quota: "number", time_zone: "string" });
  const wanted = { ...policy, max_per_contact: 2, quiet_hours: { start: "21:00", end: "07:00", weekends: true } };
  assert.deepEqual((await ok(api.PUT("/api/contacts/policy", { body: wanted }))).policy, wanted);
  const nowhere = { ...wanted, time_zone: "Mars/Base" };
  assert.match((await refused(422, api.PUT("/api/contacts/policy", { body: nowhere }))).detail, /IANA/);

  const body = { domain: "rivals.example", reason: "They are a competitor." };
  const { suppression } = await ok(api.POST("/api/contacts/suppressions", { body }));
  has(suppression, { ...ENTITY, address: "string", sent_at: "list", suppressed: "boolean", reason: "string" });
  assert.deepEqual([suppression.address, suppression.suppressed], ["@rivals.example", true]);
  assert.equal(only((await ok(api.GET("/api/contacts/suppressions"))).suppressions).id, suppression.id);

  const { pause } = await ok(api.GET("/api/contacts/pause"));
  has(pause, { until: "string?", reason: "string", judged_from: "string?" });
  assert.deepEqual([pause.until, pause.reason], [null, ""]);
  assert.ok((await ok(api.DELETE("/api/contacts/pause"))).message);

  const params = { path: { id: suppression.id } };
  assert.deepEqual((await ok(api.GET("/api/contacts/suppressions/{id}", { params }))).suppression, suppression);
  assert.ok((await ok(api.DELETE("/api/contacts/suppressions/{id}", { params }))).message);
  await refused(404, api.GET("/api/contacts/suppressions/{id}", { params }));
}
