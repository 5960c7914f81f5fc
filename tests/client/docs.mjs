// Opens the reference page and everything in it, as a reader does: node docs.mjs <docs.html> <openapi.json>

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { JSDOM, VirtualConsole } from "jsdom";

const [page, description] = process.argv.slice(2).map((file) => readFileSync(file, "utf8"));
const api = JSON.parse(description);
const asked = [];
const sent = [];
const errors = [];
const virtualConsole = new VirtualConsole().on("jsdomError", (error) => errors.push(error.message));
const { window } = new JSDOM(page, {
  url: "http://localhost:8080/api/docs",
  runScripts: "dangerously",
  virtualConsole,
  beforeParse: (made) => {
    made.fetch = async (target, options) => {
      if (options) sent.push([target, options]);
      else asked.push(target);
      return { ok: true, status: 200, json: async () => api, text: async () => "{}" };
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

const button = (id, label) => [...document.getElementById(id).querySelectorAll("button")].find((each) => each.textContent === label);
const enter = (input, value) => {
  input.value = value;
  input.dispatchEvent(new window.Event("input", { bubbles: true }));
};

// Of a body with several forms each is shown, and can be sent.
const created = document.getElementById("prospects_create_prospects");
assert.match(created.textContent, /form 2 of 2/);
button(created.id, "Many at once").click();
assert.equal(JSON.parse(created.querySelector("textarea").value).prospects.length, 2);
assert.match(created.querySelector('[aria-label="curl command"]').textContent, /"prospects"/);

// What is entered for an import is in the command, for a file alone and for a form.
const imported = document.getElementById("prospects_import_prospects_import");
assert.match(imported.textContent, /-F 'file=@FILE'[^]*-F 'dry_run=[^]*-F 'mapping=/);
const [dryRun, mapping] = ["dry_run", "mapping"].map((name) => imported.querySelector(`[aria-label="${name}"]`));
enter(dryRun, "true");
enter(mapping, '{"Mail":"email"}');
assert.match(imported.textContent, /import\?dry_run=true&mapping=%7B%22Mail%22%3A%22email%22%7D/);

// Without a token nothing is sent in its place, and the command that is shown needs one.
const token = document.getElementById("token");
for (const [given, header] of [["", undefined], ["  ", undefined], [" abc ", "Bearer abc"]]) {
  enter(token, given);
  button(created.id, "Send").click();
  await pause(0);
  assert.equal(sent.pop()[1].headers.Authorization, header);
}
assert.match(created.textContent, /Authorization: Bearer \$\{TOKEN:\?/);
assert.deepEqual(errors, []);
assert.deepEqual(asked, ["/api/openapi.json"], "it asks for more than the description");
window.close();
