import assert from "node:assert/strict";

import { type Api, ok } from "../client.js";

export async function ready(api: Api): Promise<void> {
  const answer = await ok(api.GET("/api/ready"));
  assert.deepEqual([answer.status, answer.checks.length], ["ready", 3]);
}
