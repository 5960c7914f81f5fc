import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, only, refused } from "../client.js";

export async function prospects(api: Api): Promise<void> {
  await one(api);
  await many(api);
  await judged(api);
}

async function one(api: Api): Promise<void> {
  const body = { name: "Ada Lovelace", company: "Engines", email: "ada@engines.example", fit_score: 0.9, tags: ["vip"] };
  const { prospect, created_ids } = await ok(api.POST("/api/prospects", { body }));
  assert(prospect, "one sent alone is answered alone");
  assert.deepEqual(created_ids, [prospect.id]);
  has(prospect, {
    ...ENTITY,
    prospect_id: "string",
    name: "string",
    company: "string?",
    job_title: "string?",
    email: "string?",
    phone: "string?",
    website: "string?",
    linkedin: "string?",
    fit_score: "number",
    status: "string",
    approval_status: "string",
    tags: "list",
    last_action: "string?",
    summary: "string?",
    analysis: "object",
    pain_points: "list",
    source_url: "string?",
  });
  assert.deepEqual([prospect.name, prospect.fit_score, prospect.status], ["Ada Lovelace", 0.9, "new"]);

  const params = { path: { id: prospect.id } };
  assert.deepEqual((await ok(api.GET("/api/prospects/{id}", { params }))).prospect, prospect);
  const patched = await ok(api.PATCH("/api/prospects/{id}", { params, body: { job_title: "Analyst" } }));
  assert.deepEqual([patched.prospect.job_title, patched.prospect.company], ["Analyst", "Engines"]);
  const put = await ok(api.PUT("/api/prospects/{id}", { params, body: { status: "contacted", tags: [] } }));
  assert.deepEqual([put.prospect.status, put.prospect.tags, put.prospect.fit_score], ["contacted", [], 0.9]);
  await refused(400, api.PATCH("/api/prospects/{id}", { params, body: {} }));
  const problem = await refused(422, api.POST("/api/prospects", { body: { name: "" } }));
  assert.equal(problem.errors?.[0]?.field, "name");

  assert.ok((await ok(api.DELETE("/api/prospects/{id}", { params }))).message);
  await refused(404, api.GET("/api/prospects/{id}", { params }));
}

async function many(api: Api): Promise<void> {
  const csv = "name,company\nGrace Hopper,Navy\nGrace Hopper,Navy\n,Nobody\n";
  const headers = { "Content-Type": "text/csv" };
  const report = await ok(api.POST("/api/prospects/import", { body: csv, bodySerializer: String, headers }));
  assert.equal(report.total_rows, 3);
  assert.deepEqual([report.created_count, report.duplicate_count, report.invalid_count], [1, 1, 1]);
  assert.deepEqual(report.rows.map((row) => row.status), ["created", "duplicate", "invalid"]);

  const body = { prospects: [{ name: "Lise Meitner", company: "Fission" }, { name: "Marie Curie", company: "Radium" }] };
  await ok(api.POST("/api/prospects", { body }));
  const query = { status: "new", sort_by: "company", sort_order: "asc", limit: 1 } as const;
  const first = await ok(api.GET("/api/prospects", { params: { query } }));
  assert.ok(first.total >= 3 && first.next_cursor);
  const second = await ok(api.GET("/api/prospects", { params: { query: { ...query, cursor: first.next_cursor } } }));
  assert.notEqual(second.prospects[0]?.id, first.prospects[0]?.id);
  const curie = only((await ok(api.GET("/api/prospects", { params: { query: { search: "cur radium" } } }))).prospects);
  assert.equal(curie.name, "Marie Curie");

  const found = await ok(api.POST("/api/prospects/discover", { body: { company_name: "Fission" } }));
  assert.deepEqual([found.discovered_count, only(found.prospects).name], [1, "Lise Meitner"]);
  assert.ok(found.note);
}

async function judged(api: Api): Promise<void> {
  const body = { name: "Chien-Shiung Wu", company: "Parity", job_title: "Director", email: "wu@parity.example" };
  const { prospect, created_ids } = await ok(api.POST("/api/prospects", { body }));
  assert(prospect, "one sent alone is answered alone");
  assert.deepEqual(created_ids, [prospect.id]);
  const prospect_ids = [prospect.id, "nobody"];
  const approval = await ok(api.POST("/api/prospects/approve", { body: { prospect_ids, approval_status: "approved" } }));
  assert.deepEqual([approval.approved_count, approval.rejected_count, approval.errors.length], [1, 0, 1]);

  const { scored_count, prospects } = await ok(api.POST("/api/prospects/score", { body: { prospect_ids } }));
  const score = only(prospects);
  has(score, {
    prospect_id: "string",
    fit_score: "number",
    referral_capacity: "string",
    signal_strength: "number",
    best_outreach_angle: "string",
    scoring_reasoning: "string",
    cached_insights: "object",
  });
  assert.deepEqual([scored_count, score.prospect_id], [1, prospect.id]);

  const manual = await ok(api.POST("/api/prospects/manual/prompts/analyze", { body: { prospect_ids } }));
  has(manual, { mode: "string", prospect_ids: "list", instructions: "string", prospects_count: "number", errors: "list" });
  has(manual.prompt, { system_message: "string", user_prompt: "string", full_prompt: "string", expected_format: "string" });
  const analysis = { summary: "Exact", fit_likelihood: "high", suggested_outreach_angle: "Symmetry" };
  const results = [{ prospect_id: prospect.id, analysis }];
  const upload = await ok(api.POST("/api/prospects/manual/upload-analysis", { body: { results } }));
  assert.deepEqual([upload.uploaded_count, upload.total_count, upload.errors], [1, 1, []]);

  const { prospect: after } = await ok(api.GET("/api/prospects/{id}", { params: { path: { id: prospect.id } } }));
  assert.deepEqual([after.approval_status, after.status, after.analysis["summary"]], ["approved", "analyzed", "Exact"]);
}
