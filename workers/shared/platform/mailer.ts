import { insertDevMail } from "#data/dev-mails";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { logEvent } from "./log.ts";
import { newId } from "./new-id.ts";
import { limit } from "./rate-limit.ts";
import { safeFetch } from "./safe-fetch.ts";

/** A mail in plain text: what every client shows, and nothing in it can be styled to deceive. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

const TIMEOUT_MS = 10_000;

/** Whether mails go anywhere: without, links are given by hand and people are approved by an administrator. */
export function canMail(env: Env): boolean {
  return configOf(env).mail.kind !== "none";
}

/**
 * Sends a mail: kept for `/dev/mail` in development, else by Cloudflare's binding or by a provider's HTTP API that takes
 * `{from, to, subject, text}` with a bearer token (Resend and those that copy it). False where it was not taken.
 */
export async function sendMail(env: Env, mail: Mail): Promise<boolean> {
  const { mail: way, environment } = configOf(env);
  switch (way.kind) {
    case "none":
      return false;
    case "development":
      await insertDevMail(env, {
        id: newId("mail"),
        recipient: mail.to,
        subject: mail.subject,
        body: mail.text,
        at: Date.now(),
      });
      return true;
    case "binding":
      return tried(env, async () => {
        await env.EMAIL?.send({ from: way.from, ...mail });
        return env.EMAIL !== undefined;
      });
    case "http":
      return tried(env, async () => {
        const headers = { authorization: `Bearer ${way.token}`, "content-type": "application/json" };
        const body = JSON.stringify({ from: way.from, to: [mail.to], subject: mail.subject, text: mail.text });
        const options = { development: environment === "development", timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 };
        const sent = await safeFetch(way.url, { method: "POST", headers, body }, options);
        if (!sent.ok || !sent.value.ok) throw new Error(sent.ok ? `status ${sent.value.status}` : sent.problem.detail);
        return true;
      });
  }
}

/** How many mails an address gets in a day that others made us send. */
const UNASKED = { name: "mail-to", max: 5, windowS: 24 * 60 * 60 };

/** Sends a mail that its reader did not ask for; false also where an address got enough of those today, whoever had them sent. */
export async function sendUnasked(env: Env, mail: Mail): Promise<boolean> {
  if (!canMail(env)) return false;
  const counted = await limit(env, { ...UNASKED, key: mail.to }).catch((error: unknown) => {
    logEvent(env, "mail.withheld", { error });
    return null;
  });
  return counted !== null && sendMail(env, mail);
}

async function tried(env: Env, send: () => Promise<boolean>): Promise<boolean> {
  try {
    return await send();
  } catch (error) {
    logEvent(env, "mail.failed", { error });
    return false;
  }
}
