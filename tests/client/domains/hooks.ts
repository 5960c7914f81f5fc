import assert from "node:assert/strict";

import { type Api, eventually, ok, only, refused, type Schemas } from "../client.js";

export async function hooks(api: Api): Promise<void> {
  const body: Schemas["AutomationInput"] = { name: "Form", trigger: "webhook", actions: ["send_notification"] };
  const { automation } = await ok(api.POST("/api/automations", { body }));
  const { url, secret } = automation.trigger_config as { url: string; secret: string };
  assert.match(secret, /^whsec_/);
  const token = url.split("/").at(-1) ?? "";
  const call = () => api.POST("/api/hooks/{token}", { params: { path: { token } }, body: { name: "Ann" } });
  await refused(409, call());

  const params = { path: { id: automation.id } };
  assert.deepEqual((await ok(api.POST("/api/automations/{id}/activate", { params }))).warnings, []);
  const { execution_id } = await ok(call());
  const run = await eventually(async () => {
    const looked = only((await ok(api.GET("/api/automations/{id}/executions", { params }))).executions);
    return "completed_at" in looked && looked.completed_at ? looked : undefined;
  });
  assert.deepEqual([run.id, run.triggered_by, run.status], [execution_id, "webhook", "success"]);

  const rotated = await ok(api.POST("/api/automations/{id}/webhook/rotate", { params }));
  assert.notEqual(rotated.automation.trigger_config["url"], url);
  await refused(404, call());

  const nowhere = { params: { path: { provider: "pigeon" } }, body: "Subject: a\n\nb", bodySerializer: String };
  await refused(404, api.POST("/api/hooks/mail/{provider}", nowhere));
}
