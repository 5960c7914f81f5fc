import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, only, refused } from "../client.js";

export async function calendar(api: Api): Promise<void> {
  const prospect = only((await ok(api.POST("/api/prospects", { body: { name: "Hypatia Theon", company: "Museion" } }))).prospects);
  const body = { scheduled_date: "2990-05-17", type: "check_in", prospect_id: prospect.id, notes: "Ring" } as const;
  const { event } = await ok(api.POST("/api/calendar", { body }));
  has(event, {
    ...ENTITY,
    prospect_id: "string?",
    prospect_name: "string?",
    company: "string?",
    scheduled_date: "string",
    type: "string",
    status: "string",
    completed: "boolean",
    notes: "string",
    last_contact: "string?",
    suggested_message: "string?",
    announced: "boolean",
    time_zone: "string",
    metadata: "object",
  });
  assert.deepEqual([event.prospect_name, event.company, event.status], ["Hypatia Theon", "Museion", "pending"]);
  assert.match(event.suggested_message ?? "", /Hypatia/);

  const params = { path: { id: event.id } };
  assert.deepEqual((await ok(api.GET("/api/calendar/{id}", { params }))).event, event);
  const put = await ok(api.PUT("/api/calendar/{id}", { params, body: { scheduled_date: "2990-05-18" } }));
  assert.deepEqual([put.event.scheduled_date, put.event.notes], ["2990-05-18", "Ring"]);
  const done = await ok(api.PATCH("/api/calendar/{id}", { params, body: { status: "completed" } }));
  assert.deepEqual([done.event.status, done.event.completed], ["completed", true]);
  const query = { start_date: "2990-05-18", end_date: "2990-05-18", status: "completed", limit: 1000 } as const;
  const listed = await ok(api.GET("/api/calendar", { params: { query } }));
  assert.deepEqual([only(listed.events).id, listed.total, listed.next_cursor], [event.id, 1, null]);

  assert.ok((await ok(api.DELETE("/api/calendar/{id}", { params }))).message);
  await refused(404, api.GET("/api/calendar/{id}", { params }));
}
