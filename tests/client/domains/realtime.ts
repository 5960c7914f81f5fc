import assert from "node:assert/strict";

import { type Api, has, ok } from "../client.js";

export async function realtime(api: Api): Promise<void> {
  const made = await ok(api.POST("/api/realtime/tickets", {}));
  has(made, { ticket: "string", expires_at: "string", url: "string?" });
  const other = await ok(api.POST("/api/realtime/tickets", {}));
  assert.notEqual(other.ticket, made.ticket);
}
