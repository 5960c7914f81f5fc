import assert from "node:assert/strict";

import { type Api, has, ok, refused } from "../client.js";

// Each answer is JSON, unless a picture of it was asked for.
const json = <T>(answer: T) => answer as Extract<T, { success: true }>;

export async function analytics(api: Api): Promise<void> {
  const { metrics } = await ok(api.GET("/api/analytics/metrics"));
  assert.ok(metrics.some((metric) => metric.metric_type === "outreach_sent" && metric.available));
  const { summary } = json(await ok(api.GET("/api/analytics/summary", { params: { query: { time_range: "week" } } })));
  assert.equal(summary.metrics[0]?.data_points.length, 7);
  const [point] = summary.metrics[0]?.data_points ?? [];
  assert.ok(point);
  has(point, { date: "string", value: "number?", metadata: "object" });
  const query = { metric: "outreach_sent", by: "template" as const, time_range: "year" as const };
  const { timeseries } = json(await ok(api.GET("/api/analytics/timeseries", { params: { query } })));
  assert.deepEqual([timeseries.step, timeseries.left_off], ["month", 0]);
  const { funnel } = json(await ok(api.GET("/api/analytics/funnel")));
  assert.equal(funnel.groups[0]?.stages[1]?.stage, "sent");
  const sides = { metric: "reply_rate", a: "kind:initial", b: "2026-01-01..2026-01-31" };
  const { comparison } = json(await ok(api.GET("/api/analytics/compare", { params: { query: sides } })));
  assert.equal(comparison.verdict, "too_few");
  const { performance } = json(await ok(api.GET("/api/analytics/performance")));
  assert.equal(performance.metrics.find((metric) => metric.metric_type === "request_latency")?.available, false);
  const { digest } = await ok(api.PUT("/api/analytics/digest", { body: { mail: false } }));
  assert.deepEqual(digest, { notification: true, mail: false });
  assert.deepEqual((await ok(api.GET("/api/analytics/digest"))).digest, digest);
  await refused(422, api.GET("/api/analytics/timeseries", { params: { query: { metric: "happiness" } } }));
}
