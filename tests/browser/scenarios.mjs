// What realtime.js has to stand: each scenario has a user of its own.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { isOpen, titles, until } from "./realtime.mjs";

const last = (tab) => tab.evaluate(() => states.at(-1));

export const scenarios = {
  async "by websocket"(user) {
    const tab = await user.tab();
    await isOpen(tab, "websocket");
    await user.say(3);
    await user.has(tab);
    assert.equal(user.proxy.opened.sse + user.proxy.opened.poll, 0);
  },

  async "by a stream where websockets are refused"(user) {
    user.proxy.modes.add("refuse");
    const tab = await user.tab();
    await isOpen(tab, "sse");
    await user.say(2);
    await user.has(tab);
    user.proxy.cut();
    await user.say(2);
    await user.has(tab);
    assert.equal((await last(tab))[1].transport, "sse");
  },

  async "by polls where streams are held back"(user) {
    user.proxy.modes.add("refuse").add("buffer");
    const tab = await user.tab();
    await isOpen(tab, "poll");
    assert.equal(user.proxy.opened.sse, 1);
    await user.say(3);
    await user.has(tab);
    user.proxy.cut();
    await user.say(3);
    await user.has(tab);
  },

  async "a better transport is tried again"(user) {
    user.proxy.modes.add("refuse");
    const tab = await user.tab({}, { clock: true });
    await isOpen(tab, "sse");
    user.proxy.modes.clear();
    await user.say();
    await tab.clock.runFor(20_000);
    assert.equal((await last(tab))[1].transport, "sse");
    for (let minute = 0; minute < 4; minute++) {
      await user.say();
      await user.has(tab);
      await tab.clock.runFor(60_000);
    }
    // Slowly: what takes a moment must not look like ten seconds.
    await until(async () => {
      await tab.clock.runFor(1_000);
      await pause(200);
      return tab.evaluate(() => connection.state === "open" && states.at(-1)[1].transport === "websocket");
    });
    await user.say();
    await user.has(tab);
  },

  async "goes on where it was when it is cut"(user) {
    const tab = await user.tab();
    await isOpen(tab);
    for (let cut = 0; cut < 5; cut++) {
      await user.say(3);
      user.proxy.cut();
      await user.say(3);
      await user.has(tab);
    }
    assert.deepEqual(await tab.evaluate(() => resets), []);
  },

  async "goes on when the server was killed"(user, page) {
    const tab = await user.tab();
    await isOpen(tab);
    await user.say(2);
    await fetch(`${page}kill`, { method: "POST" });
    await user.say(2);
    await user.has(tab);
    await isOpen(tab);
    await user.say(2);
    await user.has(tab);
  },

  async "waits longer and longer for a server that is gone, and comes at once when online"(user) {
    const tab = await user.tab({}, { clock: true });
    await isOpen(tab);
    user.proxy.modes.add("down");
    user.proxy.cut();
    for (let step = 0; step < 60; step++) await tab.clock.runFor(1_000);
    await user.say();
    const tries = user.proxy.opened.tickets;
    user.proxy.modes.clear();
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await user.has(tab);
    assert.ok(user.proxy.opened.tickets <= tries + 2);
  },

  async "hears that a connection has gone silent"(user) {
    const tab = await user.tab({}, { clock: true });
    await isOpen(tab);
    user.proxy.modes.add("silence");
    await user.say();
    await pause(500);
    assert.deepEqual(await titles(tab), []);
    user.proxy.modes.clear();
    await tab.clock.runFor(55_000);
    assert.equal(user.proxy.opened.websocket, 1);
    await tab.clock.runFor(12_000);
    await user.has(tab);
    assert.equal(user.proxy.opened.websocket, 2);
  },

  async "a changed clock is nothing"(user) {
    const tab = await user.tab({}, { clock: true });
    await isOpen(tab);
    await tab.clock.setSystemTime(new Date("2040-01-01"));
    await user.say();
    await user.has(tab);
    await tab.clock.setSystemTime(new Date("2001-01-01"));
    await tab.clock.runFor(10_000);
    await user.say();
    await user.has(tab);
    assert.equal(user.proxy.opened.websocket, 1);
    assert.deepEqual(await tab.evaluate(() => asked), [false, false]);
  },

  async "two tabs share a connection, and one goes on when the other is closed"(user) {
    const first = await user.tab();
    await isOpen(first);
    const second = await user.tab();
    await isOpen(second);
    await user.say(3);
    await user.has(first);
    await user.has(second);
    assert.equal(user.proxy.streams, 1);
    assert.equal(user.proxy.opened.websocket, 1);
    const saying = user.say(10);
    await pause(30);
    await first.close({ runBeforeUnload: false });
    await saying;
    await user.has(second);
    assert.equal(user.proxy.streams, 1);
    await isOpen(second);
    assert.ok((await last(second))[1].leads);
    assert.deepEqual(await second.evaluate(() => resets), []);
  },

  async "six tabs are closed one after another while messages come"(user) {
    const tabs = [];
    for (let tab = 0; tab < 6; tab++) tabs.push(await user.tab());
    for (const tab of tabs) await isOpen(tab);
    assert.equal(user.proxy.streams, 1);
    let is = true;
    const saying = (async () => {
      while (is) await user.say();
    })();
    while (tabs.length > 1) {
      await pause(150);
      await tabs.shift().close();
    }
    is = false;
    await saying;
    await user.has(tabs[0]);
  },

  async "a tab that leads and is closed by its own page hands over"(user) {
    const first = await user.tab();
    await isOpen(first);
    const second = await user.tab();
    await isOpen(second);
    await first.evaluate(() => connection.close());
    assert.equal(await first.evaluate(() => connection.state), "closed");
    await user.say(2);
    await user.has(second);
    assert.deepEqual(await titles(first), []);
  },

  async "a tab that is put to sleep while it leads is replaced"(user) {
    const first = await user.tab();
    await isOpen(first);
    const second = await user.tab();
    await isOpen(second);
    await user.say();
    await user.has(second);
    const sleeping = await user.context.newCDPSession(first);
    await sleeping.send("Debugger.enable");
    await sleeping.send("Debugger.pause");
    await user.say(2);
    await pause(500);
    assert.deepEqual(await titles(second), ["1"]);
    await second.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
    await user.has(second);
    await sleeping.send("Debugger.disable");
    await user.say(2);
    await user.has(second);
    await user.has(first);
    await until(() => user.proxy.streams === 1);
  },

  async "each tab has its own channels, over one connection"(user) {
    const { prospects } = await user.post("/api/prospects", { prospects: [{ name: "Ann Lee" }, { name: "Bo Ek" }] });
    const [ann, bo] = prospects.map((prospect) => prospect.id);
    const first = await user.tab({ channels: ["activity"] });
    await isOpen(first);
    const second = await user.tab({ channels: [`documents:prospects/${ann}`] });
    await isOpen(second);
    assert.equal(await first.evaluate((id) => connection.subscribe(["activity", `documents:prospects/${id}`]), bo), true);
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${user.token}` };
    for (const id of [ann, bo]) {
      const body = '{"company":"C"}';
      const answer = await fetch(`${user.proxy.url}/api/prospects/${id}`, { method: "PUT", headers, body });
      assert.equal(answer.status, 200, await answer.text());
    }
    const paths = (tab) => tab.evaluate(() => got.filter((each) => each.type === "document").map((each) => each.path));
    await until(async () => (await paths(first)).length && (await paths(second)).length, async () =>
      JSON.stringify([await first.evaluate(() => states), await second.evaluate(() => [connection.cursor, got, states])]));
    assert.deepEqual(await paths(first), [`prospects/${bo}`]);
    assert.deepEqual(await paths(second), [`prospects/${ann}`]);
    assert.equal((await second.evaluate(() => got)).every((each) => each.type === "document"), true);
    assert.equal(user.proxy.opened.websocket, 1);
    assert.deepEqual(await first.evaluate(() => resets), []);
  },

  async "a page that looks at one document after another goes on, however many there are"(user) {
    const { prospects } = await user.post("/api/prospects", { prospects: [{ name: "Ann Lee" }] });
    const looked = async (tab) => {
      const had = await tab.evaluate(async (last) => {
        const asked = Array.from({ length: 120 }, (_, at) => ["activity", `documents:prospects/p${at}`]);
        for (const channels of asked) {
          connection.subscribe(channels);
          await new Promise((go) => setTimeout(go, 20));
        }
        const late = new Promise((go) => setTimeout(go, 10_000, "late"));
        return Promise.race([connection.subscribe(["activity", `documents:prospects/${last}`]), late]);
      }, prospects[0].id);
      assert.equal(had, true);
      await user.say();
      await until(() => tab.evaluate(() => got.some((each) => each.type === "activity")));
      const headers = { "Content-Type": "application/json", Authorization: `Bearer ${user.token}` };
      const request = { method: "PUT", headers, body: '{"company":"C"}' };
      assert.equal((await fetch(`${user.proxy.url}/api/prospects/${prospects[0].id}`, request)).status, 200);
      await until(() => tab.evaluate(() => got.some((each) => each.type === "document")));
      assert.equal(await tab.evaluate(() => states.some(([state]) => state === "failed")), false);
    };
    const tab = await user.tab({ channels: ["activity"] });
    await isOpen(tab, "websocket");
    await looked(tab);
    assert.equal(user.proxy.opened.websocket, 1);
    assert.deepEqual(await tab.evaluate(() => resets), []);
    await tab.close();
    user.proxy.modes.add("refuse");
    const other = await user.tab({ channels: ["activity"] });
    await isOpen(other, "sse");
    const before = user.proxy.opened.sse;
    await looked(other);
    assert.ok(user.proxy.opened.sse - before < 12, `${user.proxy.opened.sse - before} streams`);
  },

  async "more documents than a connection takes: those there were go on, and why is told"(user) {
    for (const mode of ["", "refuse"]) {
      user.proxy.modes.add(mode);
      const first = await user.tab({ channels: ["activity"] });
      await isOpen(first, mode ? "sse" : "websocket");
      const second = await user.tab({ channels: ["activity"] });
      await isOpen(second);
      const many = Array.from({ length: 51 }, (_, at) => `documents:prospects/p${at}`);
      await second.evaluate((all) => void connection.subscribe(all), many);
      await until(async () => /50/.test((await last(second))[1].problem?.detail));
      await user.say();
      await until(() => first.evaluate(() => got.length === 1));
      const fewer = second.evaluate((all) => connection.subscribe(all), many.slice(0, 50));
      assert.equal(await fewer, true);
      assert.equal(await first.evaluate(() => states.some(([state]) => state === "failed")), false);
      await first.close();
      await second.close();
    }
  },

  /** https://github.com/supabase/realtime-js/issues/169, pusher/chatkit-client-js#141: React's strict mode does so. */
  async "a page that connects, closes and connects again at once has one stream"(user) {
    const tab = await user.tab();
    await tab.evaluate(async (api) => {
      const { connect } = await import(`${api}/api/realtime/realtime.js`);
      const again = () => connect({ url: api, token: () => tokens[0], on: { message: (each) => got.push(each) } });
      connection.close();
      for (let times = 0; times < 10; times++) {
        const passing = again();
        if (times % 2) await new Promise((go) => setTimeout(go, 10 * times));
        passing.close();
      }
      window.connection = again();
    }, user.proxy.url);
    await until(() => tab.evaluate(() => connection.state === "open"));
    await user.say(3);
    await user.has(tab);
    await until(() => user.proxy.streams === 1);
  },

  /** https://github.com/vaphes/pocketbase/issues/78: what the page threw ended the stream, and nobody was told. */
  async "what a page's own functions throw ends nothing"(user) {
    const tab = await user.tab();
    await isOpen(tab);
    await tab.evaluate(() => {
      const push = got.push.bind(got);
      got.push = (each) => {
        push(each);
        throw new Error("the page's");
      };
    });
    await user.say(2);
    user.proxy.cut();
    await user.say(2);
    await user.has(tab);
  },

  /** https://github.com/base44/javascript-sdk/pull/173: who came back to a channel at once was not in it any more. */
  async "who leaves a channel and comes back at once is in it"(user) {
    for (const mode of ["", "refuse"]) {
      user.proxy.modes.add(mode);
      const tab = await user.tab();
      await isOpen(tab, mode ? "sse" : "websocket");
      const had = tab.evaluate(() => {
        for (let turn = 0; turn < 25; turn++) connection.subscribe(turn % 2 ? ["activity"] : ["tasks"]);
        return connection.subscribe(["activity"]);
      });
      assert.equal(await had, true);
      await user.say();
      await until(async () => (await titles(tab)).includes(String(user.said)));
      await tab.close();
    }
  },

  async "without the browser's means to share, each tab has its own"(user) {
    await user.context.addInitScript(() => delete Navigator.prototype.locks);
    const tabs = [await user.tab(), await user.tab()];
    for (const tab of tabs) await isOpen(tab);
    await user.say(2);
    for (const tab of tabs) await user.has(tab);
    assert.equal(user.proxy.streams, 2);
  },

  async "two users in one browser share nothing"(user) {
    const mine = await user.tab();
    await isOpen(mine);
    const theirs = await user.tab({ token: undefined });
    await isOpen(theirs);
    await user.say(2);
    await user.has(mine);
    assert.deepEqual(await titles(theirs), []);
    assert.equal(user.proxy.streams, 2);
  },

  async "a cursor that cannot be followed is a reset"(user) {
    const tab = await user.tab({ cursor: "forged", channels: ["activity", "tasks"] });
    await until(() => tab.evaluate(() => resets.length === 1));
    assert.deepEqual(await tab.evaluate(() => [resets[0].reason, resets[0].reload]), ["unknown", ["activity", "tasks"]]);
    await user.say(2);
    await user.has(tab);
  },

  async "the next page goes on from what was kept"(user) {
    const tab = await user.tab({ stored: true });
    await isOpen(tab);
    await user.say(2);
    await user.has(tab);
    await tab.close({ runBeforeUnload: true });
    await until(() => user.context.pages().length === 0);
    await user.say(3);
    await user.has(await user.tab({ stored: true }), 3);
  },

  async "a token is renewed before it expires, over the same websocket"(user) {
    // Accepted for a minute more than it says.
    const tab = await user.tab({ tokens: [-50, -50, 3600].map((seconds) => user.token_for(seconds)) });
    await isOpen(tab);
    await until(() => tab.evaluate(() => asked.includes(true)));
    await pause(12_000);
    await user.say();
    await user.has(tab);
    assert.equal(user.proxy.opened.websocket, 1);
  },

  async "an expired token is replaced where it is refused"(user) {
    const tab = await user.tab({ tokens: [user.token_for(-300), user.token_for(-300), user.token] });
    await isOpen(tab);
    assert.ok((await tab.evaluate(() => states)).some(([state]) => state === "unauthorized"));
    assert.ok((await tab.evaluate(() => asked)).includes(true));
    await user.say();
    await user.has(tab);
  },

  async "a token that cannot be had is asked for again, ever more seldom"(user) {
    const tab = await user.tab({ tokens: [user.token, "throw"] }, { clock: true });
    await until(() => tab.evaluate(() => connection.state === "unauthorized"));
    const before = await tab.evaluate(() => asked.length);
    for (let step = 0; step < 120; step++) await tab.clock.runFor(1_000);
    const after = await tab.evaluate(() => asked.length);
    assert.ok(after - before < 30, `asked ${after - before} times in two minutes`);
    assert.equal(user.proxy.opened.websocket, 0);
    await tab.evaluate((token) => (tokens = [token]), user.token);
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await isOpen(tab);
    await user.say();
    await user.has(tab);
  },

  async "another user's token ends it"(user) {
    const tab = await user.tab();
    await isOpen(tab);
    await tab.evaluate((token) => (tokens = [token]), user.token.replace(/\.(.*)\./, (_, part) => {
      const claims = JSON.parse(Buffer.from(part, "base64url"));
      return `.${Buffer.from(JSON.stringify({ ...claims, sub: "other", user_id: "other" })).toString("base64url")}.`;
    }));
    user.proxy.cut();
    await until(() => tab.evaluate(() => connection.state === "failed"));
    const open = user.proxy.opened.websocket;
    await pause(2_500);
    assert.equal(user.proxy.opened.websocket, open);
  },

  async "a refusal that names its time is waited for"(user) {
    const refusals = [];
    user.proxy.answers = ({ url }) => {
      if (!url.startsWith("/api/realtime/tickets") || refusals.length > 1) return;
      refusals.push(Date.now());
      const headers = {
        "Content-Type": "application/problem+json",
        "Retry-After": "3",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Headers": "authorization",
        "Access-Control-Expose-Headers": "retry-after",
      };
      return { status: 429, headers, body: '{"status":429,"detail":"Too many."}' };
    };
    const answers = user.proxy.answers;
    user.proxy.answers = (request) => (request.method === "OPTIONS" ? undefined : answers(request));
    const tab = await user.tab();
    await until(() => refusals.length === 1);
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await isOpen(tab);
    assert.equal(refusals.length, 2);
    assert.ok(refusals[1] - refusals[0] >= 3_000, `after ${refusals[1] - refusals[0]} ms`);
  },

  async "a websocket that is refused for its number is opened when it may be"(user) {
    const ended = new AbortController();
    const request = { headers: { Authorization: `Bearer ${user.token}` }, signal: ended.signal };
    const others = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${user.proxy.url}/api/realtime/stream`, request)),
    );
    assert.ok(others.every(({ status }) => status === 200));
    const tab = await user.tab();
    await until(async () => (await last(tab))?.[1].problem?.status === 429);
    const refused = Date.now();
    ended.abort();
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await isOpen(tab, "websocket");
    assert.ok(Date.now() - refused > 9_000, `after ${Date.now() - refused} ms`);
    assert.equal(user.proxy.opened.websocket, 2);
  },

  async "a storm of messages comes whole"(user) {
    const [first, second] = [await user.tab(), await user.tab()];
    await isOpen(first);
    await isOpen(second);
    const all = Array.from({ length: 12 }, async () => {
      for (let sent = 0; sent < 40; sent++) await user.post("/api/activity", { type: "system", title: "t", message: "m" });
    });
    await Promise.all(all);
    for (const tab of [first, second]) await until(async () => (await titles(tab)).length === 480);
    const ids = await second.evaluate(() => new Set(got.map((message) => message.id)).size);
    assert.equal(ids, 480);
  },
};
