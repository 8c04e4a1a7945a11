import { vi } from "vitest";
import type { Env } from "#platform/env";

const KEYED = ["get", "put", "head", "delete", "createMultipartUpload", "resumeMultipartUpload", "list"];

/** The names of Durable Objects and the keys of R2 that the code makes from now on, until `stop`. */
export function spyOnNames(env: Env): { names: string[]; stop(): void } {
  const names: string[] = [];
  const spies = [
    ...["idFromName", "getByName"].map((method) => spy(env.CONVERSATION, method, names)),
    ...KEYED.map((method) => spy(env.FILES, method, names)),
  ];
  const stop = () => {
    for (const one of spies) one.mockRestore();
  };
  return { names, stop };
}

/** On the prototype, which the bindings of all the code in this isolate share. */
function spy(binding: object, method: string, names: string[]) {
  const prototype = Object.getPrototypeOf(binding) as Record<string, (...given: unknown[]) => unknown>;
  const original = prototype[method];
  return vi.spyOn(prototype, method).mockImplementation(function (this: unknown, ...given: unknown[]) {
    const [first] = given;
    if (method === "list") names.push((first as R2ListOptions | undefined)?.prefix ?? "");
    else names.push(...[first].flat().map(String));
    return original?.apply(this, given);
  });
}
