import type { Env } from "./env.ts";

export type LogFields = Record<string, unknown>;

const SECRET_NAME = /(authorization|cookie|token|secret|password|api_?key|private)/i;
const SECRET_VALUE =
  /\b(?:Bearer\s+[\w.~+/-]+=*|sk-[\w-]{8,}|qs[ks]_[\w-]{8,}|eyJ[\w-]+\.[\w-]+\.[\w-]+)|(?<=:\/\/)[^/\s@]+(?=@)/g;

/** The text without anything that looks like a credential. */
export function redactText(text: string): string {
  return text.replace(SECRET_VALUE, "[redacted]");
}

/** A copy of a JSON value with every text in it redacted. */
export function redactJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_name, one) => (typeof one === "string" ? redactText(one) : one));
}

/** A copy without credentials: whole fields by their name, and anything inside a text that looks like one. */
export function redact(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (SECRET_NAME.test(name)) return [name, "[redacted]"];
      return [name, typeof value === "string" ? redactText(value) : value];
    }),
  );
}

/**
 * Writes one wide event as a JSON line: one per request, alarm run, job and failed call between objects.
 * `error` is the private cause; it goes nowhere else.
 */
export function logEvent(env: Pick<Env, "LOG_LEVEL">, name: string, fields: LogFields): void {
  const { error, ...rest } = fields;
  const failed = error !== undefined && error !== null;
  if (env.LOG_LEVEL === "silent" || (env.LOG_LEVEL === "error" && !failed)) return;
  const cause = failed ? { error: error instanceof Error ? (error.stack ?? error.message) : String(error) } : {};
  const line = JSON.stringify({ event: name, at: new Date().toISOString(), ...redact({ ...rest, ...cause }) });
  if (failed) console.error(line);
  else console.log(line);
}
