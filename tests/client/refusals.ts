// What the description does not allow does not compile. Were the types loose, the compiler would miss an error here.

import { type Api, type Domain, has, ok, type Schemas } from "./client.js";

export async function refusals(api: Api, prospect: Schemas["Prospect"], persona: Schemas["Persona"]): Promise<void> {
  // @ts-expect-error there is no such field
  console.log(prospect.nickname);
  // @ts-expect-error it is a boolean
  has(persona, { is_default: "string" });
  // @ts-expect-error a name is required
  await ok(api.POST("/api/personas", { body: {} }));
  // @ts-expect-error there is no such path
  await ok(api.POST("/api/personas/{id}/nothing", { params: { path: { id: persona.id } } }));
  // @ts-expect-error it is asked for with GET alone
  await ok(api.DELETE("/api/health"));
  // @ts-expect-error not all domains are driven
  const driven: Record<Domain, boolean> = { health: true };
  console.log(driven);
}
