import {
  createContext,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  useContext,
  useEffect,
  useRef,
} from "react";
import type { Problem } from "#contract/problem";
import { text } from "../../lib/text.ts";
import { Button, type ButtonLook } from "../ui/button.tsx";
import { Field, noteId } from "../ui/field.tsx";
import { Notice, ProblemNotice } from "../ui/notice.tsx";
import type { Ask } from "./use-ask.ts";

const ProblemContext = createContext<Problem | null>(null);

interface AskFormProps {
  ask: Ask;
  /** The fields that show their own errors; every other problem stands above the buttons. */
  fields: string[];
  label: string;
  submit: string;
  look?: ButtonLook;
  /** Makes the request of what the form says. */
  onSend: (form: FormData) => Promise<unknown>;
  onDone?: () => void;
  onCancel?: () => void;
  children: ReactNode;
  framed?: boolean;
}

/** A form that asks the api: errors at their fields, the first of which gets the focus, the rest in an alert. */
export function AskForm({ ask, fields, label, onSend, onDone, children, framed = false, ...buttons }: AskFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const { problem } = ask;
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problem]);
  const shown = problem?.fields?.length && problem.fields.every(({ field }) => fields.includes(rootOf(field)));
  return (
    <form
      ref={form}
      aria-label={label}
      method="post"
      className={`flex flex-col gap-4 ${framed ? "rounded-10 border border-n6 bg-n2 p-4" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        const said = new FormData(event.currentTarget);
        if (!ask.busy) void ask.run(() => onSend(said)).then((done) => done && onDone?.());
      }}
    >
      <ProblemContext.Provider value={problem}>{children}</ProblemContext.Provider>
      {problem && !shown && <ProblemNotice problem={problem} />}
      {ask.done && <Notice look="good">{text.settings.saved}</Notice>}
      <Buttons busy={ask.busy} {...buttons} />
    </form>
  );
}

function Buttons({
  busy,
  submit,
  look = "primary",
  onCancel,
}: Pick<AskFormProps, "submit" | "look" | "onCancel"> & { busy: boolean }) {
  return (
    <div className="flex flex-wrap gap-2">
      <Button type="submit" look={look} disabled={busy} aria-busy={busy}>
        {submit}
      </Button>
      {onCancel && (
        <Button look="quiet" onClick={onCancel}>
          {text.actions.cancel}
        </Button>
      )}
    </div>
  );
}

interface Labelled {
  name: string;
  label: string;
  hint?: string | undefined;
  /** Where the page has several fields of one name. */
  id?: string;
}

export function TextField({
  name,
  label,
  hint,
  id = name,
  className = "",
  ...rest
}: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  const error = useFieldError(name);
  return (
    <Field id={id} label={label} error={error} {...(hint ? { hint } : {})}>
      <input id={id} name={name} className={`field ${className}`} {...rest} {...notes(id, hint, error)} />
    </Field>
  );
}

interface SelectFieldProps extends Labelled, Omit<SelectHTMLAttributes<HTMLSelectElement>, keyof Labelled> {
  options: readonly (readonly [value: string, words: string])[];
}

export function SelectField({ name, label, hint, id = name, options, ...rest }: SelectFieldProps) {
  const error = useFieldError(name);
  return (
    <Field id={id} label={label} error={error} {...(hint ? { hint } : {})}>
      <select id={id} name={name} className="field" {...rest} {...notes(id, hint, error)}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function AreaField({ name, label, hint, id = name, value }: Labelled & { value: string }) {
  const error = useFieldError(name);
  return (
    <Field id={id} label={label} error={error} {...(hint ? { hint } : {})}>
      <textarea
        id={id}
        name={name}
        rows={3}
        spellCheck={false}
        className="field font-mono"
        defaultValue={value}
        {...notes(id, hint, error)}
      />
    </Field>
  );
}

/** A box to tick, and what it means. */
export function Tick({
  id,
  label,
  hint,
  ...rest
}: { label: string; hint?: string } & InputHTMLAttributes<HTMLInputElement> & { id: string }) {
  return (
    <div className="flex items-start gap-2">
      <input
        id={id}
        className="mt-1 accent-accent"
        aria-describedby={hint ? noteId(id) : undefined}
        type="checkbox"
        {...rest}
      />
      <div className="min-w-0">
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={noteId(id)} className="text-12 text-n11">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** What the form's problem says of a field, or of something within it. */
export function useFieldError(name: string): string | undefined {
  const found = useContext(ProblemContext)?.fields?.find(({ field }) => rootOf(field) === name);
  return found && text.fieldError(found.message);
}

function notes(id: string, hint: string | undefined, error: string | undefined) {
  return { "aria-describedby": hint || error ? noteId(id) : undefined, "aria-invalid": error !== undefined };
}

/** The field of the form that a problem's path begins with. */
function rootOf(field: string): string {
  return field.split(".")[0] ?? field;
}

export function wordOf(form: FormData, name: string): string {
  return String(form.get(name) ?? "").trim();
}
