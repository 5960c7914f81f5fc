import assert from "node:assert/strict";

import { type Api, has, ok, only, refused } from "../client.js";

export async function chat(api: Api): Promise<void> {
  const item = { title: "Lighthouses", summary: "Fresnel lenses carry the beam for miles.", category: "optics" };
  const { item: known } = await ok(api.POST("/api/vault", { body: { ...item, metadata: { file_name: "light.pdf" } } }));
  const answer = await ok(api.POST("/api/chat", { body: { query: "Fresnel lenses", top_k: 3 } }));
  assert.equal(answer.query, "Fresnel lenses");
  const passage = only(answer.results);
  has(passage, { source_id: "string", chunk_index: "number", chunk: "string", similarity_score: "number" });
  assert.deepEqual([passage.source_id, passage.metadata["file_name"]], [known.id, "light.pdf"]);
  assert.match(passage.chunk, /Fresnel lenses carry/);
  await refused(422, api.POST("/api/chat", { body: { query: "" } }));
}
