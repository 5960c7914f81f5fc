import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, only, refused } from "../client.js";

export async function vault(api: Api): Promise<void> {
  const sources = [{ title: "Report", url: "https://report.example" }];
  const body = { title: "Teacher burnout", summary: "Burnout grows.", category: "market_trends", tags: ["schools"], sources };
  const { item } = await ok(api.POST("/api/vault", { body }));
  has(item, {
    ...ENTITY,
    title: "string",
    topic: "string",
    summary: "string",
    category: "string",
    tags: "list",
    highlights: "list",
    sources: "list",
    linked_outreach_ids: "list",
    linked_content_ids: "list",
    suggestions: "object",
    metadata: "object",
  });
  has(item.suggestions, { outreach: "list", content: "list", follow_ups: "list" });
  assert.deepEqual([item.topic, item.highlights, item.sources], ["Teacher burnout", ["Burnout grows."], sources]);

  const params = { path: { id: item.id } };
  const { data, response } = await api.GET("/api/vault/{id}", { params });
  assert.deepEqual(data?.item, item);
  const query = { category: "market_trends", tags: "schools,other", search: "burn", since: item.created_at };
  assert.equal(only((await ok(api.GET("/api/vault", { params: { query } }))).items).id, item.id);
  const change = { params, body: { highlights: ["Mine"] }, headers: { "If-Match": response.headers.get("ETag") } };
  const changed = await ok(api.PUT("/api/vault/{id}", change));
  assert.deepEqual([changed.item.highlights, changed.item.title], [["Mine"], "Teacher burnout"]);
  await refused(412, api.PUT("/api/vault/{id}", change));

  await links(api, item.id);
  await overviews(api, item.id);
  assert.ok((await ok(api.DELETE("/api/vault/{id}", { params }))).message);
  await refused(404, api.GET("/api/vault/{id}", { params }));
}

async function links(api: Api, id: string): Promise<void> {
  const prospect = only((await ok(api.POST("/api/prospects", { body: { name: "Sophie Germain" } }))).prospects);
  const message = { prospect_id: prospect.id, subject: "Plates", body: "How they vibrate" };
  const { outreach } = await ok(api.POST("/api/outreach", { body: message }));
  const query = { outreach_id: outreach.id };
  const told = await ok(api.POST("/api/vault/{id}/link-outreach", { params: { path: { id }, query } }));
  assert.deepEqual(told.item.linked_outreach_ids, [outreach.id]);
  const { template } = await ok(api.POST("/api/templates", { body: { name: "Post", category: "blog", content: "On it" } }));
  const content = { params: { path: { id } }, body: { content_id: template.id } };
  assert.deepEqual((await ok(api.POST("/api/vault/{id}/link-content", content))).item.linked_content_ids, [template.id]);
}

async function overviews(api: Api, id: string): Promise<void> {
  for (const path of ["/api/vault/topics", "/api/vault/topics/clusters"] as const) {
    const { clusters } = await ok(api.GET(path));
    const cluster = clusters.find(({ items }) => items.some((item) => item.id === id));
    assert.ok(cluster?.items[0]);
    has(cluster, { topic: "string", item_count: "number", items: "list", keywords: "list" });
    has(cluster.items[0], { id: "string", title: "string", summary: "string", category: "string", tags: "list" });
  }
  const query = { days: 7, timezone: "Africa/Nairobi" };
  const trends = await ok(api.GET("/api/vault/trendlines", { params: { query } }));
  has(trends, { period: "string", timezone: "string", total_items: "number", slope: "number", complete: "boolean" });
  assert.deepEqual([trends.trendlines.length, trends.period], [7, "7 days"]);
  const today = trends.trendlines[6];
  assert.ok(today);
  has(today, { date: "string", item_count: "number", categories: "object", moving_average: "number" });
  assert.ok(trends.total_items >= 1);
}
