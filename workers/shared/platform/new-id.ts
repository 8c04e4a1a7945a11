import { uuidv7 } from "uuidv7";
import { ID_PREFIXES, type IdNoun } from "#contract/ids";

/** A fresh id of a noun: its prefix and a UUIDv7, so that ids sort by the time they were made. */
export function newId(noun: IdNoun): string {
  return `${ID_PREFIXES[noun]}_${uuidv7().replaceAll("-", "")}`;
}
