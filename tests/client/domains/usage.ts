import assert from "node:assert/strict";

import { type Api, has, ok, refused } from "../client.js";

export async function usage(api: Api): Promise<void> {
  const query = { since: "2026-01-01", until: "2026-01-31" };
  const report = await ok(api.GET("/api/usage", { params: { query } }));
  assert.deepEqual([report.since, report.until, report.days], ["2026-01-01", "2026-01-31", []]);
  has(report.total, { requests: "number", cached: "number", tokens: "number", usd: "number" });
  await refused(422, api.GET("/api/usage", { params: { query: { since: "2026-02-01", until: "2026-01-01" } } }));
}
