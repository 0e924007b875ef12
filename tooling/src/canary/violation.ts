/** One thing that a guard must refuse. */
export interface Violation {
  /** What is broken, in words; the name of the test. */
  readonly rule: string;
  /** Where it is planted, from the root of the workspace. A file that exists is edited, another one is made. */
  readonly file: string;
  /** The text of the new file, or what becomes of the present one. */
  readonly plant: string | ((present: string) => string);
  /** Further files that it takes. */
  readonly also?: Readonly<Record<string, string>>;
  /** Stands in one line of the guard's output together with `at`. */
  readonly expect: string;
  /** The file that the guard names; `file` when absent, null when the guard names none. */
  readonly at?: string | null;
}

/** Edits that must find their place: a violation that plants nothing would pass for a guard that sees nothing. */
export const replaced = (present: string, from: string | RegExp, to: string): string => {
  const edited = present.replace(from, to);
  if (edited === present) throw new Error(`the canary found nothing to replace: ${String(from)}`);
  return edited;
};
