import type { ReactNode } from "react";

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  children: ReactNode;
}

/** A labelled control. The control inside carries `id`, and `aria-describedby={noteId(id)}` where there is a note. */
export function Field({ id, label, hint, error, children }: FieldProps) {
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium text-13">
        {label}
      </label>
      {children}
      {note && (
        <p id={noteId(id)} className={`text-12 ${error ? "text-red" : "text-n11"}`}>
          {note}
        </p>
      )}
    </div>
  );
}

export function noteId(id: string): string {
  return `${id}-note`;
}
