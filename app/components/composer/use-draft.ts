import { useEffect, useState } from "react";
import { readKept, writeKept } from "../../lib/kept.ts";

/** A text that survives a reload. It is empty on the server and takes up what was kept after the first render. */
export function useDraft(key: string): [string, (value: string) => void] {
  const [value, setValue] = useState("");
  useEffect(() => setValue(readKept<string>(`draft:${key}`) ?? ""), [key]);
  const change = (next: string) => {
    setValue(next);
    writeKept(`draft:${key}`, next === "" ? null : next);
  };
  return [value, change];
}
