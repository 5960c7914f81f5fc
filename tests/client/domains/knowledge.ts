import assert from "node:assert/strict";

import { type Api, has, ok, only } from "../client.js";

export async function knowledge(api: Api): Promise<void> {
  const body = { title: "Glaciers", summary: "Moraines mark where the ice stood.", category: "geology" };
  const { item } = await ok(api.POST("/api/vault", { body }));
  const { answer, sources } = await ok(api.POST("/api/knowledge/query", { body: { query: "moraines", top_k: 5 } }));
  assert.equal(answer, `${item.summary} [1]`);
  const source = only(sources);
  has(source, { id: "string", score: "number", data: "object" });
  assert.deepEqual([source.id, source.data["source"]], [item.id, "Glaciers"]);
  assert.deepEqual((await ok(api.POST("/api/knowledge/query", { body: { query: "submarine" } }))).sources, []);
}
