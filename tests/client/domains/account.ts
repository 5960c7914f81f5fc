import assert from "node:assert/strict";

import { type Api, ok, refused } from "../client.js";

// The account is not deleted: the other domains are driven by the same user.
export async function account(api: Api): Promise<void> {
  const made = await ok(api.POST("/api/account/export"));
  const path = { id: made.export.id };
  const read = await ok(api.GET("/api/account/exports/{id}", { params: { path } }));
  assert.equal(read.export.id, made.export.id);
  await refused(404, api.GET("/api/account/exports/{id}", { params: { path: { id: "none" } } }));
}
