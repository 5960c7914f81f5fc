// Drives every domain of the API once with the client that its description gives: node check.js <url> <token>

import assert from "node:assert/strict";

import { type Api, connect, type Domain } from "./client.js";
import { account } from "./domains/account.js";
import { activity } from "./domains/activity.js";
import { analytics } from "./domains/analytics.js";
import { automations } from "./domains/automations.js";
import { batch } from "./domains/batch.js";
import { calendar } from "./domains/calendar.js";
import { chat } from "./domains/chat.js";
import { contacts } from "./domains/contacts.js";
import { content } from "./domains/content.js";
import { files } from "./domains/files.js";
import { health } from "./domains/health.js";
import { hooks } from "./domains/hooks.js";
import { inbox } from "./domains/inbox.js";
import { knowledge } from "./domains/knowledge.js";
import { notifications } from "./domains/notifications.js";
import { outreach } from "./domains/outreach.js";
import { personas } from "./domains/personas.js";
import { playbook, playbooks } from "./domains/playbooks.js";
import { prospects } from "./domains/prospects.js";
import { ready } from "./domains/ready.js";
import { realtime } from "./domains/realtime.js";
import { researchTasks } from "./domains/research_tasks.js";
import { search } from "./domains/search.js";
import { system } from "./domains/system.js";
import { templates } from "./domains/templates.js";
import { unsubscribe } from "./domains/unsubscribe.js";
import { usage } from "./domains/usage.js";
import { vault } from "./domains/vault.js";
import { webhooks } from "./domains/webhooks.js";

// A domain of the description that is missing here does not compile.
const CHECKS: Record<Domain, (api: Api) => Promise<void>> = {
  account,
  activity,
  analytics,
  automations,
  batch,
  calendar,
  chat,
  contacts,
  content,
  files,
  health,
  hooks,
  inbox,
  knowledge,
  notifications,
  outreach,
  personas,
  playbook,
  playbooks,
  prospects,
  ready,
  realtime,
  "research-tasks": researchTasks,
  search,
  system,
  templates,
  unsubscribe,
  usage,
  vault,
  webhooks,
};

const [url, token] = process.argv.slice(2);
assert.ok(url && token, "usage: node check.js <url> <token>");
const failed: string[] = [];
for (const [domain, check] of Object.entries(CHECKS)) {
  try {
    await check(connect(url, token));
    console.log(`ok ${domain}`);
  } catch (error) {
    failed.push(domain);
    console.error(`FAILED ${domain}:`, error);
  }
}
process.exitCode = failed.length ? 1 : 0;
