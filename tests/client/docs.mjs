// Opens the reference page and everything in it, as a reader does: node docs.mjs <docs.html> <openapi.json>

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { JSDOM, VirtualConsole } from "jsdom";

const [page, description] = process.argv.slice(2).map((file) => readFileSync(file, "utf8"));
const api = JSON.parse(description);
const asked = [];
const errors = [];
const virtualConsole = new VirtualConsole().on("jsdomError", (error) => errors.push(error.message));
const { window } = new JSDOM(page, {
  url: "http://localhost:8080/api/docs",
  runScripts: "dangerously",
  virtualConsole,
  beforeParse: (made) => {
    made.fetch = async (target) => {
      asked.push(target);
      return { ok: true, json: async () => api };
    };
    made.IntersectionObserver = class {
      observe() {}
      disconnect() {}
    };
  },
});
const { document } = window;

const names = Object.values(api.paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId));
const missing = () => names.filter((id) => !document.getElementById(id));
for (let round = 0; missing().length && round < 100; round++) await pause(50);
assert.deepEqual(missing(), [], "operations that the page does not show");

for (const id of names) {
  const operation = document.getElementById(id);
  operation.open = true;
  operation.dispatchEvent(new window.Event("toggle"));
}
await pause(0);
for (const id of names) {
  const shown = document.getElementById(id).textContent;
  assert.match(shown, /curl -X/, `${id} shows no request`);
  assert.doesNotMatch(shown, /\bundefined\b|\[object |\bNaN\b/, id);
}
assert.deepEqual(errors, []);
assert.deepEqual(asked, ["/api/openapi.json"], "it asks for more than the description");
window.close();
