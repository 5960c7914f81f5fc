import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, only, refused } from "../client.js";

export async function files(api: Api): Promise<void> {
  const body = "# Radium\n\nIt glows in the dark. Its rays heat water.\n";
  const sent = { body, bodySerializer: String, headers: { "Content-Type": "text/plain" } };
  const params = { query: { name: "radium.md" } };
  const { file } = await ok(api.POST("/api/files", { params, ...sent }));
  has(file, {
    ...ENTITY,
    name: "string",
    kind: "string",
    size: "number",
    content_hash: "string",
    status: "string",
    title: "string",
    published: "string?",
    site: "string",
    characters: "number",
    chunk_count: "number",
    vault_id: "string",
    notes: "list",
  });
  assert.deepEqual([file.kind, file.title, file.size, file.status], ["markdown", "Radium", body.length, "ingested"]);
  assert.equal((await ok(api.POST("/api/files", { params, ...sent }))).file.id, file.id);

  const path = { params: { path: { id: file.id } } };
  const { data, response } = await api.GET("/api/files/{id}", path);
  assert.deepEqual(data?.file, file);
  assert.equal(only((await ok(api.GET("/api/files", { params: { query: { search: "rad" } } }))).files).id, file.id);
  assert.deepEqual((await ok(api.GET("/api/files/{id}/chunks", path))).chunks, [
    "Radium\nIt glows in the dark. Its rays heat water.",
  ]);
  const item = await ok(api.GET("/api/vault/{id}", { params: { path: { id: file.vault_id } } }));
  assert.equal(item.item.metadata["file_id"], file.id);

  const wrong = { ...sent, body: "No such thing.", params: { query: { name: "radium.pdf" } } };
  const problem = await refused(422, api.POST("/api/files", wrong));
  assert.match(problem.detail, /no PDF/);
  const guarded = { params: { path: { id: file.id } }, headers: { "If-Match": response.headers.get("ETag") } };
  assert.ok((await ok(api.DELETE("/api/files/{id}", guarded))).message);
  await refused(404, api.GET("/api/files/{id}", path));
}
