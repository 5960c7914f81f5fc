// One connection to the server, by the best transport that works, for as long as it is wanted. Part of realtime.js.
const KINDS = ["websocket", "sse", "poll"].slice(globalThis.WebSocket ? 0 : 1);
const OPENING = 10_000; // ms until the first frame; a stream that takes longer is held back by a proxy
export const SILENCE = 62_500; // 2.5 heartbeats of the server
const BETTER = 300_000; // after which a transport that has failed is tried again
const FINAL = [400, 403, 410, 422]; // would be refused again
const DOCUMENTS = 50; // that a connection takes
const EXCESS = `A connection, which all tabs share, takes at most ${DOCUMENTS} documents.`;
const PACE = 500; // ms between two changes of channels: the server takes 30 frames in ten seconds
const CONTROL = ["connection", "subscription", "authentication", "error"];

export const now = () => performance.now(); // which no change of the clock moves
export const union = (...lists) => [...new Set(lists.flat())];
export const unslashed = (url) => url.replace(/\/+$/, "");
const isSame = (one, other) => one.length === other.length && one.every((each) => other.includes(each));
const isTaken = (channels) => channels.filter((each) => each.startsWith("documents:")).length <= DOCUMENTS;
const backoff = (failures) => Math.random() * Math.min(30_000, 1_000 * 2 ** failures);

/**
 * Connects, again and again, until `stop()`; by `transport` first, which has worked. `held()` is the cursor to go on from, with its channels; `wanted()` are the
 * channels to have. Tells by `hold(held)` how far it has come, by `tell(status)` how it is, by `hand(frame)` what came.
 */
