import { expect, it } from "vitest";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { askGateway, SandboxContainer } from "./container-do.ts";

it("SB71 what a container sends to a gateway's name is answered by that gateway in this Worker", async () => {
  const handlers = SandboxContainer.outboundByHost ?? {};
  expect(Object.keys(handlers).sort()).toEqual(["git.quayside.internal", "llm.quayside.internal"]);
  const models = await askGateway("llm", new Request("http://llm.quayside.internal/v1/models"), testEnv);
  expect({ status: models.status, body: await models.json() }).toMatchObject({
    status: 401,
    body: { error: { code: "unauthenticated" } },
  });
  const refs = new Request("http://git.quayside.internal/rep_x.git/info/refs?service=git-upload-pack");
  const clone = await handlers["git.quayside.internal"]?.(refs, testEnv as never, {} as never);
  expect(clone?.status).toBe(401);
});
