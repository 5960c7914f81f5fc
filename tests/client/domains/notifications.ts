import assert from "node:assert/strict";

import { type Api, ENTITY, has, nowhere, ok, refused } from "../client.js";

export async function notifications(api: Api): Promise<void> {
  const body = { type: "weekly_insights", title: "Look", message: "At this", priority: "high", link: "/insights" } as const;
  const { notification: told } = await ok(api.POST("/api/notifications", { body }));
  has(told, {
    ...ENTITY,
    type: "string",
    title: "string",
    message: "string",
    priority: "string",
    read: "boolean",
    link: "string?",
    prospect_id: "string?",
    metadata: "object",
    timestamp: "string",
  });
  assert.deepEqual([told.type, told.link, told.read], ["weekly_insights", "/insights", false]);
  const { notification: more } = await ok(api.POST("/api/notifications", { body: { title: "And", message: "this" } }));
  assert.deepEqual([more.type, more.link], ["info", null]);

  const unread = async () => {
    const listed = await ok(api.GET("/api/notifications", { params: { query: { unread_only: true, limit: 200 } } }));
    assert.deepEqual([listed.unread_count, listed.next_cursor], [listed.total, null]);
    return listed.notifications.map((row) => row.id).filter((id) => id === told.id || id === more.id);
  };
  assert.deepEqual(await unread(), [more.id, told.id]);
  const seen = await ok(api.PUT("/api/notifications/{id}/read", { params: { path: { id: told.id } } }));
  assert.deepEqual([seen.notification.read, seen.notification.title], [true, "Look"]);
  assert.deepEqual(await unread(), [more.id]);
  const marked = await ok(api.POST("/api/notifications/mark-all-read"));
  has(marked, { message: "string", count: "number" });
  assert.ok(marked.count >= 1);
  assert.deepEqual(await unread(), []);
  await refused(404, api.PUT("/api/notifications/{id}/read", nowhere));
}
