// realtime.js in Chromium, against the API behind a proxy that misbehaves.
// usage: node realtime.mjs API PAGE PROJECT [SCENARIO…]; prints a line for each that went wrong, and ends with 1 then.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import chromium from "@sparticuz/chromium";
import { chromium as browsers } from "playwright-core";

import { Proxy } from "./proxy.mjs";
import { scenarios } from "./scenarios.mjs";

const [api, page, project, ...chosen] = process.argv.slice(2);
const browser = await browsers.launch({
  executablePath: await chromium.executablePath(),
  args: ["--no-sandbox", "--disable-gpu"],
  headless: true,
});

function token(uid, seconds = 3600) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: `https://securetoken.google.com/${project}`, aud: project, sub: uid, user_id: uid, iat: now };
  const all = { ...claims, auth_time: now, exp: now + seconds, firebase: { identities: {}, sign_in_provider: "custom" } };
  const part = (content) => Buffer.from(JSON.stringify(content)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part(all)}.`;
}

/** A user with pages in one browser profile, behind a proxy of their own. */
class User {
  static async of(name) {
    const user = new User();
    user.uid = name.replaceAll(" ", "-");
    user.token = token(user.uid);
    user.proxy = await new Proxy(api).start();
    user.context = await browser.newContext();
    return user;
  }

  token_for(seconds) {
    return token(this.uid, seconds);
  }

  /** A tab that has connected, with what it got: `got`, `resets`, `states`. */
  async tab(options = {}, { clock } = {}) {
    const tab = await this.context.newPage();
    tab.on("pageerror", (error) => (this.error = error));
    if (clock) await tab.clock.install();
    await tab.goto(page);
    await tab.evaluate(connected, { api: this.proxy.url, token: this.token, ...options });
    return tab;
  }

  /** Makes messages, whose titles are numbers that go on. */
  async say(count = 1) {
    for (let sent = 0; sent < count; sent++) {
      const title = String((this.said = (this.said ?? 0) + 1));
      await this.post("/api/activity", { type: "system", title, message: "m" });
    }
  }

  /** Once, though the server may be killed meanwhile. */
  async post(path, body) {
    const authorized = { "Content-Type": "application/json", Authorization: `Bearer ${token(this.uid)}` };
    const request = { method: "POST", body: JSON.stringify(body) };
    request.headers = { ...authorized, "Idempotency-Key": crypto.randomUUID() };
    for (let tries = 0; ; tries++) {
      const answer = await fetch(api + path, request).catch((error) => error);
      if (answer.ok) return answer.json();
      const why = answer.status ? `${answer.status} ${await answer.text()}` : answer;
      assert.ok((!answer.status || answer.status === 409) && tries < 100, `${path}: ${why}`);
      await pause(100);
    }
  }

  /** Each message that was said has come to the tab, once and in order. */
  async has(tab, from = 1) {
    const all = Array.from({ length: this.said - from + 1 }, (_, at) => String(from + at));
    await until(async () => (await titles(tab)).length >= all.length, async () => `got ${await titles(tab)}`);
    assert.deepEqual(await titles(tab), all);
  }

  async end() {
    await this.context.close();
    this.proxy.stop();
    if (this.error) throw this.error;
  }
}

export const titles = (tab) => tab.evaluate(() => window.got.map((message) => message.title));

async function connected({ api, token, tokens, stored, ...options }) {
  Object.assign(window, { got: [], resets: [], states: [], asked: [], tokens: tokens ?? [token] });
  const { connect } = await import(`${api}/api/realtime/realtime.js`);
  window.connection = connect({
    url: api,
    token: async (force) => {
      window.asked.push(force);
      const given = window.tokens.length > 1 ? window.tokens.shift() : window.tokens[0];
      if (given === "throw") throw new Error("no token to be had");
      return given;
    },
    on: {
      message: (message) => window.got.push(message),
      reset: (reset) => window.resets.push(reset),
      state: (state, detail) => window.states.push([state, detail]),
    },
    storage: stored ? localStorage : undefined,
    ...options,
  });
}

export async function until(look, why = () => "", seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) if (await look()) return;
  assert.fail(`not within ${seconds} s: ${look} ${await why()}`);
}

export const isOpen = (tab, transport) =>
  until(
    () => tab.evaluate((by) => connection.state === "open" && (!by || states.at(-1)[1].transport === by), transport),
    () => tab.evaluate(() => JSON.stringify(states)),
  );

let failed = 0;
for (const [name, run] of Object.entries(scenarios)) {
  if (chosen.length && !chosen.some((each) => name.includes(each))) continue;
  const user = await User.of(name);
  const started = Date.now();
  try {
    await run(user, page);
    await user.end();
    console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}: ${error.stack}`);
    await user.end().catch(() => {});
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
