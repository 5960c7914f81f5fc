// A proxy before the API, as users have them: it counts streams, and can refuse, hold back, silence or cut them.
import http from "node:http";
import net from "node:net";

export class Proxy {
  /** What it does to streams: "refuse" WebSockets, "buffer" answers until they end, "silence" what is open, "down". */
  modes = new Set();
  /** Called with each request; what it returns is answered in place of the API. */
  answers = () => undefined;
  opened = { websocket: 0, sse: 0, poll: 0, tickets: 0 };
  #open = new Map();

  constructor(api) {
    this.api = new URL(api);
    this.server = http.createServer((request, response) => this.#forward(request, response));
    this.server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  async start() {
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  /** How many streams of a kind are open. */
  now(kind) {
    return [...this.#open.values()].filter((each) => each === kind).length;
  }

  get streams() {
    return this.now("websocket") + this.now("sse") + this.now("poll");
  }

  /** Ends all streams, as a network does: without a word. */
  cut() {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  stop() {
    this.cut();
    this.server.closeAllConnections();
    this.server.close();
  }

  #count(kind, socket) {
    if (!(kind in this.opened)) return;
    this.opened[kind]++;
    if (kind === "tickets") return;
    this.#open.set(socket, kind);
    socket.on("close", () => this.#open.delete(socket));
  }

  #forward(request, response) {
    const { pathname } = new URL(request.url, this.url);
    const kind = pathname.split("/").pop();
    const planted = this.answers(request);
    if (this.modes.has("down")) return request.socket.destroy();
    const stream = { stream: "sse" }[kind] ?? kind;
    if (request.method !== "OPTIONS") this.#count(stream, request.socket);
    response.on("close", () => this.#open.delete(request.socket));
    if (planted) return response.writeHead(planted.status, planted.headers).end(planted.body);
    const { hostname: host, port } = this.api;
    const options = { host, port, path: request.url, method: request.method, headers: request.headers };
    const asked = http.request(options, (answer) => {
      const [held, isStream] = [[], stream === "sse" && request.method === "GET"];
      response.writeHead(answer.statusCode, answer.headers);
      if (!(this.modes.has("buffer") && isStream)) response.flushHeaders();
      answer.on("data", (part) => {
        if (this.modes.has("silence") && isStream) return;
        if (this.modes.has("buffer") && isStream) held.push(part);
        else response.write(part);
      });
      answer.on("end", () => response.end(Buffer.concat(held)));
      answer.on("error", () => response.destroy());
    });
    asked.on("error", () => response.destroy());
    response.on("close", () => asked.destroy());
    request.pipe(asked);
  }

  #upgrade(request, socket, head) {
    socket.on("error", () => {});
    if (this.modes.has("down")) return socket.destroy();
    const planted = this.answers(request);
    if (this.modes.has("refuse")) return socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    if (planted) return socket.end(`HTTP/1.1 ${planted.status} No\r\nContent-Length: 0\r\n\r\n`);
    this.#count("websocket", socket);
    const server = net.connect(Number(this.api.port), this.api.hostname);
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    server.write([...lines, "", ""].join("\r\n"));
    server.write(head);
    server.on("data", (part) => this.modes.has("silence") || socket.write(part));
    socket.on("data", (part) => server.write(part));
    for (const [one, other] of [[server, socket], [socket, server]]) {
      one.on("close", () => other.destroy());
      one.on("error", () => other.destroy());
    }
  }
}
