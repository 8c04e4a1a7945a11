import { getSandbox } from "@cloudflare/sandbox";
import { z } from "zod";
import type { Env } from "#platform/env";
import { SandboxContainer } from "../container-do.ts";
import { hostSecret } from "../container-identity.ts";
import { HOST_PORT } from "../drivers/cloudflare.ts";

export { ContainerProxy } from "@cloudflare/sandbox";
export { SandboxContainer };

/**
 * For the contract suite of the cloudflare driver alone, on this machine: gives the SDK's calls of the container named by
 * `x-test-container` an HTTP address. `PUT /` names the hosts it may reach, `DELETE /` ends it; everything else reaches the host in it, with its secret.
 */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const name = request.headers.get("x-test-container");
    const namespace = env.SANDBOX_CONTAINER as unknown as DurableObjectNamespace<SandboxContainer> | undefined;
    if (name === null || namespace === undefined) return new Response("ready");
    const sandbox = getSandbox(namespace, name, { sleepAfter: "10m", enableDefaultSession: false });
    if (request.method === "DELETE" && new URL(request.url).pathname === "/") {
      await sandbox.destroy();
      return new Response(null, { status: 204 });
    }
    if (request.method === "PUT" && new URL(request.url).pathname === "/") {
      await sandbox.setAllowedHosts(z.array(z.string()).parse(await request.json()));
      return new Response(null, { status: 204 });
    }
    const url = new URL(request.url);
    const passed = new Request(`http://localhost${url.pathname}${url.search}`, request);
    const id = namespace.idFromName(name).toString();
    passed.headers.set("x-quayside-host-secret", await hostSecret(env.TOKEN_KEY ?? "", id));
    const upgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    return upgrade ? sandbox.wsConnect(passed, HOST_PORT) : sandbox.containerFetch(passed, HOST_PORT);
  },
} satisfies ExportedHandler<Env>;
