import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, refused } from "../client.js";

export async function personas(api: Api): Promise<void> {
  const { persona: first } = await ok(api.POST("/api/personas", { body: { name: "First" } }));
  const body = { name: "Founder", industry_focus: ["education"], use_cases: ["intros"], metadata: { source: "check" } };
  const { persona } = await ok(api.POST("/api/personas", { body }));
  has(persona, {
    ...ENTITY,
    name: "string",
    outreach_tone: "string",
    industry_focus: "list",
    use_cases: "list",
    writing_style: "string",
    user_positioning: "string",
    brand_voice: "string",
    is_default: "boolean",
    metadata: "object",
  });
  assert.deepEqual([persona.outreach_tone, persona.writing_style], ["professional", "clear and concise"]);

  const params = { path: { id: persona.id } };
  assert.deepEqual((await ok(api.GET("/api/personas/{id}", { params }))).persona, persona);
  const put = await ok(api.PUT("/api/personas/{id}", { params, body: { outreach_tone: "casual" } }));
  assert.deepEqual([put.persona.outreach_tone, put.persona.name], ["casual", "Founder"]);
  const patched = await ok(api.PATCH("/api/personas/{id}", { params, body: { brand_voice: "Warm" } }));
  assert.deepEqual([patched.persona.brand_voice, patched.persona.outreach_tone], ["Warm", "casual"]);

  assert.equal((await ok(api.POST("/api/personas/{id}/set-default", { params }))).persona.is_default, true);
  assert.equal((await ok(api.GET("/api/personas/default"))).persona.id, persona.id);
  const listed = await ok(api.GET("/api/personas", { params: { query: { limit: 500 } } }));
  assert.deepEqual(listed.personas.map((row) => [row.id, row.is_default]), [[persona.id, true], [first.id, false]]);
  assert.deepEqual([listed.total, listed.next_cursor], [2, null]);

  const gone = { params: { path: { id: first.id } } };
  assert.ok((await ok(api.DELETE("/api/personas/{id}", gone))).message);
  await refused(404, api.GET("/api/personas/{id}", gone));
}
