import assert from "node:assert/strict";

import { type Api, ok } from "../client.js";

export async function health(api: Api): Promise<void> {
  const answer = await ok(api.GET("/api/health"));
  assert.equal(answer.status, "ok");
}
