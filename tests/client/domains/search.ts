import assert from "node:assert/strict";

import { type Api, has, ok, only } from "../client.js";

export async function search(api: Api): Promise<void> {
  await ok(api.POST("/api/vault", { body: { title: "Zebras", summary: "Zebras crossed the yard.", category: "notes" } }));
  const answer = await ok(api.GET("/api/search", { params: { query: { q: "zebras", kinds: "vault" } } }));
  has(answer, { hits: "list", facets: "object", total: "number", suggestions: "list", ignored: "list", mode: "string" });
  const hit = only(answer.hits);
  has(hit, { kind: "string", id: "string", title: "string", snippet: "object", score: "number", matched: "list", at: "string" });
  assert.equal(hit.title, "Zebras");
  for (const [start, end] of hit.snippet.spans) assert.equal([...hit.snippet.text].slice(start, end).join("").toLowerCase(), "zebras");

  const { saved_search: saved } = await ok(api.POST("/api/search/saved", { body: { name: "Zebras", query: "zebras" } }));
  const params = { path: { id: saved.id } };
  assert.ok((await ok(api.POST("/api/search/saved/{id}/count", { params }))).count >= 1);
  assert.ok((await ok(api.POST("/api/search/saved/{id}/run", { params }))).hits.length >= 1);
  assert.ok((await ok(api.DELETE("/api/search/saved/{id}", { params }))).message);
  await ok(api.PUT("/api/search/synonyms", { body: { synonyms: { horse: ["zebra"] } } }));
  assert.deepEqual((await ok(api.GET("/api/search/synonyms"))).synonyms, { horse: ["zebra"] });
}
