import { env } from "cloudflare:workers";
import type { Env } from "#platform/env";
import { containerName } from "../container-identity.ts";
import type { CloudflareDriverOptions, Container } from "../drivers/cloudflare.ts";

const bindings = env as unknown as Env & { CONTAINER_TEST_URL?: string };

interface Names {
  orgId: string;
  sandboxId: string;
}

/** Real containers behind `container-worker.ts` where its URL is given, and otherwise stand-ins. */
export function containerOf(names: Names): Pick<CloudflareDriverOptions, "container" | "secret" | "allowedHosts"> {
  const url = bindings.CONTAINER_TEST_URL ?? "";
  const found = url === "" ? standIn(names) : { container: real(url, names), secret: "the test worker knows it" };
  return { ...found, allowedHosts: async () => [] };
}

function real(url: string, names: Names): Container {
  const headers = { "x-test-container": containerName(names) };
  const send: Container["containerFetch"] = (request) => passTo(url, asRequest(request), headers);
  return {
    containerFetch: send,
    wsConnect: (request) => send(request),
    setAllowedHosts: async (hosts) => {
      const body = JSON.stringify(hosts);
      await fetch(url, { method: "PUT", headers: { ...headers, "content-type": "application/json" }, body });
    },
    destroy: async () => void (await fetch(url, { method: "DELETE", headers })),
  };
}

/** A container made of the test host's own sandbox of that name: it is there once it is reached, and gone with its files. */
function standIn({ orgId, sandboxId }: Names): { container: Container; secret: string } {
  const { SANDBOX_HOST_URL: url = "", SANDBOX_HOST_SECRET: secret = "" } = bindings;
  const headers = { "x-quayside-host-secret": secret };
  const send: Container["containerFetch"] = (request) => passTo(url, asRequest(request), {});
  const container: Container = {
    containerFetch: send,
    wsConnect: (request) => send(request),
    setAllowedHosts: async () => undefined,
    destroy: async () =>
      void (await fetch(`${url}/sandboxes/${orgId}/${sandboxId}/destroy`, { method: "POST", headers })),
  };
  return { container, secret };
}

function asRequest(request: Parameters<Container["containerFetch"]>[0]): Request {
  return request instanceof Request ? request : new Request(request);
}

function passTo(base: string, request: Request, headers: Record<string, string>): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const passed = new Request(`${base}${pathname}${search}`, request);
  for (const [name, value] of Object.entries(headers)) passed.headers.set(name, value);
  return fetch(passed);
}
