import assert from "node:assert/strict";

import { type Api, ENTITY, has, ok, only, refused } from "../client.js";

export async function templates(api: Api): Promise<void> {
  const body = { name: "Opening", category: "cold_email", content: "Hello {name} of {{ company }}", tags: ["intro"] } as const;
  const { template } = await ok(api.POST("/api/templates", { body: { ...body, tags: [...body.tags] } }));
  has(template, {
    ...ENTITY,
    name: "string",
    title: "string",
    category: "string",
    content: "string",
    content_preview: "string",
    description: "string",
    tags: "list",
    variables: "list",
    is_favorite: "boolean",
    favorited: "boolean",
    usage_count: "number",
    metadata: "object",
  });
  assert.deepEqual([template.title, template.variables], ["Opening", ["name", "company"]]);

  const params = { path: { id: template.id } };
  assert.deepEqual((await ok(api.GET("/api/templates/{id}", { params }))).template, template);
  const fill = { variables: { name: "Ada" } };
  const used = await ok(api.POST("/api/templates/{id}/use", { params, body: fill }));
  assert.deepEqual([used.template_id, used.template_name], [template.id, "Opening"]);
  assert.deepEqual([used.generated_content, used.missing_variables], ["Hello Ada of {{ company }}", ["company"]]);

  assert.equal((await ok(api.POST("/api/templates/{id}/favorite", { params }))).template.is_favorite, true);
  const query = { category: "cold_email", is_favorite: true, tag: "intro", search: "open" } as const;
  const found = only((await ok(api.GET("/api/templates", { params: { query } }))).templates);
  assert.deepEqual([found.favorited, found.usage_count, found.updated_at], [true, 1, template.updated_at]);

  const renamed = await ok(api.PUT("/api/templates/{id}", { params, body: { name: "Opener" } }));
  assert.deepEqual([renamed.template.name, renamed.template.content], ["Opener", template.content]);
  const { template: copy } = await ok(api.POST("/api/templates/{id}/duplicate", { params }));
  assert.equal(copy.name, "Opener (Copy)");
  assert.ok((await ok(api.DELETE("/api/templates/{id}", { params }))).message);
  await refused(404, api.GET("/api/templates/{id}", { params }));
}
