// The calls of the earlier frontend's pages and scripts, made by a page in Chromium from another localhost origin.
// usage: node pages.mjs API PAGE FOREIGN; prints a line for each call that went wrong, and ends with 1 then.
import chromium from "@sparticuz/chromium";
import { chromium as browsers } from "playwright-core";

const [api, page, foreign] = process.argv.slice(2);

const browser = await browsers.launch({
  executablePath: await chromium.executablePath(),
  // Not the package's own list: it switches the same-origin policy off.
  args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP foreign.example 127.0.0.1"],
  headless: true,
});

// As the frontend's api-helpers do: a JSON content type on every call, GET and body-less POST included; no token.
async function pagesCalls(api) {
  const wrong = [];
  async function call(method, path, body, expected = [200, 201]) {
    const options = { method, headers: { "Content-Type": "application/json" } };
    if (body !== undefined) options.body = JSON.stringify(body);
    try {
      const answer = await fetch(api + path, options);
      const text = await answer.text();
      const json = text ? JSON.parse(text) : null;
      const fine = expected.includes(answer.status) && !answer.redirected && json && json.success === answer.ok;
      if (!fine) wrong.push(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
      if (answer.ok && !answer.headers.get("x-request-id")) wrong.push(`${method} ${path}: X-Request-Id cannot be read`);
      return json ?? {};
    } catch (error) {
      wrong.push(`${method} ${path}: ${error}`);
      return {};
    }
  }
  function has(value, ...names) {
    for (const name of names) if (value?.[name] === undefined) wrong.push(`${name} is missing in ${JSON.stringify(value)}`);
  }
  const user = "user_id=dev-user";

  const prospects = await call("POST", "/api/prospects", {
    user_id: "dev-user",
    prospects: [{ name: "Ann Lee", company: "Lake School", job_title: "Head", email: "ann@lake.example", fit_score: 88 }],
  });
  has(prospects, "success");
  const list = await call("GET", `/api/prospects/?${user}&search=ann&status=&limit=undefined&sort_by=fit_score&sort_order=desc`);
  const prospect = list.prospects?.[0] ?? {};
  has(prospect, "id", "prospect_id", "fit_score", "tags", "status", "approval_status", "created_at");
  if (prospect.fit_score !== 0.88) wrong.push(`fit_score 88 became ${prospect.fit_score}`);
  const pid = prospect.id;
  await call("GET", `/api/prospects/${pid}?${user}`);
  await call("POST", "/api/prospects/discover", { user_id: "dev-user", industry: "education", max_results: 5 });
  await call("POST", "/api/prospects/approve", { user_id: "dev-user", prospect_ids: [pid], approval_status: "approved" });
  const scored = await call("POST", "/api/prospects/score", { prospect_ids: [pid], audience_profile: {} });
  has(scored.prospects?.[0], "prospect_id", "fit_score", "best_outreach_angle", "scoring_reasoning", "cached_insights");
  const analysis = await call("POST", "/api/prospects/manual/prompts/analyze", { prospect_ids: [pid], user_id: "dev-user" });
  has(analysis.prompt, "system_message", "user_prompt", "full_prompt", "expected_format");
  const upload = { summary: "s", fit_likelihood: "high", suggested_outreach_angle: "a" };
  await call("POST", "/api/prospects/manual/upload-analysis", { results: [{ prospect_id: pid, analysis: upload }] });
  await call("POST", "/api/outreach/manual/prompts/generate", { prospect_id: pid, user_id: "dev-user", include_social: true });

  const source = { title: "Tutors", input_source: "tutors", source_type: "keywords", research_engine: "google_search" };
  const task = (await call("POST", "/api/research-tasks", { user_id: "dev-user", ...source })).task;
  has(task, "id", "status", "priority", "outputs_available", "created_at");
  await call("POST", `/api/research-tasks/${task?.id}/run?${user}`);
  await call("POST", `/api/research-tasks/${task?.id}/run?${user}`, undefined, [200, 400]);
  await call("GET", `/api/research-tasks?${user}&status=undefined`);
  await call("GET", `/api/research-tasks/${task?.id}/insights`, undefined, [200, 400]);

  await call("POST", "/api/activity", { user_id: "dev-user", type: "system", title: "t", message: "m" });
  await call("GET", `/api/activity?${user}&limit=50`);
  const steps = { name: "Greet", trigger: "new_prospect", actions: ["send_notification"] };
  const automation = (await call("POST", "/api/automations", { user_id: "dev-user", ...steps })).automation;
  has(automation, "id", "status", "trigger_config", "steps", "execution_count", "last_executed_at");
  await call("POST", `/api/automations/${automation?.id}/activate`);
  await call("POST", `/api/automations/${automation?.id}/deactivate`);
  await call("PUT", `/api/automations/${automation?.id}`, { description: "d" });
  await call("PUT", `/api/automations/${automation?.id}`, {}, [400]);
  await call("GET", `/api/automations/${automation?.id}/executions?limit=50`);
  await call("GET", `/api/automations?${user}`);
  await call("DELETE", `/api/automations/${automation?.id}`);

  const books = await call("GET", `/api/playbooks?${user}`);
  const book = books.playbooks?.[0]?.id;
  await call("GET", `/api/playbooks/${book}`);
  await call("POST", `/api/playbooks/${book}/favorite`);
  await call("GET", "/api/playbooks/favorites");
  await call("GET", "/api/playbooks/favorites/list");
  await call("POST", `/api/playbooks/${book}/run`, { input: "Schools", metadata: {} });
  await call("GET", `/api/playbooks/${book}/executions`);
  for (const part of ["summary", "onboarding", "prompts"]) await call("GET", `/api/playbook/${part}`);

  const words = { name: "Hello", category: "email", content: "Hello {name}, welcome." };
  const template = (await call("POST", "/api/templates", { user_id: "dev-user", ...words })).template;
  has(template, "id", "title", "content_preview", "variables", "favorited");
  await call("POST", `/api/templates/${template?.id}/favorite`);
  await call("POST", `/api/templates/${template?.id}/duplicate`);
  const used = await call("POST", `/api/templates/${template?.id}/use`, { variables: { name: "Ann" } });
  if (!used.generated_content?.startsWith("Hello Ann")) wrong.push(`the template became ${used.generated_content}`);
  await call("PUT", `/api/templates/${template?.id}`, { name: "Hi" });
  await call("GET", `/api/templates?${user}&category=email&is_favorite=true`);
  await call("DELETE", `/api/templates/${template?.id}`);

  const knowledge = { title: "Survey", summary: "Schools lack tutors.", category: "market_trends", tags: ["a"] };
  const item = (await call("POST", "/api/vault", { user_id: "dev-user", ...knowledge })).item;
  has(item, "id", "topic", "highlights", "linked_outreach_ids", "suggestions");
  await call("GET", `/api/vault?${user}&tags=a,b&search=tutors`);
  for (const path of ["topics", "topics/clusters", "trendlines?days=30"]) await call("GET", `/api/vault/${path}`);
  await call("PUT", `/api/vault/${item?.id}`, { summary: "Schools lack tutors and rooms." });

  await call("GET", "/api/personas/default", undefined, [404]);
  const voice = { name: "Max", industry_focus: "education", use_cases: ["tutoring"] };
  const persona = (await call("POST", "/api/personas", { user_id: "dev-user", ...voice })).persona;
  await call("POST", `/api/personas/${persona?.id}/set-default`);
  await call("GET", "/api/personas/default");
  await call("GET", `/api/personas?${user}`);

  const entry = { level: "info", category: "api", message: "m" };
  const log = (await call("POST", "/api/system/logs", { user_id: "dev-user", ...entry })).log;
  await call("GET", `/api/system/logs?${user}&level=info`);
  for (const path of ["stats", "stats/summary"]) await call("GET", `/api/system/logs/${path}`);
  await call("POST", `/api/system/logs/${log?.id}/rerun`, undefined, [400]);

  const day = { prospect_id: pid, scheduled_date: "2030-03-14", type: "follow_up", notes: "n" };
  const event = (await call("POST", "/api/calendar/", { user_id: "dev-user", ...day })).event;
  has(event, "prospect_name", "company", "suggested_message", "status");
  await call("GET", `/api/calendar/?${user}&start_date=2030-03-01&end_date=2030-03-31&limit=500`);
  await call("PUT", `/api/calendar/${event?.id}`, { status: "completed" });
  await call("DELETE", `/api/calendar/${event?.id}`);
  const told = (await call("POST", "/api/notifications/", { type: "info", title: "t", message: "m" })).notification;
  const notifications = await call("GET", `/api/notifications/?${user}&limit=50&unread_only=true`);
  has(notifications, "notifications", "unread_count", "total");
  await call("PUT", `/api/notifications/${told?.id}/read`);
  await call("POST", "/api/notifications/mark-all-read");

  await call("POST", "/api/chat/", { query: "Who lacks tutors?", top_k: 5, user_id: "test-user-1764" });
  has(await call("POST", "/api/knowledge/query", { query: "tutors", top_k: 3, user_id: "default-user" }), "answer", "sources");
  has(await call("POST", "/api/knowledge/", { search_query: "tutors", user_id: "default-user" }), "answer", "sources");
  const brief = { topic: "tutors", num_results: 5, include_comparison: true, output_format: "markdown" };
  has(await call("POST", "/api/content/research", brief), "research_content", "tools_found", "sources");
  const product = { product_name: "Board", product_description: "d", target_users: ["schools"], key_features: [] };
  const scope = { include_mvp_scope: true, include_user_stories: true };
  has(await call("POST", "/api/content/prd", { ...product, ...scope }), "prd_content");
  const tool = { tool_name: "T", tool_description: "d", target_audience: [], features: [], output_format: "html" };
  has(await call("POST", "/api/content/micro-tool", tool), "html_code");
  const hook = { url: "https://example.com/hook", event_types: ["prospect_added"] };
  const webhook = (await call("POST", "/api/webhooks", { user_id: "dev-user", ...hook })).webhook;
  await call("GET", `/api/webhooks?${user}`);
  await call("DELETE", `/api/webhooks/${webhook?.id}`);
  await call("DELETE", `/api/prospects/${pid}`);
  for (const path of ["/health", "/api/health"]) await call("GET", path);
  return wrong;
}

// A page of another site: it may neither read nor write, by whatever call a browser sends without asking first.
async function foreignCalls(api) {
  const wrong = [];
  const plain = { method: "POST", headers: { "Content-Type": "text/plain" }, body: JSON.stringify({ name: "Planted" }) };
  for (const mode of ["cors", "no-cors"]) {
    try {
      const answer = await fetch(`${api}/api/prospects`, { ...plain, mode });
      if (mode === "cors") wrong.push(`a foreign page reads the answer to its POST: ${answer.status}`);
    } catch { /* refused, as it should be */ }
  }
  try {
    await fetch(`${api}/api/prospects`);
    wrong.push("a foreign page reads the prospects");
  } catch { /* refused, as it should be */ }
  const form = document.createElement("form");
  Object.assign(form, { method: "POST", action: `${api}/api/prospects`, enctype: "text/plain", target: "frame" });
  form.innerHTML = `<input name='{"name":"Planted","x":"' value='"}'>`;
  document.body.innerHTML = "<iframe name=frame></iframe>";
  document.body.append(form);
  const loaded = new Promise((done) => document.querySelector("iframe").addEventListener("load", done, { once: true }));
  form.submit();
  await loaded;
  return wrong;
}

async function prospectsOf(api) {
  return (await (await fetch(`${api}/api/prospects`)).json()).prospects.map((prospect) => prospect.name);
}

const wrong = [];
const tab = await browser.newPage();
await tab.goto(page);
wrong.push(...(await tab.evaluate(pagesCalls, api)));
await tab.goto(foreign);
wrong.push(...(await tab.evaluate(foreignCalls, api)));
await tab.goto(page);
const left = await tab.evaluate(prospectsOf, api);
if (left.some((name) => name.startsWith("Planted"))) wrong.push(`a foreign page has written: ${left}`);
await browser.close();
console.log(wrong.join("\n"));
process.exit(wrong.length ? 1 : 0);