export function maintain({ api, credential, isSignedIn, transport, held, wanted, hold, tell, hand }) {
  let [kind, failedAt, stopped, forced] = [Math.max(0, KINDS.indexOf(transport)), now(), false, false];
  let link, base, wake;
  let fittedAt = -PACE;

  async function run() {
    for (let failures = 0; !stopped; ) {
      if (now() - failedAt > BETTER) kind = 0;
      tell({ state: "connecting" });
      const { status, reason, since, problem, ...end } = await attempt((link = new AbortController()));
      if (stopped) return;
      if (FINAL.includes(status) || reason === "revoked") return tell({ state: "failed", problem: problem ?? end });
      if (!since && !problem && !reason) {
        failedAt = now(); // not even an answer
        kind = (kind + 1) % KINDS.length;
        if (kind) continue;
      }
      if (reason || now() - since > OPENING) failures = 0;
      forced = status === 401 || reason === "expired";
      tell({ state: status === 401 ? "unauthorized" : "waiting", problem });
      const least = end.retry_ms ?? (status === 429 ? 10_000 : 0);
      await pause(reason ? least : Math.max(least, backoff(failures++)), status && least);
    }
  }

  /** One connection; returns how it has ended. */
  async function attempt(mine) {
    Object.assign(mine, { heard: now(), asked: [] });
    const broken = new Promise((_, reject) => mine.signal.addEventListener("abort", () => reject()));
    const error = await Promise.race([TRANSPORTS[KINDS[kind]](mine), broken]).catch((thrown) => thrown);
    mine.abort();
    return { ...error, since: mine.since, ...mine.farewell };
  }

  /** Waits; where a refusal names its time, whatever happens. */
  function pause(ms, firm) {
    return new Promise((go) => {
      setTimeout(go, ms);
      wake = () => (stopped || !firm) && go();
    });
  }

  const TRANSPORTS = {
    async websocket(mine) {
      const pass = isSignedIn ? { ticket: await ticket(mine) } : {};
      mine.signal.throwIfAborted();
      const socket = new WebSocket(address("/api/ws", { ...place(held().channels), ...pass }).replace(/^http/, "ws"));
      mine.signal.addEventListener("abort", () => socket.close());
      mine.send = (type, more) => {
        mine.asked.push(type);
        socket.send(JSON.stringify({ type, ...more }));
      };
      return new Promise((_, reject) => {
        let refusal;
        socket.onclose = () => reject(refusal);
        socket.onmessage = ({ data }) => {
          const frame = JSON.parse(data);
          if (frame.problem) refusal = { ...frame, status: frame.problem.status };
          else if (hear(mine)) take(mine, frame);
        };
      });
    },

    async sse(mine) {
      const answer = await call(mine, "/api/realtime/stream", place(grown()));
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ; ) {
        const { value, done } = await reader.read();
        if (done || !hear(mine)) return;
        const events = (rest + value.replaceAll("\r", "")).split("\n\n");
        rest = events.pop();
        for (const event of events) {
          const { id, data } = Object.fromEntries(event.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
          take(mine, data ? JSON.parse(data) : { type: "heartbeat" }, id);
        }
      }
    },

    async poll(mine) {
      for (let wait = 0; !mine.signal.aborted; wait = 25) {
        const channels = wait ? held().channels : grown();
        const answer = await call(mine, "/api/realtime/poll", { ...place(channels), wait });
        const { messages, cursor } = await answer.json();
        if (!hear(mine)) return;
        if (!wait) take(mine, { type: "connection", channels }, held().cursor ?? cursor);
        for (const frame of messages) take(mine, frame);
        take(mine, { type: "heartbeat" }, cursor);
      }
    },
  };

  async function call(mine, path, query) {
    if (isSignedIn && query) base ?? (await ticket(mine));
    const token = await credential(forced);
    const answer = await fetch(address(path, query), {
      method: query ? "GET" : "POST",
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      signal: mine.signal,
      cache: "no-store",
    });
    if (answer.ok) {
      forced = false;
      return answer;
    }
    if (!/json/.test(answer.headers.get("Content-Type"))) throw {}; // a proxy's, not the server's
    const retry = Number(answer.headers.get("Retry-After"));
    throw { status: answer.status, problem: await answer.json(), retry_ms: retry ? retry * 1_000 : undefined };
  }

  /** A ticket for one stream; with it comes where streams are opened. */
  async function ticket(mine) {
    const answer = await call(mine, "/api/realtime/tickets");
    const made = await answer.json();
    base = unslashed(made.url ?? api);
    return made.ticket;
  }

  /** The channels to ask for: what there was as well, so that its cursor goes on, unless that is too much. */
  function grown() {
    const all = [union(held().channels, wanted()), wanted()];
    return all.find(isTaken) ?? held().channels;
  }

  const excess = () => (isTaken(wanted()) ? undefined : { detail: EXCESS });
  const opened = (problem = excess()) => tell({ state: "open", transport: KINDS[kind], problem });
  const address = (path, query) => (query ? `${base ?? api}${path}?${new URLSearchParams(query)}` : api + path);

  function place(channels) {
    const { cursor } = held();
    return { channels: channels.join(), ...(cursor ? { cursor } : {}) };
  }

  /** Notes that something came; returns whether it is taken. */
  function hear(mine) {
    mine.heard = now();
    return !mine.signal.aborted;
  }

  function take(mine, frame, cursor = frame.cursor) {
    const { type, channels = held().channels } = frame;
    if (mine.signal.aborted || type === "pong") return;
    if (cursor) hold({ cursor, channels });
    if (type === "reconnect") mine.farewell = frame;
    else if (CONTROL.includes(type)) control(mine, frame);
    else if (type !== "heartbeat") hand(frame);
    else if (mine.since) {
      opened();
      fit(true);
    }
  }

  function control(mine, { type, timestamp, expires_at, message }) {
    if (type === "connection") {
      mine.since = now();
      mine.ahead = Date.parse(timestamp) - now(); // of our clock, the server's
    } else mine.asked.shift();
    if (expires_at !== undefined) mine.expires = Date.parse(expires_at) - mine.ahead;
    if (type === "error") {
      mine.refused = mine.tried;
      return opened({ detail: message });
    }
    opened();
    fit();
  }

  /** Have the connection take what is wanted; `exactly` that, where it costs nothing. */
  function fit(exactly) {
    if (!link?.since || link.signal.aborted || now() - fittedAt < PACE) return;
    if (excess()) return opened();
    const all = exactly ? wanted() : grown();
    if (isSame(all, held().channels) || isSame(all, link.refused ?? [])) return;
    if (link.send ? link.asked.includes("subscribe") : exactly) return;
    fittedAt = now();
    link.tried = all;
    if (link.send) link.send("subscribe", { channels: all });
    else again("channels");
  }

  function again(reason) {
    link.farewell ??= { reason, retry_ms: 0 };
    link.abort();
  }

  async function renew(mine) {
    if (!mine.send || !(mine.expires - now() < 60_000) || now() - mine.renewed < 20_000) return;
    mine.renewed = now();
    const token = await credential(true).catch(() => null);
    if (token && !mine.signal.aborted) mine.send("authenticate", { token });
  }

  /** Called each second, or as often as the browser lets a page have a timer. */
  function tick() {
    if (now() - link.heard > (link.since ? SILENCE : OPENING)) link.abort();
    if (kind && link.since && now() - failedAt > BETTER) again("better");
    renew(link);
    fit();
  }

  const ended = run();
  return {
    ended,
    fit,
    tick,
    /** No time is to be lost: the page is seen again, or online, where what was connected is not any more. */
    wake(isOnline) {
      tick();
      if (isOnline && link.since) again("online");
      wake?.();
    },
    stop() {
      stopped = true;
      link?.abort();
      wake?.();
    },
  };
}
