import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, only, refused, type Schemas } from "../client.js";

export async function webhooks(api: Api): Promise<void> {
  const body: Schemas["WebhookInput"] = { url: "https://hooks.example/in", event_types: ["prospect_added"] };
  const { webhook } = await ok(api.POST("/api/webhooks", { body }));
  has(webhook, {
    ...ENTITY,
    url: "string",
    event_types: "list",
    status: "string",
    last_triggered: "string?",
    failure_count: "number",
  });
  const { secret, ...kept } = webhook;
  assert.match(secret ?? "", /^whsec_/);

  const params = { path: { id: webhook.id } };
  assert.deepEqual((await ok(api.GET("/api/webhooks/{id}", { params }))).webhook, kept);
  const off = await ok(api.PATCH("/api/webhooks/{id}", { params, body: { status: "inactive" } }));
  assert.deepEqual([off.webhook.status, off.webhook.url], ["inactive", body.url]);
  const query = { status: "inactive" } as const;
  assert.equal(only((await ok(api.GET("/api/webhooks", { params: { query } }))).webhooks).id, webhook.id);
  const change: Schemas["WebhookUpdate"] = { event_types: ["outreach_sent", "task_completed"] };
  const more = await ok(api.PUT("/api/webhooks/{id}", { params, body: change }));
  assert.deepEqual(more.webhook.event_types, change.event_types);

  const { delivery } = await ok(api.POST("/api/webhooks/{id}/test", { params }));
  assert.deepEqual([delivery.event_type, delivery.status, delivery.webhook_id], ["test", "pending", webhook.id]);
  const listed = await ok(api.GET("/api/webhooks/{id}/deliveries", { params: { ...params, query: { limit: 5 } } }));
  assert.equal(only(listed.deliveries).id, delivery.id);
  const rotated = await ok(api.POST("/api/webhooks/{id}/rotate", { params, body: {} }));
  assert.notEqual(rotated.webhook.secret, secret);

  await refused(422, api.POST("/api/webhooks", { body: { ...body, url: "ftp://hooks.example" } }));
  assert.ok((await ok(api.DELETE("/api/webhooks/{id}", { params }))).message);
  await refused(404, api.GET("/api/webhooks/{id}", { params }));
}
