import assert from "node:assert/strict";

import { type Api, ENTITY, eventually, has, ok, only, refused } from "../client.js";

export async function outreach(api: Api): Promise<void> {
  const person = { name: "Mary Somerville", company: "Mechanism", email: "mary@mechanism.example" };
  const prospect = only((await ok(api.POST("/api/prospects", { body: person }))).prospects);
  await messages(api, prospect.id);
  await written(api, prospect.id);
  await sent(api, prospect.id);
}

async function messages(api: Api, prospect_id: string): Promise<void> {
  const body = { prospect_id, subject: "Tides", body: "Hello Mary", tone: "friendly", channel: "linkedin" } as const;
  const { outreach: draft } = await ok(api.POST("/api/outreach", { body }));
  has(draft, {
    ...ENTITY,
    prospect_id: "string",
    prospect_name: "string",
    company: "string?",
    channel: "string",
    kind: "string",
    tone: "string",
    subject: "string",
    body: "string",
    status: "string",
    persona_id: "string?",
    generator: "string",
    replied_at: "string?",
    reply: "string?",
    linked_vault_ids: "list",
    metadata: "object",
  });
  assert.deepEqual([draft.prospect_name, draft.kind, draft.status], ["Mary Somerville", "initial", "draft"]);

  const params = { path: { id: draft.id } };
  assert.deepEqual((await ok(api.GET("/api/outreach/{id}", { params }))).outreach, draft);
  const approved = await ok(api.PATCH("/api/outreach/{id}", { params, body: { status: "approved" } }));
  assert.deepEqual([approved.outreach.status, approved.outreach.subject], ["approved", "Tides"]);
  assert.equal((await ok(api.PUT("/api/outreach/{id}", { params, body: { subject: "Ebb" } }))).outreach.subject, "Ebb");
  const { outreach: replied } = await ok(api.POST("/api/outreach/{id}/reply", { params, body: { message: "Gladly" } }));
  assert.deepEqual([replied.status, replied.reply], ["replied", "Gladly"]);
  assert.ok(replied.replied_at);
  const query = { prospect_id, status: "replied" } as const;
  const listed = await ok(api.GET("/api/outreach", { params: { query } }));
  assert.deepEqual([only(listed.outreach).id, listed.total, listed.next_cursor], [draft.id, 1, null]);

  assert.ok((await ok(api.DELETE("/api/outreach/{id}", { params }))).message);
  await refused(404, api.GET("/api/outreach/{id}", { params }));
}

/** By the service, or with a prompt for a model of one's own. */
async function written(api: Api, prospect_id: string): Promise<void> {
  const wanted = { prospect_id, kind: "follow_up", tone: "formal" } as const;
  const { outreach: made } = await ok(api.POST("/api/outreach/generate", { body: wanted }));
  assert.deepEqual([made.kind, made.tone, made.status], ["follow_up", "formal", "draft"]);
  assert.ok(made.subject && made.body && made.generator);
  const asked = { prospect_id, include_social: false };
  const manual = await ok(api.POST("/api/outreach/manual/prompts/generate", { body: asked }));
  has(manual, { mode: "string", prospect_id: "string", instructions: "string", include_social: "boolean" });
  has(manual.prompt, { system_message: "string", user_prompt: "string", full_prompt: "string", expected_format: "string" });
  assert.match(manual.prompt.user_prompt, /Mary Somerville/);
}

/** Without a mail service it fails and says so; what led to it can be asked for either way. */
async function sent(api: Api, prospect_id: string): Promise<void> {
  const body = { prospect_id, subject: "Moons", body: "Hello Mary" };
  const { outreach: draft } = await ok(api.POST("/api/outreach", { body }));
  const params = { path: { id: draft.id } };
  const { outreach: leaving } = await ok(api.POST("/api/outreach/{id}/send", { params }));
  assert.deepEqual([leaving.status, leaving.sends], ["approved", 1]);
  const failed = await eventually(async () => {
    const { outreach: now } = await ok(api.GET("/api/outreach/{id}", { params }));
    return now.status === "failed" ? now : undefined;
  });
  assert.match(failed.error ?? "", /MAIL_FROM/);
  const lineage = await ok(api.GET("/api/outreach/{id}/lineage", { params }));
  assert.deepEqual([lineage.outreach.id, lineage.origin.kind, lineage.runs], [draft.id, "person", []]);
  assert.match(only(lineage.why), /A person wrote this message to Mary Somerville/);
}
