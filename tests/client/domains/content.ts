import assert from "node:assert/strict";

import { type Api, has, nowhere, ok, only, refused } from "../client.js";

export async function content(api: Api): Promise<void> {
  const body = { kind: "linkedin_post", topic: "Comets and their sweepers", variants: 2 } as const;
  const made = await ok(api.POST("/api/content/generate", { body }));
  has(made, { kind: "string", topic: "string", generator: "string", best: "number", pieces: "list", notes: "list" });
  assert.deepEqual([made.kind, made.pieces.length], ["linkedin_post", 2]);
  const piece = made.pieces.find(({ variant }) => variant === made.best);
  assert.match(piece?.text ?? "", /[Cc]omets/);
  has(piece?.scores ?? {}, { personalisation: "object", length: "object", readability: "object" });

  for (const [path, kind] of [
    ["/api/content/research", "research"],
    ["/api/content/micro-tool", "micro_tool"],
    ["/api/content/prd", "prd"],
  ] as const) {
    assert.equal((await ok(api.POST(path, { body: { topic: "A catalogue of nebulae" } }))).kind, kind);
  }
  const missing = { topic: "Comets", prospect_id: nowhere.params.path.id };
  await refused(404, api.POST("/api/content/research", { body: missing }));

  const pages = [{ title: "Catalogue of nebulae", url: "https://stars.example/nebulae" }];
  const text = { text: "She wrote a catalogue of nebulae.", pages };
  const linked = await ok(api.POST("/api/content/internal-linking", { body: text }));
  assert.deepEqual([only(linked.links).anchor, linked.considered], ["catalogue of nebulae", 1]);
}
