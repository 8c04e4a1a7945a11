/** A file with changes that the sandbox does not have: what they began from, and how it reads now. */
export interface Unsaved {
  base: string;
  text: string;
}

const files = new Map<string, Unsaved>();

/** What is not saved outlives the field it was typed in: a window that changes its width makes the panel anew. */
export const unsaved = {
  of: (key: string): Unsaved | undefined => files.get(key),
  keep: (key: string, file: Unsaved | null): void => {
    if (file) files.set(key, file);
    else files.delete(key);
  },
};
