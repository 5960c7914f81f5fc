import { type Api, refused } from "../client.js";

/** A link that is known comes with a message alone; its way is tested where messages are sent. */
export async function unsubscribe(api: Api): Promise<void> {
  const asked = { params: { path: { token: "no-such-link" } }, headers: { Accept: "application/json" } };
  await refused(404, api.GET("/api/unsubscribe/{token}", asked));
  await refused(404, api.POST("/api/unsubscribe/{token}", asked));
}
