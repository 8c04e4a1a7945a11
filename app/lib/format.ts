import type { Usage } from "#contract/usage";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

/** `5 min. ago`, or the date when it is more than a week away. */
export function relativeTime(at: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(at);
  if (ageMs > 7 * 86_400_000) return at.slice(0, 10);
  const unit = UNITS.find(([, ms]) => ageMs >= ms);
  return unit ? relative.format(-Math.floor(ageMs / unit[1]), unit[0]) : "just now";
}

/** In UTC, so that the server and every reader print the same. */
export function absoluteTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The time from one instant to another, or null while either is missing. */
export function between(from: string | null, to: string | null): string | null {
  return from && to ? duration(Date.parse(to) - Date.parse(from)) : null;
}

/** Micro-USD as `$0.0042`; small costs keep the digits that say something. */
export function cost(microUsd: number): string {
  const usd = microUsd / 1_000_000;
  if (usd === 0) return "$0";
  return usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

/** What a usage cost, and whether that is all: an unknown price is never shown as nothing. */
export function costOf({ costMicroUsd, unpricedTokens }: Usage): string {
  if (!unpricedTokens) return cost(costMicroUsd);
  return costMicroUsd > 0 ? `${cost(costMicroUsd)} + unknown` : "cost unknown";
}

export function count(value: number): string {
  return value.toLocaleString("en");
}

export function tokens(usage: Usage): string {
  return `${count(usage.inputTokens + usage.outputTokens)} tokens`;
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${(size / 1024).toFixed(1)} KiB`;
  return `${(size / 1024 / 1024).toFixed(1)} MiB`;
}
